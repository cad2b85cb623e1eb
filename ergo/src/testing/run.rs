//! Runs a test: a thread, a runtime whose clock stands still, and what the test asked for.

use std::any::Any;
use std::fmt;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::node::Node;
use crate::testing::clock::Idle;
use crate::testing::{Network, Random, TestNode};

/// The environment variable that sets where randomness begins.
const SEED: &str = "ERGO_SEED";

/// How a test is run. `#[ergo::test(seed = 7, seeds = 200, timeout = "2h")]` sets these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// Where randomness begins; by chance when it is not said. `ERGO_SEED` comes before it.
    pub seed: Option<u64>,
    /// How many times the test is run, each with another seed. With `ERGO_SEED` it is run once.
    pub seeds: u32,
    /// How much virtual time it may take: a test that waits for what never comes fails after it.
    pub timeout: Duration,
}

impl Options {
    /// Once, by chance, and a week of virtual time at most.
    pub const DEFAULT: Options = Options {
        seed: None,
        seeds: 1,
        timeout: Duration::from_secs(7 * 24 * 60 * 60),
    };

    /// Begins with this seed.
    pub const fn seed(mut self, seed: u64) -> Options {
        self.seed = Some(seed);
        self
    }

    /// Runs it this many times.
    pub const fn seeds(mut self, seeds: u32) -> Options {
        self.seeds = seeds;
        self
    }

    /// Lets it take this much virtual time.
    pub const fn timeout(mut self, timeout: Duration) -> Options {
        self.timeout = timeout;
        self
    }

    /// The seeds to run it with.
    fn all_seeds(&self) -> Vec<u64> {
        if let Ok(text) = std::env::var(SEED) {
            let seed = text.parse();
            return vec![seed.unwrap_or_else(|_| panic!("{SEED} is a number, and not {text:?}"))];
        }
        let first = self.seed.unwrap_or_else(|| {
            // By chance: without a generator each run is the same, and still a run.
            getrandom::u64().unwrap_or_default()
        });
        (0..u64::from(self.seeds.max(1)))
            .map(|more| first.wrapping_add(more))
            .collect()
    }
}

impl Default for Options {
    fn default() -> Self {
        Options::DEFAULT
    }
}

/// What a test is given, and what is put away when it is over.
#[derive(Clone, Debug)]
pub struct Setup(Arc<Shared>);

struct Shared {
    seed: u64,
    random: Mutex<Random>,
    nodes: Mutex<Vec<Node>>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {}", self.seed)
    }
}

impl Setup {
    fn new(seed: u64) -> Setup {
        Setup(Arc::new(Shared {
            seed,
            random: Mutex::new(Random::new(seed)),
            nodes: Mutex::default(),
        }))
    }

    /// Where the randomness of this run began.
    pub fn seed(&self) -> u64 {
        self.0.seed
    }

    /// Random numbers of this run, others at each call.
    #[must_use]
    pub fn random(&self) -> Random {
        let mut random = self.0.random.lock().unwrap_or_else(PoisonError::into_inner);
        random.fork()
    }

    /// Has this node stopped when the test is over.
    pub fn stop_at_the_end(&self, node: &Node) {
        let mut nodes = self.0.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        nodes.push(node.clone());
    }

    async fn put_away(&self) {
        loop {
            let node = {
                let mut nodes = self.0.nodes.lock().unwrap_or_else(PoisonError::into_inner);
                nodes.pop()
            };
            match node {
                Some(node) => node.stop().await,
                None => return,
            }
        }
    }
}

/// What a function with `#[ergo::test]` may take: a [`TestNode`], a [`Network`], [`Random`] numbers, the [`Setup`]
/// itself, or a type of yours that is made of these.
#[diagnostic::on_unimplemented(
    message = "`#[ergo::test]` cannot make a `{Self}`",
    note = "a test takes a `TestNode`, a `Network`, a `Random`, a `Setup`, or what implements `ergo::testing::TestArgument`"
)]
pub trait TestArgument: Sized {
    /// Makes one.
    fn prepare(setup: &Setup) -> impl Future<Output = Self>;
}

impl TestArgument for Setup {
    async fn prepare(setup: &Setup) -> Self {
        setup.clone()
    }
}

impl TestArgument for Random {
    async fn prepare(setup: &Setup) -> Self {
        setup.random()
    }
}

impl TestArgument for TestNode {
    async fn prepare(setup: &Setup) -> Self {
        TestNode::start_for(setup).await
    }
}

impl TestArgument for Network {
    async fn prepare(setup: &Setup) -> Self {
        Network::of(setup)
    }
}

/// What a test may return: `()`, or a `Result` whose error is printed.
#[diagnostic::on_unimplemented(message = "a test returns `()` or a `Result`, not `{Self}`")]
pub trait Outcome {
    /// Panics when it is a failure.
    fn check(self);
}

impl Outcome for () {
    fn check(self) {}
}

impl<E: fmt::Debug> Outcome for Result<(), E> {
    fn check(self) {
        if let Err(error) = self {
            panic!("the test ended with an error: {error:?}");
        }
    }
}

/// Runs a test as `#[ergo::test]` does: on a thread of its own, in virtual time, with each seed.
///
/// # Panics
/// As the test does; when it takes too long; when `ERGO_SEED` is no number.
pub fn run<F, Fut>(options: Options, test: F)
where
    F: Fn(Setup) -> Fut + Send + Sync,
    Fut: Future,
    Fut::Output: Outcome,
{
    for seed in options.all_seeds() {
        if let Err(panic) = run_once(&options, seed, &test) {
            eprintln!("to see it again: {SEED}={seed}");
            resume_unwind(panic);
        }
    }
}

type Panic = Box<dyn Any + Send>;

/// A thread of its own has no thread-local state of tests before it.
fn run_once<F, Fut>(options: &Options, seed: u64, test: &F) -> Result<(), Panic>
where
    F: Fn(Setup) -> Fut + Send + Sync,
    Fut: Future,
    Fut::Output: Outcome,
{
    let name = std::thread::current().name().unwrap_or("test").to_owned();
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .name(name)
            .spawn_scoped(scope, || on_this_thread(options.timeout, seed, test))
            .expect("a thread for the test")
            .join()
    })
}

fn on_this_thread<F, Fut>(timeout: Duration, seed: u64, test: &F)
where
    F: Fn(Setup) -> Fut,
    Fut: Future,
    Fut::Output: Outcome,
{
    let idle = Arc::new(Idle::default());
    let parking = idle.clone();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .on_thread_park(move || parking.nothing_runs())
        .build()
        .expect("a runtime for the test");
    let _entered = idle.enter();
    runtime.block_on(async {
        let setup = Setup::new(seed);
        match tokio::time::timeout(timeout, test(setup.clone())).await {
            Ok(outcome) => outcome.check(),
            Err(_) => panic!(
                "the test is not done after {timeout:?} of virtual time: it waits for something that does not come"
            ),
        }
        setup.put_away().await;
    });
}
