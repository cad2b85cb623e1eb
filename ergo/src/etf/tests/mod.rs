//! Tests of the whole codec: bytes in, terms and values out, and back.

mod atoms;
mod boundaries;
mod compressed;
mod depth;
mod golden;
mod identifiers;
mod malformed;
mod options;
mod order;
mod parse;
mod parse_binaries;
mod parse_errors;
mod pretty;
mod sharing;
mod typed;

use super::Term;

/// The bytes of a text of hexadecimal digits.
fn unhex(digits: &str) -> Vec<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).unwrap() as u8;
    digits
        .as_bytes()
        .chunks(2)
        .map(|pair| digit(&pair[0]) << 4 | digit(&pair[1]))
        .collect()
}

/// Terms as OTP 25 wrote them (`term_to_binary(T, [{minor_version, 2}])`), and small ports as OTP 26 writes them, each
/// with what `Display` shows.
fn golden() -> impl Iterator<Item = (Vec<u8>, &'static str)> {
    include_str!("golden.txt").lines().map(|line| {
        let (digits, text) = line.split_once('\t').unwrap();
        (unhex(digits), text)
    })
}

/// The term that follows the version byte.
fn term(bytes: &[u8]) -> Result<Term, super::DecodeError> {
    super::decode(&[&[131], bytes].concat())
}
