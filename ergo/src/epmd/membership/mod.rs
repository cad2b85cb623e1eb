//! Keeping one node registered for as long as it lives.
//!
//! OTP starts the daemon as a program of its own and every node is its client (`erl_epmd`). Here the
//! first node of a host runs the server itself, the others are its clients, and when it goes one of
//! them takes over:
//!
//! 1. A node tries to listen at EPMD's address. Who can is the server and registers with itself.
//! 2. Who cannot registers as a client and keeps the connection.
//! 3. When the connection ends, after a short random pause, it begins again with 1. The operating
//!    system lets exactly one listen, and the others find it in 2. Nodes of OTP register again by
//!    themselves, within two seconds.
//!
//! A name can be lost to another node only if that registers it with the new server first; then the
//! status says so and the attempts go on. `seat` is one attempt, `run` the task that repeats them.

mod handle;
mod options;
mod run;
mod seat;

pub use handle::Membership;
pub use options::{MembershipOptions, MembershipStatus, Mode, Role};
