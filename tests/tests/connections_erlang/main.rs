//! Connections to real Erlang nodes: order, losses, incarnations, attempts of both sides at once, and signals that came
//! with OTP 28 and 29. G-01, G-03, G-04, G-11 and G-18.
//!
//! Without `erl` these tests fail; with `ERGO_SKIP_ERLANG=1` they are skipped and say so.

#![deny(warnings, clippy::all)]

mod exits;
mod incarnations;
mod losses;
mod order;
mod proxy;
mod signals;
mod together;
mod world;
