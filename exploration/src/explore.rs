//! The schedules of one scenario.

use std::env;
use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use shuttle::scheduler::{PctScheduler, RandomScheduler, ReplayScheduler, Scheduler};
use shuttle::{Config, MaxSteps, Runner};
use tokio::runtime::{Builder, Runtime};

use crate::World;

/// How many schedules a scenario is run under, unless `ERGO_SCHEDULES` says otherwise.
const SCHEDULES: usize = 6_000;
/// How many preemptions probabilistic concurrency testing looks for, one more than these.
const DEPTHS: [usize; 3] = [2, 3, 4];

/// Runs `scenario` under many schedules, each on a node of its own, without distribution and system processes.
///
/// It passes when the scenario returns under every one of them. A panic fails it, as does a schedule after which
/// nobody can go on although the scenario has not returned.
///
/// # Panics
/// When a schedule fails, after printing the seed and the schedule.
pub fn explore<F, Fut>(scenario: F)
where
    F: Fn(World) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()>,
{
    let time = Arc::new(clock());
    let _in_its_context = time.enter();
    let scenario = Arc::new(scenario);
    let run = |scheduler: Box<dyn Scheduler + Send>| {
        let (scenario, time) = (scenario.clone(), time.clone());
        Runner::new(scheduler, config()).run(move || {
            let time = time.clone();
            shuttle::future::block_on(async { scenario(World::start(time).await).await });
        });
    };
    if let Ok(schedule) = env::var("ERGO_REPLAY") {
        return run(Box::new(ReplayScheduler::new_from_encoded(&schedule)));
    }
    let seed = number("ERGO_SEED").unwrap_or_else(|| RandomState::new().hash_one(0));
    let schedules = number("ERGO_SCHEDULES").map_or(SCHEDULES, |number| {
        usize::try_from(number)
            .unwrap_or(SCHEDULES)
            .max(2 * DEPTHS.len())
    });
    println!("ERGO_SEED={seed} ERGO_SCHEDULES={schedules}");
    run(Box::new(RandomScheduler::new_from_seed(
        seed,
        schedules / 2,
    )));
    for depth in DEPTHS {
        let share = schedules / 2 / DEPTHS.len();
        run(Box::new(PctScheduler::new_from_seed(seed, depth, share)));
    }
}

/// A clock that stands still until the scenario turns it: tokio's timers go by it, and nothing else runs there.
fn clock() -> Runtime {
    let mut builder = Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build();
    runtime.expect("a runtime without sockets")
}

fn config() -> Config {
    let mut config = Config::new();
    // Unoptimised futures of tokio and ergo are polled on it.
    config.stack_size = 0x4_0000;
    config.max_steps = MaxSteps::FailAfter(20_000);
    config.silence_warnings = true;
    config
}

fn number(variable: &str) -> Option<u64> {
    let text = env::var(variable).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|error| panic!("{variable}={text}: {error}")))
}
