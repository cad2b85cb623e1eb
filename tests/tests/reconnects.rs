//! G-10: connections that come and go leave nothing behind.

use allocation_counter::measure;
use ergo::NodeEvent;
use ergo::prelude::*;
use ergo_tests::{PATIENCE, deadline, ports, unique_name};
use tokio::runtime::Builder;

const ROUNDS: u64 = 1_000;

async fn node(prefix: &str, epmd: u16) -> Node {
    let builder = Node::builder(format!("{}@127.0.0.1", unique_name(prefix)));
    let builder = builder.cookie("reconnects").epmd_port(epmd);
    deadline(PATIENCE, builder.start()).await.unwrap()
}

/// Two nodes, and a process on each.
struct World {
    here: Node,
    there: Node,
    probe: Pid,
}

async fn start() -> World {
    let epmd = ports::free();
    let (here, there) = (node("here", epmd).await, node("there", epmd).await);
    let probe = there.spawn_fn(async |mut cx| {
        cx.trap_exit(true);
        while cx.receive().await.is_some() {}
    });
    World {
        here,
        there,
        probe: probe.unwrap(),
    }
}

impl World {
    /// A connection with a link, monitors both ways and a message, ended by one of the two, until both have heard of it.
    async fn round(&self, number: u64) {
        let (mut here, mut there) = (self.here.monitor_nodes(), self.there.monitor_nodes());
        let (to, theirs) = (self.probe.clone(), self.there.name().clone());
        let (done, connected) = tokio::sync::oneshot::channel();
        let process = self.here.spawn_fn(async move |mut cx| {
            cx.trap_exit(true);
            cx.link(&to);
            cx.monitor(&to);
            cx.send(&to, cx.pid()).unwrap();
            let alias = cx.monitor(("nobody", theirs.as_str()));
            // The answer has come all the way and back.
            let down = cx.receive().await;
            assert!(matches!(down, Some(Message::Down(down)) if down.reference == alias));
            let _ = done.send(());
            let (mut downs, mut exits) = (0, 0);
            while downs + exits < 2 {
                match cx.receive().await {
                    Some(Message::Down(down)) if down.reason == ExitReason::NoConnection => {
                        downs += 1;
                    }
                    Some(Message::Exit(exit)) if exit.reason == ExitReason::NoConnection => {
                        exits += 1;
                    }
                    other => panic!("{other:?}"),
                }
            }
            assert_eq!((downs, exits), (1, 1));
        });
        let process = process.unwrap();
        connected.await.unwrap();
        let (ends, other) = match number % 2 {
            0 => (&self.here, &self.there),
            _ => (&self.there, &self.here),
        };
        assert!(ends.disconnect(other.name().as_str()));
        for events in [&mut here, &mut there] {
            while !matches!(events.next().await, Some(NodeEvent::Down { .. })) {}
        }
        while self.here.is_process_alive(&process) {
            tokio::task::yield_now().await;
        }
    }

    async fn rounds(&self, numbers: std::ops::Range<u64>) {
        for number in numbers {
            deadline(PATIENCE, self.round(number)).await;
        }
    }
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// What there is of everything but memory.
async fn counts(world: &World) -> (usize, usize, usize) {
    let tasks = tokio::runtime::Handle::current()
        .metrics()
        .num_alive_tasks();
    (descriptors(), tasks, world.there.process_count())
}

/// One thread, so that the allocator counts all of it.
#[test]
fn a_thousand_connections_leave_nothing_behind() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let world = runtime.block_on(start());
    let before = runtime.block_on(counts(&world));
    // What is kept for good is there after some.
    runtime.block_on(world.rounds(0..100));
    let memory = measure(|| runtime.block_on(world.rounds(0..ROUNDS)));
    assert!(world.here.nodes_of(Visibility::Connected).is_empty());
    runtime.block_on(async {
        // The tasks and the sockets of the last connection go when it is their turn.
        let gone = async {
            while counts(&world).await != before {
                tokio::task::yield_now().await;
            }
        };
        if tokio::time::timeout(PATIENCE, gone).await.is_err() {
            let after = counts(&world).await;
            assert_eq!(after, before, "descriptors, tasks, processes");
        }
        deadline(PATIENCE, world.here.stop()).await;
        deadline(PATIENCE, world.there.stop()).await;
    });
    let kept = memory.bytes_current;
    assert!(memory.count_total > ROUNDS, "nothing was counted");
    let max = 64 * i64::try_from(ROUNDS).unwrap();
    assert!(kept < max, "{kept} bytes are kept of {ROUNDS} connections");
}
