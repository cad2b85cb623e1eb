//! The races of the concurrent core, one scenario each. `scripts/explore` runs them.
//!
//! Each test says which mutation of the core it was seen to fail on; the promises are those of the book's guarantees
//! chapter.
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
