//! Remote spawn between this node and real Erlang nodes, in both directions: each form that Erlang has for it, each option,
//! each refusal, and what becomes of the process when one of the two goes away.
//!
//! Without `erl` these tests fail; with `ERGO_SKIP_ERLANG=1` they are skipped and say so.

mod acks;
mod forms;
mod hostile;
mod inits;
mod options;
mod raw;
mod refusals;
mod slides;
mod there;
mod ties;
mod worker;
mod world;
