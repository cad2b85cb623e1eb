//! Reading terms straight from bytes.

mod atoms;
mod binaries;
mod containers;
mod cursor;
mod describe;
mod frequent;
mod identifiers;
mod kind;
mod numbers;
mod term;
mod walk;

pub use containers::ListHeader;
pub use cursor::Decoder;
pub use kind::Kind;
