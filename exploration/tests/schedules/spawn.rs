//! G-09 and the link of a child: what is left when a start fails, or the starter ends in it.

use std::future::Future;

use ergo::prelude::*;
use ergo_exploration::{Log, explore};

use crate::probe::a_while;

/// How an init goes.
#[derive(Clone, Copy, PartialEq)]
enum How {
    Well,
    Refuses,
    Panics,
    NeverEnds,
}

/// A server with an init that takes some steps.
#[derive(Actor)]
struct Slow;

#[ergo::server]
impl Slow {
    async fn init(how: How, cx: &Context<Self>) -> Result<Self, ExitReason> {
        cx.send_after(secs(3600), cx.pid(), term!(late));
        cx.task(std::future::pending());
        a_while().await;
        match how {
            How::Well => Ok(Slow),
            How::Refuses => Err(ExitReason::from("refused")),
            // Without the panic hook, which reports a failed schedule.
            How::Panics => std::panic::resume_unwind(Box::new("in init")),
            How::NeverEnds => std::future::pending().await,
        }
    }

    #[cast]
    fn nothing(&mut self) {}
}

/// A server whose init runs in the starter.
#[derive(Actor)]
struct Quick;

#[ergo::server]
impl Quick {
    fn init(how: How) -> Result<Self, ExitReason> {
        match how {
            How::Refuses => Err(ExitReason::from("refused")),
            _ => Ok(Quick),
        }
    }

    #[cast]
    fn nothing(&mut self) {}
}

/// A parent that is killed while it starts a linked child of each kind: no child outlives it.
///
/// Mutations: `prepare` ties the parent after the child runs; `links::link_child` does not look whether the parent lives.
#[test]
fn no_child_outlives_a_parent_that_dies_in_the_start() {
    explore(async |world| {
        let started = world.node.spawn_fn(async |cx| {
            let child = async |mut cx: PlainContext| while cx.receive().await.is_some() {};
            cx.spawn_fn_link(child).unwrap();
            cx.spawn_link::<Quick>(How::Well).await.unwrap();
            cx.spawn_link::<Slow>(How::Well).await.unwrap();
            cx.spawn_link::<Slow>(How::NeverEnds).await.unwrap();
        });
        let parent = started.unwrap();
        let end = world.ended(&parent);
        let (node, to) = (world.node.clone(), parent);
        let killer = world.meanwhile(async move {
            a_while().await;
            a_while().await;
            node.exit(&to, ExitReason::Kill);
        });
        assert_eq!(end.await, ExitReason::Killed);
        killer.await;
        all_gone(&world.node).await;
        world.assert_empty();
    });
}

/// Waits until no process is left; a schedule in which one stays fails, as one that takes too many steps.
async fn all_gone(node: &Node) {
    while node.process_count() > 0 {
        a_while().await;
    }
}

/// G-09: an init that refuses, panics, is killed or is given up by its starter, under a name, linked and monitored, while
/// somebody else monitors it: the starter gets the error and finds nothing left, the other one exactly one `Down`.
///
/// Mutations: `finish` does not untie the starter; `finish` answers the starter before `links::dissolve`.
#[test]
fn a_failed_init_leaves_nothing() {
    explore(async |world| {
        for how in [How::Refuses, How::Panics, How::NeverEnds] {
            let (node, log) = (world.node.clone(), Log::default());
            let options = SpawnOptions::default().name("slow");
            let starter = world.process(async move |cx| {
                let failed = cx.spawn_link_with::<Slow>(how, options).await;
                let reason = match (failed, how) {
                    (Err(SpawnError::Init(reason)), _) => reason,
                    (other, _) => panic!("{other:?}"),
                };
                assert_eq!(node.whereis_pid("slow"), None, "{reason}");
                assert_eq!((cx.queue_len(), links(&cx)), (0, (0, 0)), "{reason}");
                assert_eq!(
                    cx.spawn_monitor::<Slow>(How::Refuses).await.err(),
                    Some(refused())
                );
                assert_eq!((cx.queue_len(), links(&cx)), (0, (0, 0)), "{reason}");
            });
            let noted = log.clone();
            let watcher = world.process(async move |mut cx| {
                cx.monitor("slow");
                cx.receive().await;
                noted.push(());
                // A second one would be found here.
                assert_eq!(cx.queue_len(), 0);
            });
            let node = world.node.clone();
            let killer = world.meanwhile(async move {
                if how != How::NeverEnds {
                    return;
                }
                let found = loop {
                    match node.whereis_pid("slow") {
                        Some(pid) => break pid,
                        None => a_while().await,
                    }
                };
                node.exit(&found, ExitReason::Kill);
            });
            killer.await;
            starter.await;
            watcher.await;
            assert_eq!(log.take().len(), 1);
            world.assert_empty();
        }
    });
}

fn refused() -> SpawnError {
    SpawnError::Init(ExitReason::from("refused"))
}

/// How many links and monitors of its own a process has.
fn links(cx: &PlainContext) -> (usize, usize) {
    let host = ergo::process::host::AsHost::host(&**cx);
    let process = host.process(host.local_id(&cx.pid()).unwrap()).unwrap();
    let mut seen = (0, 0);
    process.with_relations(&mut |relations| {
        seen = (relations.link_count(), relations.monitoring_count());
    });
    seen
}

/// An init in the starter and a signal for the new process from somebody who found its name: it starts and ends, or
/// does not start; either way nothing is left.
///
/// Mutation: `start_here` does not look whether an exit signal has come.
#[test]
fn a_signal_in_an_init_of_the_starter() {
    explore(async |world| {
        let node = world.node.clone();
        let killer = world.meanwhile(async move {
            for _ in 0..3 {
                if let Some(pid) = node.whereis_pid("quick") {
                    node.exit(&pid, ExitReason::from("boom"));
                }
                a_while().await;
            }
        });
        let options = SpawnOptions::default().name("quick");
        let started = world.node.spawn_with::<Quick>(How::Well, options).await;
        match started {
            Ok(quick) => {
                killer.await;
                let end = quick.as_ref().ended();
                quick.as_ref().exit(ExitReason::from("boom"));
                assert_eq!(end.await, ExitReason::from("boom"));
            }
            Err(error) => {
                assert_eq!(error, SpawnError::Init(ExitReason::from("boom")));
                assert_eq!(world.node.whereis_pid("quick"), None);
                killer.await;
            }
        }
        world.assert_empty();
    });
}

/// A starter that gives up waiting: the child goes on or fails by itself, and is found by nobody when it failed.
///
/// Mutation: `finish` drops the answer to the starter before the child is gone, and waits for it.
#[test]
fn a_start_that_is_given_up() {
    explore(async |world| {
        let node = world.node.clone();
        let options = SpawnOptions::default().name("slow");
        {
            let mut start = std::pin::pin!(node.spawn_with::<Slow>(How::Refuses, options));
            let mut polls = 0;
            std::future::poll_fn(|cx| {
                polls += 1;
                let ready = start.as_mut().poll(cx).is_ready();
                if ready || polls > 1 {
                    return std::task::Poll::Ready(());
                }
                cx.waker().wake_by_ref();
                std::task::Poll::Pending
            })
            .await;
        }
        all_gone(&world.node).await;
        world.assert_empty();
    });
}
