//! The bridge to serde: types of other crates as Erlang terms.
//!
//! Mirrors the derives of [`Encode`](super::Encode) and [`Decode`](super::Decode): the same Rust shape is the same
//! bytes. A serializer over [`Encoder`](super::Encoder) and a deserializer over [`Decoder`](super::Decoder), without a
//! [`Term`](super::Term) between. What serde does not tell a format is listed at [`to_bytes`](super::to_bytes).
//!
//! Invariants:
//! - What is written is one well-formed term, whatever a `Serialize` by hand says about its length.
//! - Nested values are bounded by `term_depth_max` when they are read, and memory is linear in the bytes.
//! - No key is twice in a map, neither written nor read.

mod deserializer;
mod error;
mod external;
mod names;
mod own;
mod serializer;

pub use external::{decode, encode, from_bytes, from_term, to_bytes, to_term};
pub use own::big_integer;
