//! Integers of any size in types of serde: `#[serde(with = "ergo::etf::serde::big_integer")]`.
//!
//! [`BigInt`] is a type of another crate, so it cannot say itself what it is in a term. In other formats it is a number
//! up to 64 bits, and beyond them its digits as text, of which up to 10,000 are read back.
//!
//! ```
//! use ergo::etf::{self, BigInt};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Debug, PartialEq, Serialize, Deserialize)]
//! struct Key {
//!     #[serde(with = "ergo::etf::serde::big_integer")]
//!     modulus: BigInt,
//! }
//!
//! let key = Key { modulus: BigInt::from(2).pow(100) };
//! let term = etf::to_term(&key)?;
//! assert_eq!(term.to_string(), "#{modulus => 1267650600228229401496703205376}");
//! assert_eq!(etf::from_term::<Key>(&term)?, key);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use serde::{Deserializer, Serializer};

use super::super::super::{BigInt, Term};
use super::Own;
use super::foreign::big_integer_data;
use super::types::{self, OwnType};

/// The longest text that is read: reading one takes time that grows with the square of its length.
const DIGITS_MAX: usize = 10_000;

/// Writes the integer.
///
/// # Errors
/// Those of the format.
pub fn serialize<S: Serializer>(value: &BigInt, serializer: S) -> Result<S::Ok, S::Error> {
    types::serialize(value, serializer)
}

/// Reads the integer.
///
/// # Errors
/// Those of the format, and anything but an integer.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BigInt, D::Error> {
    types::deserialize(deserializer)
}

impl OwnType for BigInt {
    const OWN: Own = Own::BigInteger;
    const EXPECTED: &'static str = "an integer";

    fn serialize_readable<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        big_integer_data(self, serializer)
    }

    fn from_readable(term: Term) -> Option<BigInt> {
        match term {
            Term::Integer(value) => Some(value.into()),
            Term::BigInteger(value) => Some(*value),
            text => {
                let digits = text.as_str().filter(|text| text.len() <= DIGITS_MAX)?;
                digits.parse().ok()
            }
        }
    }
}
