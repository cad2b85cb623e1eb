//! What kind of term comes next.

use super::super::{DecodeError, tag};
use super::Decoder;

/// The kind of a term, told by its first byte.
///
/// ```
/// use ergo::etf::{Decoder, Kind};
///
/// let decoder = Decoder::new(&[97, 7]);
/// assert_eq!(decoder.peek_kind()?, Kind::Integer);
/// # Ok::<(), ergo::etf::DecodeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// An integer of any size.
    Integer,
    /// A float.
    Float,
    /// An atom.
    Atom,
    /// A tuple.
    Tuple,
    /// A list: proper, improper, empty, or a string.
    List,
    /// A binary.
    Binary,
    /// A bit string.
    BitString,
    /// A map.
    Map,
    /// A pid.
    Pid,
    /// A reference.
    Reference,
    /// A port.
    Port,
    /// A fun.
    Fun,
    /// A native record.
    Record,
}

impl Kind {
    #[inline]
    pub(super) fn of_tag(tag: u8) -> Option<Kind> {
        Some(match tag {
            tag::SMALL_INTEGER | tag::INTEGER | tag::SMALL_BIG | tag::LARGE_BIG => Kind::Integer,
            tag::NEW_FLOAT | tag::FLOAT => Kind::Float,
            tag::SMALL_ATOM_UTF8
            | tag::ATOM_UTF8
            | tag::SMALL_ATOM
            | tag::ATOM
            | tag::ATOM_CACHE_REF => Kind::Atom,
            tag::SMALL_TUPLE | tag::LARGE_TUPLE => Kind::Tuple,
            tag::NIL | tag::STRING | tag::LIST => Kind::List,
            tag::BINARY => Kind::Binary,
            tag::BIT_BINARY => Kind::BitString,
            tag::MAP => Kind::Map,
            tag::NEW_PID | tag::PID => Kind::Pid,
            tag::NEWER_REFERENCE | tag::NEW_REFERENCE | tag::REFERENCE => Kind::Reference,
            tag::V4_PORT | tag::NEW_PORT | tag::PORT => Kind::Port,
            tag::NEW_FUN | tag::EXPORT => Kind::Fun,
            tag::RECORD => Kind::Record,
            _ => return None,
        })
    }
}

impl<'de> Decoder<'de> {
    /// The kind of the next term, which stays where it is.
    ///
    /// # Errors
    /// At the end of the input, and for a tag that no term starts with.
    #[inline]
    pub fn peek_kind(&self) -> Result<Kind, DecodeError> {
        self.reader
            .peek()
            .and_then(Kind::of_tag)
            .ok_or_else(|| self.no_term())
    }

    /// Whether a list comes next.
    #[inline]
    pub(crate) fn next_is_list(&self) -> bool {
        matches!(self.reader.peek(), Some(tag::LIST | tag::NIL | tag::STRING))
    }
}
