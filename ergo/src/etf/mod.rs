//! The External Term Format: Erlang terms, and Rust values as Erlang terms.
//!
//! Mirrors the chapter *External Term Format* of OTP's ERTS guide. Every form that OTP 25 to 29 sends is read; what
//! is written is what `term_to_binary` writes. [`Encode`] and [`Decode`] are for Rust types, [`Term`] is for any term.
//!
//! Invariants:
//! - Any bytes give a value or an error: no panic, no recursion that a peer controls, memory linear in the bytes.
//! - What was decoded encodes to the same term, foreign pids, references, ports and funs included.
//! - Nothing here knows of sockets, clocks or tasks.

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::as_conversions
    )
)]

mod atom;
mod binary;
mod bit_string;
mod closure;
mod compressed;
mod decoder;
mod encoded;
mod encoder;
mod error;
mod external;
mod fun;
mod impls;
mod inline_text;
mod keyword;
mod nearest;
mod options;
mod pid;
mod port;
mod reference;
pub mod serde;
mod syntax;
mod tag;
mod term;
mod text;
mod time_unit;
mod traits;

pub use self::serde::{from_bytes, from_term, to_bytes, to_term};
pub use atom::{Atom, AtomTooLong};
pub use binary::Binary;
pub use bit_string::BitString;
pub use closure::Closure;
pub use decoder::{Decoder, Kind, ListHeader};
pub use encoded::Encoded;
pub(crate) use encoder::Parts;
pub use encoder::{AtomSink, Encoder};
pub use ergo_macros::{Decode, Encode};
pub use error::{CustomMessage, DecodeError, DecodeErrorKind, EncodeError, LengthOf, PathStep};
pub use external::{decode, decode_borrowed, decode_shared, decode_with, encode, encode_with};
pub use fun::{Export, Fun};
pub use impls::CharList;
pub use keyword::Keyword;
pub(crate) use keyword::{Property, read_properties};
pub(crate) use nearest::nearest;
/// Integers of any size, as [`Term::BigInteger`] holds them.
pub use num_bigint::BigInt;
pub use options::EncodeOptions;
pub use pid::Pid;
pub use port::Port;
pub use reference::{Reference, ReferenceWords};
pub use term::{ImproperList, List, Map, MapKey, Record, Term, Tuple};
pub use text::{ParseError, ParseErrorKind};
pub use time_unit::TimeUnit;
pub use traits::{Decode, DecodeOwned, Encode};

#[cfg(test)]
mod tests;
