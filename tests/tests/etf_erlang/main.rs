//! The codec against real Erlang nodes: every term there and back, every order, every option of `term_to_binary`.
//!
//! Erlang is the oracle. Terms are made at random by both sides from the seed that is printed; `ERGO_SEED` sets it.
//! Without `erl` these tests fail; with `ERGO_SKIP_ERLANG=1` they are skipped and say so.

mod boundaries;
mod deep;
mod elixir;
mod exchange;
mod forms;
mod generator;
mod options;
mod oracle;
mod order;
mod passing_on;
mod random;
mod records;
