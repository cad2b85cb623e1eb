//! `io_lib:format/2`: the text of a format and its arguments, as a real Erlang node makes it.
//!
//! Source: <https://www.erlang.org/doc/apps/stdlib/io.html#fwrite/3>. All control sequences with their widths, precisions,
//! padding and modifiers are there, `~p` breaks its lines where `io_lib_pretty` does, and the printable characters are
//! those of latin1, which is the default of `erl`.
//!
//! It differs from OTP where a text cannot be the same, or a peer could make it too large:
//! - Pids, references and ports of any node show the name of the node, and closures what their sender told.
//! - Maps are in the order of their keys, which OTP itself keeps only up to release 25 or with the modifier `k`.
//! - What is nested more than 200 levels deep, a term of more than 100,000 parts and an integer of more than 262,144 bits
//!   end in `...`. Fields of more than 1,048,576 characters and texts of more than 16 MiB are refused.
//! - No order of maps as a fun (`~Kp`).
//! - Binaries that begin as UTF-8 and do not go on so are latin1 for `~tp`, as up to OTP 27; OTP 29 shows their bytes.
//!
//! # Layout
//!
//! - [`control`]: the whole of a format, one control sequence after the other.
//! - [`directive`]: one control sequence, read from the format.
//! - [`field`]: text in a field of a width, with its padding.
//! - [`number`]: integers with a base, floats with digits.
//! - [`quoted`]: atoms, strings and binaries between quotes.
//! - [`measure`]: terms as pieces of known length.
//! - [`layout`]: those pieces on one line or on several; [`fit`]: how far the lines of tagged tuples are moved in.
//! - [`text`]: characters from lists and binaries.

mod control;
mod directive;
mod field;
mod fit;
mod layout;
mod measure;
mod number;
mod quoted;
mod text;

pub(super) use control::format;
pub(super) use text::{Encoding, characters};

#[cfg(test)]
mod tests;
