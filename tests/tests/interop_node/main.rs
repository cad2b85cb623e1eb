//! The interop node of the examples against real Erlang nodes: what `interop_node` promises, row by row.
//!
//! Without `erl` these tests fail; with `ERGO_SKIP_ERLANG=1` they are skipped and say so.

mod contract;
mod edges;
mod here;
mod hostile;
mod programs;
mod reasons;
mod relations;
mod relay;
mod remote;
mod requests;
mod terms;
mod world;
