//! Plays scenarios on both sides and compares what was seen.

use ergo::prelude::*;
use ergo_tests::erlang::{Oracle, Release};
use ergo_tests::{PATIENCE, deadline, unique_name};

use crate::play::play;
use crate::scenario::{Event, Scenario, Seen};

const JOURNAL: &str = include_str!("sup_journal.erl");
const WORKER: &str = include_str!("sup_worker.erl");
const PLAYER: &str = include_str!("sup_player.erl");

/// How many scenarios go to Erlang in one question.
const BATCH: usize = 100;

pub(crate) async fn node() -> Node {
    let name = format!("{}@127.0.0.1", unique_name("supervisor_erlang"));
    let node = Node::builder(name).local_only().start();
    deadline(PATIENCE, node).await.unwrap()
}

/// Plays them with our supervisor once, with OTP's on each release, and compares step by step. Gives what was seen.
pub(crate) async fn compare(scenarios: &[Scenario]) -> Vec<Vec<Seen>> {
    let node = node().await;
    let before = node.process_count();
    let mut ours = Vec::new();
    for scenario in scenarios {
        let seen = play(&node, scenario).await;
        ours.push(seen.into_iter().map(normal).collect::<Vec<_>>());
        assert_eq!(
            node.process_count(),
            before,
            "left over: {}",
            scenario.text()
        );
    }
    deadline(PATIENCE, node.stop()).await;
    for release in Release::available() {
        println!("--- with {release}");
        let mut oracle = Oracle::start(release, "sup_player", &[JOURNAL, WORKER, PLAYER]).await;
        let batches = scenarios.chunks(BATCH).zip(ours.chunks(BATCH));
        for (scenarios, ours) in batches {
            let theirs: Vec<Vec<Seen>> = oracle.ask(&scenarios.to_vec()).await;
            for ((scenario, ours), theirs) in scenarios.iter().zip(ours).zip(theirs) {
                let theirs: Vec<Seen> = theirs.into_iter().map(normal).collect();
                same(release, scenario, ours, &theirs);
            }
        }
    }
    ours
}

fn same(release: Release, scenario: &Scenario, ours: &[Seen], theirs: &[Seen]) {
    if ours == theirs {
        return;
    }
    let differs = ours
        .iter()
        .zip(theirs)
        .position(|(one, other)| one != other);
    let at = differs.unwrap_or(ours.len().min(theirs.len()));
    panic!(
        "with {release}, step {at} (0 is the start) differs\n  step: {:?}\n  ours: {:#?}\n  OTP: {:#?}\n\
         play it again with ERGO_TREE='{}'",
        at.checked_sub(1).and_then(|step| scenario.steps.get(step)),
        ours.get(at),
        theirs.get(at),
        scenario.text(),
    );
}

/// Children of a template stop all at once, so their stops have no order among themselves.
fn normal(mut seen: Seen) -> Seen {
    let key = |event: &Event| match event {
        Event::Stopped((id, number), _) if *number > 0 => Some(*id),
        _ => None,
    };
    let number = |event: &Event| match event {
        Event::Stopped((_, number), _) | Event::Started((_, number), _) => *number,
    };
    let runs = seen
        .events
        .chunk_by_mut(|one, other| key(one).is_some() && key(one) == key(other));
    for run in runs {
        run.sort_by_key(number);
    }
    seen
}
