//! Distribution: messages, calls and spawns between two programs.
//!
//! There is one sender and one receiver of ergo, and one of each in Erlang, all of them operating system processes of
//! their own that stay for the whole run and meet at a real EPMD. A contender is a pair of them, as in `ergo-erl`: what
//! sends, and what receives. Every pair exchanges the same terms, and the BEAM's own pair is the rival.
//!
//! The sender takes the time. Messages are counted where they are received: the sender's clock stops when the receiver
//! has said that all of them have come. Answers are counted and added up where they are asked for, and spawned processes
//! count themselves.
//!
//! ergo has no `rpc` beside `erpc`, as OTP has not since OTP 23: both rows call the same function in its senders.

mod beam;
mod node;
mod pair;
mod program;
mod suite;
mod workload;

pub(crate) use beam::start as start_erl;
pub(crate) use node::main as node;
pub(crate) use pair::Pair;
pub(crate) use program::Program;
pub(crate) use suite::{Options, run};
pub(crate) use workload::Workload;
