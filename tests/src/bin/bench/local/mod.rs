//! Processes of one node: messages, calls, starts, ends and memory.
//!
//! Each contender gives the same few things ([`actors::Actors`]) in the way its own users would write them; each
//! workload is written once over them, and every message is counted where it is received. Erlang's own processes are
//! measured inside the BEAM ([`beam`]).

mod actors;
mod beam;
mod contenders;
mod flat;
mod latch;
mod measure;
mod memory;
mod probe;
mod suite;
mod workload;

pub(crate) use contenders::Contender;
pub(crate) use memory::resident_bytes;
pub(crate) use probe::Probe;
pub(crate) use suite::run;
pub(crate) use workload::Workload;
