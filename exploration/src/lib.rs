//! Runs the concurrent core of ergo, the code itself and not a model of it, under schedules that shuttle chooses.
//!
//! Each test is a scenario that is run some thousand times, each time with another order of steps: half of the times
//! with uniformly random choices, half of them by probabilistic concurrency testing, which finds what takes few but
//! exact preemptions. A step ends at each lock, atomic and await of the code that uses `ergo`'s module `sync`.
//!
//! - `ERGO_SEED`: the seed of all choices, printed by each test; a new one each time unless set.
//! - `ERGO_SCHEDULES`: how many schedules a test tries.
//! - `ERGO_REPLAY`: the one schedule to run: what a test that failed has printed as `failing schedule`.
//!
//! What this does not show: shuttle knows one total order of all steps, so an ordering of an atomic that is too weak
//! is not found; and reference counts and tokio's channels are single steps.
#![cfg(ergo_shuttle)]

mod explore;
mod world;

pub use explore::explore;
pub use world::{Log, World};
