//! Restart intensity under virtual time: ours against the code of OTP's supervisor on a clock that the test sets. G-06.

use ergo::prelude::*;
use ergo::process::host::AsHost;
use ergo_tests::erlang::{Oracle, Release};
use tokio::time::Instant;

use crate::compare::node;
use crate::random::{Random, seed};

const CLOCK: &str = include_str!("sup_clock.erl");
const CASES: usize = 1000;

/// Restarts allowed, the period in seconds, and when the child ends, in milliseconds after the start.
type Case = (u32, u64, Vec<u64>);

/// Most times lie where the verdict changes: at whole seconds, and a period after an earlier end.
fn case(random: &mut Random) -> Case {
    let (intensity, period) = (random.below(5), 1 + u64::from(random.below(6)));
    let mut times: Vec<u64> = Vec::new();
    let mut now = 0;
    for _ in 0..1 + random.below(12) {
        let span = period * 1000;
        let step = random.pick(&[
            0,
            1,
            500,
            999,
            1000,
            1001,
            span - 1,
            span,
            span + 1,
            span + 999,
            span + 1000,
        ]);
        now += match random.below(4) {
            0 => u64::from(random.below(3000)),
            1 => span / u64::from(intensity.max(1)),
            _ => step,
        };
        // Now and then to a boundary of seconds, or just before one.
        now = match random.below(6) {
            0 => now.next_multiple_of(1000),
            1 => now.next_multiple_of(1000) + 999,
            _ => now,
        };
        times.push(now);
    }
    (intensity, period, times)
}

/// Which ends the supervisor survives, up to the first it does not.
async fn survived(node: &Node, (intensity, period, times): &Case) -> Vec<bool> {
    let worker = ChildSpec::from_fn("worker", async |mut cx| drop(cx.receive().await));
    let begun = Instant::now();
    let supervisor = Supervisor::one_for_one()
        .intensity(usize::try_from(*intensity).unwrap(), secs(*period))
        .child(worker)
        .start(node)
        .await
        .unwrap();
    let mut survived = Vec::new();
    for time in times {
        tokio::time::advance(begun + millis(*time) - Instant::now()).await;
        let children = supervisor.which_children().await.unwrap();
        let pid = children[0].pid.clone().unwrap();
        let host = node.host();
        let process = host.process(host.local_id(&pid).unwrap()).unwrap();
        node.exit(&pid, ExitReason::Kill);
        ergo::process::host::Ending::of(process).await;
        let lives = supervisor.which_children().await.is_ok();
        assert_eq!(begun.elapsed(), millis(*time), "the clock stood still");
        survived.push(lives);
        if !lives {
            return survived;
        }
    }
    supervisor.stop().await;
    survived
}

#[tokio::test(start_paused = true)]
async fn intensity_is_that_of_otp_on_the_same_clock() {
    let mut random = Random(seed());
    let cases: Vec<Case> = (0..CASES).map(|_| case(&mut random)).collect();
    let node = node().await;
    let mut ours = Vec::new();
    for case in &cases {
        ours.push(survived(&node, case).await);
    }
    node.stop().await;
    let over = ours.iter().filter(|ours| ours.contains(&false)).count();
    assert!(
        over > CASES / 10 && over < CASES * 9 / 10,
        "{over} of {CASES} were too many"
    );
    // A socket takes real time.
    tokio::time::resume();
    for release in Release::available() {
        println!("--- with {release}");
        let mut oracle = Oracle::start(release, "sup_clock", &[CLOCK]).await;
        let theirs: Vec<Vec<bool>> = oracle.ask(&cases).await;
        for ((case, ours), theirs) in cases.iter().zip(&ours).zip(&theirs) {
            assert_eq!(ours, theirs, "with {release}: {case:?}");
        }
    }
}
