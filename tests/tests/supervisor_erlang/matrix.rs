//! Every strategy x restart type x way to end x position of the child.

use crate::compare::compare;
use crate::scenario::{
    Auto, Child, HOWS, Manner, Scenario, Shutdown, Start, Step, Strategy, Sup, Type, Worker,
};

const STRATEGIES: [Strategy; 4] = [
    Strategy::OneForOne,
    Strategy::OneForAll,
    Strategy::RestForOne,
    Strategy::SimpleOneForOne,
];
const TYPES: [Type; 3] = [Type::Permanent, Type::Transient, Type::Temporary];
/// Children, and so positions.
const CHILDREN: u32 = 3;
const TOP: u32 = 0;

/// What happens to the child at a position.
#[derive(Clone, Copy)]
enum What {
    Ends(crate::scenario::How),
    IsTerminated,
    /// It ends, and its next two starts fail.
    FailsToRestart,
}

fn worker(id: u32, restart: Type, starts: &[Start]) -> Worker {
    Worker {
        id,
        restart,
        significant: false,
        shutdown: Shutdown::Millis(5000),
        manner: Manner::Trapping,
        starts: starts.to_vec(),
    }
}

fn scenario(
    strategy: Strategy,
    restart: Type,
    position: u32,
    what: What,
    intensity: u32,
) -> Scenario {
    let is_simple = strategy == Strategy::SimpleOneForOne;
    let failing = [Start::Ok, Start::Fail, Start::Fail];
    let starts = |id| match what {
        // All children of a template have one plan.
        What::FailsToRestart if is_simple || id == position + 1 => &failing[..],
        _ => &[],
    };
    let children = match is_simple {
        true => vec![Child::Worker(worker(1, restart, starts(1)))],
        false => (1..=CHILDREN)
            .map(|id| Child::Worker(worker(id, restart, starts(id))))
            .collect(),
    };
    let mut steps: Vec<Step> = match is_simple {
        true => (1..=CHILDREN)
            .map(|number| Step::Dynamic(TOP, number))
            .collect(),
        false => Vec::new(),
    };
    let id = position + 1;
    match what {
        What::Ends(how) => steps.push(Step::End(position, how)),
        What::FailsToRestart => steps.push(Step::End(position, crate::scenario::How::Boom)),
        What::IsTerminated if is_simple => steps.extend([
            Step::TerminateDynamic(TOP, position),
            Step::Terminate(TOP, 1),
            Step::Restart(TOP, 1),
            Step::Delete(TOP, 1),
        ]),
        What::IsTerminated => steps.extend([
            Step::Restart(TOP, id),
            Step::Delete(TOP, id),
            Step::Terminate(TOP, id),
            Step::Terminate(TOP, id),
            Step::Add(TOP, worker(id, restart, &[])),
            Step::Restart(TOP, id),
            Step::Restart(TOP, id),
            Step::Terminate(TOP, id),
            Step::Delete(TOP, id),
            Step::Delete(TOP, id),
            Step::Add(TOP, worker(id, restart, &[])),
            Step::Add(TOP, worker(id, restart, &[])),
            Step::Add(TOP, worker(9, restart, &[Start::Fail])),
            Step::Add(TOP, worker(8, restart, &[Start::Ignore])),
            Step::Restart(TOP, 8),
            Step::Terminate(TOP, 7),
        ]),
    }
    // What is left goes on as before.
    steps.push(Step::End(0, crate::scenario::How::Boom));
    Scenario {
        top: Sup {
            id: TOP,
            strategy,
            intensity,
            auto_shutdown: Auto::Never,
            restart: Type::Permanent,
            significant: false,
            children,
        },
        steps,
    }
}

#[tokio::test]
async fn every_strategy_type_end_and_position() {
    let ends = HOWS.into_iter().map(What::Ends);
    let whats: Vec<What> = ends
        .chain([What::IsTerminated, What::FailsToRestart])
        .collect();
    let mut scenarios = Vec::new();
    for strategy in STRATEGIES {
        for restart in TYPES {
            for position in 0..CHILDREN {
                for what in &whats {
                    // Enough for everything, for the first restart, for none, and one too few for the starts that fail.
                    for intensity in [9, 1, 0, 2] {
                        scenarios.push(scenario(strategy, restart, position, *what, intensity));
                    }
                }
            }
        }
    }
    assert_eq!(scenarios.len(), 4 * 3 * 3 * 8 * 4);
    let _ = compare(&scenarios).await;
}
