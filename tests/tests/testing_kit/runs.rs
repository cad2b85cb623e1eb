//! How a test is run: seeds, results, what it is given, and its end.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use ergo::prelude::*;
use ergo::testing::{Network, Options, Random, Setup, TestArgument, TestNode, run};

#[ergo::test]
async fn a_test_takes_what_it_needs(
    node: TestNode,
    network: Network,
    mut random: Random,
    setup: Setup,
) -> Result<(), String> {
    assert_eq!(node.name().as_str(), "test@localhost");
    assert!(network.connections().is_empty());
    assert_ne!(random.next_u64(), setup.random().next_u64());
    Ok(())
}

/// What a test makes of its own.
struct Pair(TestNode, TestNode);

impl TestArgument for Pair {
    async fn prepare(setup: &Setup) -> Self {
        let network = Network::prepare(setup).await;
        let a = network.node("a@mem").start().await.unwrap();
        let b = network.node("b@mem").start().await.unwrap();
        Pair(a, b)
    }
}

#[ergo::test]
async fn a_test_takes_types_of_its_own(Pair(a, b): Pair) -> ergo::Result {
    a.connect(b.name().as_str()).await?;
    Ok(())
}

#[ergo::test(seed = 3, seeds = 20)]
async fn each_run_has_another_seed(setup: Setup) {
    static SEEN: Mutex<BTreeSet<u64>> = Mutex::new(BTreeSet::new());
    assert!(SEEN.lock().unwrap().insert(setup.seed()));
}

/// The panic of a run.
fn panic_of(
    options: Options,
    test: fn() -> Box<dyn Future<Output = Result<(), String>>>,
) -> String {
    let ran = catch_unwind(AssertUnwindSafe(|| {
        run(options, |_| async { Box::into_pin(test()).await });
    }));
    let payload = ran.expect_err("the test must fail");
    let text = payload.downcast_ref::<String>();
    text.cloned().expect("a message")
}

#[test]
fn a_test_that_waits_for_ever_fails() {
    let waits =
        || -> Box<dyn Future<Output = Result<(), String>>> { Box::new(std::future::pending()) };
    let text = panic_of(Options::DEFAULT.timeout(secs(100)), waits);
    assert!(
        text.starts_with("the test is not done after 100s of virtual time"),
        "{text}"
    );
}

#[test]
fn an_error_fails_it() {
    let fails = || -> Box<dyn Future<Output = Result<(), String>>> {
        Box::new(async { Err("not today".to_owned()) })
    };
    let text = panic_of(Options::DEFAULT, fails);
    assert_eq!(text, "the test ended with an error: \"not today\"");
}

#[test]
fn the_nodes_of_a_test_are_stopped_after_it() {
    static GONE: AtomicUsize = AtomicUsize::new(0);
    struct Guard;
    impl Drop for Guard {
        fn drop(&mut self) {
            GONE.fetch_add(1, Ordering::SeqCst);
        }
    }
    run(Options::DEFAULT, |setup| async move {
        let node = TestNode::prepare(&setup).await;
        node.spawn_fn(async |mut cx: PlainContext| {
            let _guard = Guard;
            while cx.receive().await.is_some() {}
        })
        .unwrap();
        ergo::testing::run_until_idle().await;
        assert_eq!(GONE.load(Ordering::SeqCst), 0);
    });
    assert_eq!(GONE.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "write `#[ergo::test]` in place of `#[tokio::test]`")]
async fn another_runtime_is_told_so() {
    ergo::testing::run_until_idle().await;
}
