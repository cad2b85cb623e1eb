//! Types of other crates as Erlang terms, by way of serde.
//!
//! Mirrors the derives of [`Encode`](super::Encode) and [`Decode`](super::Decode): the same Rust shape is the same
//! bytes. The derives are the first choice for the types of a program: they are faster, their errors name every place,
//! and their attributes know records, Elixir structs, charlists and units of time. serde is for the types of other
//! crates, which have its traits and not these. They can be parts of a derived type, with this module as the codec of
//! a field:
//!
//! ```
//! use ergo::{Decode, Encode, etf};
//! # mod shop {
//! #     #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
//! #     pub enum Price { Free, Cents(u32) }
//! # }
//! use shop::Price; // of another crate, with the derives of serde
//!
//! #[derive(Debug, PartialEq, Encode, Decode)]
//! struct Item {
//!     name: String,
//!     #[etf(with = ergo::etf::serde)]
//!     price: Price,
//! }
//!
//! let bolt = Item { name: "bolt".to_owned(), price: Price::Cents(15) };
//! let bytes = etf::encode(&bolt)?;
//! assert_eq!(etf::decode::<etf::Term>(&bytes)?.to_string(), "#{name => <<\"bolt\">>,price => {cents,15}}");
//! assert_eq!(etf::decode::<Item>(&bytes)?, bolt);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What serde does not tell
//!
//! A format sees less of a type than a derive does. The terms are those of the derives but for these:
//!
//! - An array is a tuple, `[1, 2]` as `{1, 2}`, since serde has one form for both. It is read from a list too.
//! - The tag of an internally tagged enum (`#[serde(tag = "type")]`) is text: it is the binary `<<"OutOfStock">>` unless
//!   `#[serde(rename_all = "snake_case")]` makes it `<<"out_of_stock">>`, which a derived type reads as well. The
//!   tag of an adjacently tagged enum (`tag` with `content`) is an atom.
//! - A variant is in `snake_case` also when `#[serde(rename)]` gives it another case: serde passes only the last
//!   name. A name that is in `snake_case` already stays. Reading takes the name as it is too.
//! - `Some` of what is itself `nil` is an error when it is written; the derives refuse such a type when it is
//!   compiled.
//! - A `SystemTime` before 1970 is an error. A struct that is called `Duration` and has the fields `secs` and
//!   `nanos` is taken for the one of the standard library, and an enum `Result` with `Ok` and `Err` too.
//! - Types that have a form for people to read are written in it: an `IpAddr` is `<<"10.0.0.1">>`.
//! - The keys of a map that does not say how many it has, written as `str`, are atoms: those are the fields of a
//!   flattened struct. All other text is a binary.
//!
//! Where a type is not said (`serde_json::Value`, `#[serde(untagged)]`, `flatten`, internal tags), atoms are text and
//! `nil` and `undefined` are nothing, tuples are sequences, binaries of UTF-8 are text and others bytes, and pids, ports
//! and references are their text, from which they can be read again. serde keeps values in that form before it knows
//! their type: there a unit variant has to be called as its atom is, a variant with content cannot be read, a
//! [`Term`](super::Term) has binaries for atoms, and a native record is an error.
//!
//! A recursive enum with `#[serde(untagged)]` is not for terms of a peer: serde copies all that is below each level of
//! it, so 1 MB can become gigabytes. The `#[etf(untagged)]` of the derives reads in place.
//!
//! # The types of this module in other formats
//!
//! In a format for people to read, such as JSON, an [`Atom`](super::Atom) and a [`CharList`](super::CharList) are text,
//! a [`Pid`](super::Pid) is `"<shop@localhost.95.0>/7"` with the creation behind it, a [`Port`](super::Port)
//! `"#Port<shop@localhost.5>/7"`, a [`Reference`](super::Reference) `"#Ref<shop@localhost.3.2.1>/7"` (and, of another
//! number of words than three, `/n` at its end), and a [`BitString`](super::BitString) its bytes with the bits of the
//! last one. All of them are read back. A [`Term`](super::Term) or [`Encoded`](super::Encoded) is what it holds, up to 128
//! levels deep, in the way said above; a [`Fun`](super::Fun) is its text, which is not read back. In other formats all
//! but atoms and charlists are the bytes of their term. For integers of any size see [`big_integer`].
//!
//! Invariants:
//! - What is written is one well-formed term, whatever a `Serialize` by hand says about its length.
//! - Values nest up to `term_depth_max` when they are read, and memory is linear in the bytes but for what serde
//!   copies.
//! - No key is read twice in a map.

mod deserializer;
mod error;
mod external;
mod names;
mod own;
mod serializer;

pub use external::{decode, encode, from_bytes, from_term, to_bytes, to_term};
pub use own::big_integer;
