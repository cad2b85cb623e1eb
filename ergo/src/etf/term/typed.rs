//! Terms of typed values, and typed values of terms.

use bytes::Bytes;

use super::super::{DecodeError, DecodeOwned, Decoder, Encode, EncodeError, Encoder};
use super::Term;
use crate::wire::Limits;

/// What a value of our own may take: it is here already.
const UNLIMITED: Limits = Limits {
    term_bytes_max: usize::MAX,
    integer_bytes_max: usize::MAX,
    ..Limits::DEFAULT
};

impl Term {
    /// The term that a value is written as.
    ///
    /// ```
    /// use ergo::etf::Term;
    ///
    /// let term = Term::from_value(&(1, "two", Some(3.0)))?;
    /// assert_eq!(term.to_string(), "{1,<<\"two\">>,3.0}");
    /// # Ok::<(), ergo::etf::EncodeError>(())
    /// ```
    ///
    /// # Errors
    /// Those of the value, and [`EncodeError::Malformed`] for a hand-written [`Encode`] that does not write exactly one
    /// term, or a map with a key twice.
    pub fn from_value<T: Encode + ?Sized>(value: &T) -> Result<Term, EncodeError> {
        let mut bytes = Vec::new();
        value.encode(&mut Encoder::new(&mut bytes))?;
        Term::from_own(bytes).map_err(EncodeError::Malformed)
    }

    /// The term of bytes that a value of our own has been written as, within no limits.
    pub(in super::super) fn from_own(bytes: Vec<u8>) -> Result<Term, DecodeError> {
        let bytes = Bytes::from(bytes);
        let mut decoder = Decoder::new(&bytes).shared(&bytes).limits(&UNLIMITED);
        let term = decoder.read_term()?;
        decoder.finish()?;
        Ok(term)
    }

    /// The value of a type that has the term as its written form.
    ///
    /// ```
    /// use ergo::etf::Term;
    ///
    /// let term = Term::tuple([Term::atom("ok"), "done".into()]);
    /// assert_eq!(term.to_value::<Result<String, u8>>()?, Ok("done".to_owned()));
    /// assert_eq!(
    ///     Term::from(-3).to_value::<u8>().unwrap_err().to_string(),
    ///     "expected integer 0..255, found -3 at byte 0, tag 98"
    /// );
    /// # Ok::<(), ergo::etf::DecodeError>(())
    /// ```
    ///
    /// # Errors
    /// A term that is no value of the type, and one that has no encoded form, such as a float that is not finite. The
    /// offsets are those of the encoded term.
    pub fn to_value<T: DecodeOwned>(&self) -> Result<T, DecodeError> {
        let mut bytes = Vec::new();
        Encoder::new(&mut bytes)
            .write_term(self)
            .map_err(DecodeError::custom)?;
        let bytes = Bytes::from(bytes);
        T::decode(&mut Decoder::new(&bytes).shared(&bytes).limits(&UNLIMITED))
    }
}
