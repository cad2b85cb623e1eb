//! Properties of the codec and of the machines that read a peer's bytes, with generated inputs: promises G-12 and
//! G-13.
//!
//! What must hold is in `ergo_tests::hostile`, which the fuzz targets share. `ERGO_SEED` repeats a run: a test that
//! fails shows its seed. `PROPTEST_CASES` says how many inputs each test gets.

mod bytes;
mod golden;
mod laws;
mod terms;
mod typed;
mod values;

use std::fmt::Debug;
use std::hash::{BuildHasher, RandomState};

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestRunner};

/// The seed of this run.
fn seed() -> u64 {
    match std::env::var("ERGO_SEED") {
        Ok(text) => text.parse().expect("ERGO_SEED is a number"),
        Err(_) => RandomState::new().hash_one(()),
    }
}

/// Holds `check` for generated inputs; of those that fail it shows the smallest.
#[track_caller]
fn holds<S: Strategy>(strategy: &S, check: impl Fn(S::Value))
where
    S::Value: Debug,
{
    let seed = seed();
    println!("ERGO_SEED={seed}");
    let config = Config {
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..Config::default()
    };
    let result = TestRunner::new(config).run(strategy, |input| {
        check(input);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}\nERGO_SEED={seed}");
    }
}

#[test]
fn what_does_not_hold_is_found_and_made_small() {
    let found = std::panic::catch_unwind(|| {
        holds(&(0..1000_u32), |number| assert!(number < 10, "too large"));
    });
    let message = *found.unwrap_err().downcast::<String>().unwrap();
    assert!(message.contains("minimal failing input: 10"), "{message}");
    assert!(message.contains("ERGO_SEED="), "{message}");
}
