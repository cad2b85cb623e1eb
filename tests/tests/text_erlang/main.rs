//! Erlang syntax against real Erlang nodes: what ergo writes they read, what they write ergo reads, and what they refuse
//! ergo refuses.
//!
//! Terms are made at random by both sides from the seed that is printed; `ERGO_SEED` sets it. Without `erl` these tests
//! fail; with `ERGO_SKIP_ERLANG=1` they are skipped and say so.

mod agreement;
mod exchange;
mod generator;
mod oracle;
mod table;
