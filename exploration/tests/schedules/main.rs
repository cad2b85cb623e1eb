//! The races of the concurrent core, one scenario each. `scripts/explore` runs them.
//!
//! Each test says which mutation of the core it is there to catch. `Seen` is one that it has been run against and failed
//! on, or the state of the core before a mistake that it found was mended. The promises are those of the book's
//! guarantees chapter.
#![cfg(ergo_shuttle)]

mod alias;
mod call;
mod exit;
mod link;
mod mailbox;
mod monitor;
mod name;
mod node;
mod probe;
mod spawn;
mod timer;
