//! Random sequences of links, monitors, names, starts and ends over a few processes, against a model of what OTP promises:
//! G-02 and G-08, and that links are on both ends or on none.
//!
//! The processes are real; the model knows at each step what each of them must have heard. A failing sequence shrinks
//! to the shortest that fails.

mod model;
mod operation;
mod puppet;
mod world;

use operation::operations;
use proptest::prelude::*;
use world::World;

/// Sequences are checked one after the other on one thread: an operation is over before the next begins. What happens
/// at the same time is the matter of `scripts/explore`.
fn agrees(operations: &[operation::Operation]) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let mut world = World::start().await;
        for operation in operations {
            world.perform(operation).await;
            world.compare(operation).await;
        }
        world.stop().await;
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn processes_agree_with_the_model(operations in operations()) {
        agrees(&operations);
    }
}
