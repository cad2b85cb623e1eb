//! G-09: whatever a start fails of, nothing of it is left: no process, name, alias, place for an answer, task or timer, and
//! no link or monitor at anybody it was tied to.

use ergo::prelude::*;
use ergo::process::host::AsHost;
use ergo::process::{AliasMode, MonitorOptions};
use ergo_tests::{PATIENCE, deadline};
use tokio::sync::oneshot;

use crate::{node, stop};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Failure {
    Refuses,
    Ignores,
    Panics,
    EndsItself,
    IsKilled,
    IsGivenUp,
    ParentEnds,
    NameIsTaken,
}

const FAILURES: [Failure; 8] = [
    Failure::Refuses,
    Failure::Ignores,
    Failure::Panics,
    Failure::EndsItself,
    Failure::IsKilled,
    Failure::IsGivenUp,
    Failure::ParentEnds,
    Failure::NameIsTaken,
];

/// Ties itself to everything there is before it fails.
#[derive(Actor)]
struct Failing;

type Args = (Failure, Pid, oneshot::Sender<Pid>);

#[ergo::server]
impl Failing {
    async fn init(args: Args, cx: &Context<Self>) -> Result<Self, ExitReason> {
        let (failure, friend, reached) = args;
        cx.link(&friend);
        cx.monitor(&friend);
        cx.monitor("friend");
        cx.monitor_with(&friend, MonitorOptions::new().alias(AliasMode::Demonitor));
        cx.alias();
        cx.send_after(secs(3600), &friend, term!(late));
        cx.every(secs(3600), |_| {});
        cx.task(std::future::pending());
        let _ = reached.send(cx.pid());
        tokio::task::yield_now().await;
        match failure {
            Failure::Refuses => Err(ExitReason::from("refused")),
            Failure::Ignores => Err(ExitReason::Ignore),
            Failure::Panics => panic!("as it was told"),
            Failure::EndsItself => {
                cx.exit(cx.pid(), ExitReason::from("enough"));
                std::future::pending().await
            }
            _ => std::future::pending().await,
        }
    }

    #[cast]
    fn nothing(&mut self) {}
}

/// All there is to be left over.
#[derive(Debug, PartialEq)]
struct Inventory {
    processes: usize,
    names: usize,
    places: usize,
    tasks: usize,
    /// Links, monitors and watchers of the friend.
    friend: (usize, usize, usize),
}

fn inventory(node: &Node, friend: &Pid) -> Inventory {
    let host = node.host();
    let numbers = 1..host.next_number();
    let aliases = numbers
        .clone()
        .filter(|number| host.alias(*number).is_some());
    let slots = numbers.filter(|number| host.take_slot(*number).is_some());
    let mut ties = (0, 0, 0);
    let process = host.process(host.local_id(friend).unwrap()).unwrap();
    process.with_relations(&mut |relations| {
        ties = (
            relations.link_count(),
            relations.monitoring_count(),
            relations.watcher_count(),
        );
    });
    Inventory {
        processes: node.process_count(),
        names: node.registered().len(),
        places: aliases.count() + slots.count(),
        tasks: tokio::runtime::Handle::current()
            .metrics()
            .num_alive_tasks(),
        friend: ties,
    }
}

/// Starts one that fails, linked to a parent, which then ends.
async fn fail(node: &Node, failure: Failure, friend: &Pid) {
    let (reached, is_reached) = oneshot::channel();
    let (done, outcome) = oneshot::channel();
    let friend = friend.clone();
    let options = match failure {
        Failure::NameIsTaken => SpawnOptions::default().name("friend"),
        _ => SpawnOptions::default().name("failing"),
    };
    let parent = node.spawn_fn(async move |cx| {
        cx.trap_exit(true);
        let start = cx.spawn_link_with::<Failing>((failure, friend, reached), options);
        let started = match failure {
            Failure::IsGivenUp => tokio::time::timeout(millis(1), start).await.ok(),
            _ => Some(start.await),
        };
        assert_eq!(cx.queue_len(), 0, "{failure:?}: no exit signal comes of it");
        let _ = done.send(started.map(|started| started.map(drop)));
    });
    let parent = parent.unwrap();
    let child = is_reached.await;
    match failure {
        Failure::IsKilled => node.exit(child.unwrap(), ExitReason::Kill),
        Failure::ParentEnds => node.exit(&parent, ExitReason::Kill),
        Failure::IsGivenUp => {
            assert_eq!(deadline(PATIENCE, outcome).await.unwrap(), None);
            // Its init is never done, and its parent has ended by itself, without taking it along.
            return node.exit(child.unwrap(), ExitReason::Kill);
        }
        _ => {}
    }
    let outcome = deadline(PATIENCE, outcome).await;
    let init = |reason: &str| Ok(Some(Err(SpawnError::Init(ExitReason::from(reason)))));
    match failure {
        Failure::Refuses => assert_eq!(outcome, init("refused")),
        Failure::EndsItself => assert_eq!(outcome, init("enough")),
        Failure::Ignores => assert_eq!(outcome, Ok(Some(Err(SpawnError::Ignored)))),
        Failure::IsKilled => {
            let killed = SpawnError::Init(ExitReason::Killed);
            assert_eq!(outcome, Ok(Some(Err(killed))));
        }
        Failure::Panics => assert!(
            matches!(&outcome, Ok(Some(Err(SpawnError::Init(ExitReason::Panic(text))))) if text.contains("as it was told")),
            "{outcome:?}"
        ),
        Failure::NameIsTaken => assert!(
            matches!(&outcome, Ok(Some(Err(SpawnError::NameTaken { .. })))),
            "{outcome:?}"
        ),
        // Nobody is left to be told.
        Failure::ParentEnds | Failure::IsGivenUp => assert!(outcome.is_err()),
    }
}

#[tokio::test]
async fn a_start_that_fails_leaves_nothing() {
    for failure in FAILURES {
        let node = node().await;
        let friend = node.spawn_fn_with(
            SpawnOptions::default().name("friend").trap_exit(true),
            async |mut cx| while cx.receive().await.is_some() {},
        );
        let friend = friend.unwrap();
        tokio::task::yield_now().await;
        let before = inventory(&node, &friend);
        deadline(PATIENCE, fail(&node, failure, &friend)).await;
        // Tasks that are cancelled end when the executor comes round to them.
        let settled = async {
            while inventory(&node, &friend) != before {
                tokio::task::yield_now().await;
            }
        };
        if tokio::time::timeout(PATIENCE, settled).await.is_err() {
            assert_eq!(inventory(&node, &friend), before, "{failure:?}");
        }
        // It would not end by being told to.
        node.exit(&friend, ExitReason::Kill);
        stop(node).await;
    }
}
