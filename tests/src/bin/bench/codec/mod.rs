//! The External Term Format: how long it takes to write and to read a value.
//!
//! Every contender reads the same bytes, and writes the value it read from them into a new `Vec`; what each of them
//! reads and writes is checked before anything is timed. Reading includes dropping the value, for the BEAM collecting
//! it.

mod beam;
mod bytes;
mod cell;
mod data;
mod ergo;
#[cfg(feature = "bench")]
mod ergo_serde;
mod reach;
#[cfg(feature = "bench")]
mod rivals;
#[cfg(feature = "bench")]
mod serde_types;
mod suite;
mod typed;

pub(crate) use bytes::AtomForm;
pub(crate) use data::Workload;
pub(crate) use suite::{Options, run};
