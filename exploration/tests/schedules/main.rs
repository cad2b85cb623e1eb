//! The races of the concurrent core, one scenario each. `scripts/explore` runs them.
#![cfg(ergo_shuttle)]

mod mailbox;
