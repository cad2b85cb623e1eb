//! Writing terms straight to bytes.

mod basic;
mod buffer;
mod identifiers;
mod parts;
mod term;

pub(crate) use basic::STRING_BYTES_MAX;
pub use buffer::{AtomSink, Encoder};
pub(crate) use parts::Parts;
