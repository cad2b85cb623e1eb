//! Remote procedure calls between a node here and real Erlang nodes, both ways.
//!
//! Without `erl` these tests fail; with `ERGO_SKIP_ERLANG=1` they are skipped and say so.

#![deny(warnings, clippy::all)]

mod access;
mod erpc;
mod here;
mod rex;
mod rpc;
mod world;
