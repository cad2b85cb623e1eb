//! A node of ergo: does in Rust what `beam.erl` does in Erlang.

mod commands;
mod receiver;
mod sender;

pub(crate) use commands::main;
