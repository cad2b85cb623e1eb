//! States of machines as terms, and back.

use crate::etf::{DecodeError, DecodeOwned, Encode, Term, decode, encode};

/// A value as a term; `None` when it has no form as one.
pub fn to_term<T: Encode>(value: &T) -> Option<Term> {
    decode(&encode(value).ok()?).ok()
}

/// A value from a term.
///
/// # Errors
/// It has another shape.
pub fn from_term<T: DecodeOwned>(term: &Term) -> Result<T, DecodeError> {
    let bytes = encode(term).map_err(|error| DecodeError::custom(error.to_string()))?;
    decode(&bytes)
}
