//! Terms from Erlang syntax: what `erl_scan` and `erl_parse:parse_term` of OTP read, and what `Display` writes.
//!
//! Invariants:
//! - Any text gives a term or an error: no panic, no recursion, time and memory linear in the text.
//! - What `Display` writes of a term is read as an equal term, closures and floats that are not finite excepted.

mod bits;
mod cursor;
mod error;
mod float;
mod identifier;
mod number;
mod open;
mod parser;
mod quoted;
mod segment;
mod triple_quoted;

pub use error::{ParseError, ParseErrorKind};
