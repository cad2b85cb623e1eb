//! The test kit: virtual time, probes, faults and a network in memory. With the feature `testing` alone.
//!
//! ```toml
//! [dev-dependencies]
//! ergo = { version = "0.1", features = ["testing"] }
//! ```
//!
//! A test is an async function with `#[ergo::test]`. It runs on one thread, in virtual time, on a node of its own:
//!
//! ```
//! use ergo::prelude::*;
//! use ergo::testing::{self, TestNode};
//!
//! #[derive(Actor)]
//! struct Reminder {
//!     tell: Pid,
//! }
//!
//! #[ergo::server]
//! impl Reminder {
//!     fn init(tell: Pid, cx: &Context<Self>) -> Result<Self, ExitReason> {
//!         cx.after(secs(3600), |me| drop(me.ring()));
//!         Ok(Reminder { tell })
//!     }
//!
//!     #[cast]
//!     fn ring(&mut self, cx: &Context<Self>) {
//!         let _ = cx.send(&self.tell, term!({time, "is up"}));
//!     }
//! }
//!
//! # mod tests {
//! # use super::*;
//! #[ergo::test]
//! async fn it_rings_after_an_hour(node: TestNode) {
//!     let mut probe = node.probe();
//!     node.spawn::<Reminder>(probe.pid()).await.unwrap();
//!     probe.expect_no(secs(3599)).await;
//!     testing::advance(secs(1)).await;
//!     probe.expect_term(pattern!({time, _})).await;
//! }
//! # pub fn run() { it_rings_after_an_hour() }
//! # }
//! # fn main() { tests::run() }
//! ```
//!
//! # Time
//!
//! All time of ergo is tokio's, and a test's stands still while anything can run. When nothing can, it jumps to the next
//! timer: an hour passes in microseconds, and in the same order each time. [`advance`] lets an amount of time pass and
//! everything happen that is due in it; [`run_until_idle`] lets everything happen that can without any.
//!
//! # The same again
//!
//! What is random in a test comes from one number, which is printed; `ERGO_SEED` sets it. With the same number a test
//! that uses processes, probes, [`Faults`] and a [`Network`] does the same in the same order. That does not hold for
//! what comes from elsewhere: other threads (`spawn_blocking`, a runtime of its own), sockets and files, the system's
//! clock, the iteration of a `HashMap`, `tokio::select!` without `biased`, and the numbers of a handshake's challenge,
//! which are the operating system's and decide nothing.
//!
//! # Invariants
//!
//! - Nothing here is compiled without the feature, and nothing below has more of it than a branch.
//! - A wait that ends in vain says what was waited for, where in the test, and what came instead.

mod clock;
mod faults;
mod mock;
mod network;
mod node;
mod pattern;
mod probe;
mod random;
mod run;

pub use clock::{advance, run_until_idle};
pub use faults::{Faults, Selected, Struck};
pub use mock::Mock;
pub use network::{Network, TestNodeBuilder};
pub use node::TestNode;
pub use pattern::matches;
pub use probe::{Arrived, Probe, ProbeCall};
pub use random::Random;
pub use run::{Options, Outcome, Setup, TestArgument, run};
