//! G-11 on one node: a bound keeps the memory of a flooded process bounded and refuses the rest, and a process that does
//! not read holds up nobody.

use allocation_counter::measure;
use ergo::prelude::*;
use ergo::process::Overflow;
use ergo_tests::{PATIENCE, deadline};
use tokio::runtime::Runtime;

use crate::{node, stop};

/// Never done with its first message until it is let.
#[derive(Actor)]
struct Sink {
    taken: u64,
}

#[ergo::server]
impl Sink {
    fn init() -> Result<Self, ExitReason> {
        Ok(Sink { taken: 0 })
    }

    #[cast]
    fn take(&mut self, payload: Vec<u8>) {
        self.taken += 1;
        drop(payload);
    }

    #[call]
    fn taken(&self) -> u64 {
        self.taken
    }
}

const BOUND: u64 = 1_000;
const FLOOD: u64 = 100_000;
const PAYLOAD: usize = 1_024;

fn runtime() -> Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().expect("a runtime")
}

/// Floods a sink on this thread, where nobody reads meanwhile: what was taken, and the most memory it took.
fn flooded(overflow: Overflow) -> (u64, u64, u64) {
    let runtime = runtime();
    let mut seen = (0, 0);
    let used = measure(|| {
        seen = runtime.block_on(async {
            let node = node().await;
            let options = SpawnOptions::default()
                .mailbox(u32::try_from(BOUND).unwrap())
                .overflow(overflow);
            let sink = node.spawn_with::<Sink>((), options).await.unwrap();
            let mut refused = 0;
            for _ in 0..FLOOD {
                match sink.take(vec![0; PAYLOAD]) {
                    Ok(()) => {}
                    Err(CastError::Full(_)) => refused += 1,
                    Err(other) => panic!("{other}"),
                }
            }
            assert_eq!(node.dead_letter_count(), FLOOD - BOUND, "every one counts");
            let taken = sink.taken().await;
            // The request itself found the mailbox full, until the process could run.
            assert!(matches!(taken, Err(CallError::Full(_))));
            while sink.taken().await.is_err() {
                tokio::task::yield_now().await;
            }
            let taken = sink.taken().await.unwrap();
            stop(node).await;
            (taken, refused)
        });
    });
    (seen.0, seen.1, used.bytes_max)
}

/// A flood of 100 MB into a mailbox of 1,000 messages keeps 1 MB, and says what it refused.
#[test]
fn a_flood_is_refused_at_the_bound() {
    let (taken, refused, bytes_max) = flooded(Overflow::Refuse);
    assert_eq!((taken, refused), (BOUND, FLOOD - BOUND));
    // The messages, their vector with room to grow, and a node.
    let allowed = BOUND * PAYLOAD as u64 + 1_024 * 1_024;
    assert!(bytes_max < allowed, "{bytes_max} bytes, {allowed} allowed");
}

/// The same when the newest are dropped: the senders do not notice, the node counts them.
#[test]
fn a_flood_is_dropped_at_the_bound() {
    let (taken, refused, bytes_max) = flooded(Overflow::DropNewest);
    assert_eq!((taken, refused), (BOUND, 0));
    let allowed = BOUND * PAYLOAD as u64 + 1_024 * 1_024;
    assert!(bytes_max < allowed, "{bytes_max} bytes, {allowed} allowed");
}

/// Without a bound nothing is refused: this is what the bound is for, and what the test above would see without it.
#[test]
fn without_a_bound_everything_is_kept() {
    let runtime = runtime();
    let used = measure(|| {
        runtime.block_on(async {
            let node = node().await;
            let sink = node.spawn::<Sink>(()).await.unwrap();
            for _ in 0..10 * BOUND {
                sink.take(vec![0; PAYLOAD]).unwrap();
            }
            assert_eq!(sink.taken().await, Ok(10 * BOUND));
            stop(node).await;
        });
    });
    assert!(used.bytes_max > 10 * BOUND * PAYLOAD as u64);
}

/// A receiver with a full mailbox that never reads: those who send to it are refused or wait, and everybody else on the
/// node goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_does_not_read_holds_up_nobody() {
    let node = node().await;
    let stuck = |overflow| {
        let options = SpawnOptions::default().mailbox(10).overflow(overflow);
        let body = async |_| std::future::pending::<()>().await;
        node.spawn_fn_with(options, body).unwrap()
    };
    let (refuses, waits) = (stuck(Overflow::Refuse), stuck(Overflow::Wait));
    let waiting: Vec<_> = (0..50)
        .map(|number| {
            let (node, to) = (node.clone(), waits.clone());
            tokio::spawn(async move { node.send(&to, number).await })
        })
        .collect();
    let sink = deadline(PATIENCE, node.spawn::<Sink>(())).await.unwrap();
    let mut refused = 0;
    for _ in 0..1_000 {
        refused += u64::from(matches!(
            node.try_send(&refuses, 1),
            Err(CastError::Full(_))
        ));
        sink.take(Vec::new()).unwrap();
    }
    assert_eq!(refused, 990);
    assert_eq!(deadline(PATIENCE, sink.taken()).await, Ok(1_000));
    // Who waits is told when the process ends.
    let host = ergo::process::host::AsHost::host(&node);
    let process = host.process(host.local_id(&waits).unwrap()).unwrap();
    while process.queue_len() < 10 {
        tokio::task::yield_now().await;
    }
    node.exit(&waits, ExitReason::Kill);
    let mut closed = 0;
    for sender in waiting {
        closed += u64::from(deadline(PATIENCE, sender).await.unwrap().is_err());
    }
    assert_eq!(closed, 40);
    stop(node).await;
}
