//! The headers of tuples, lists and maps.

use super::super::{DecodeError, tag};
use super::Decoder;
use super::cursor::to_usize;
use crate::wire::{Reader, ShortRead};

/// How a list begins.
///
/// ```
/// use ergo::etf::{Decoder, ListHeader};
///
/// let mut decoder = Decoder::new(b"\x6c\0\0\0\x01\x77\x02ok\x6a");
/// assert_eq!(decoder.read_list()?, ListHeader::Elements(1));
/// assert_eq!(decoder.read_atom()?, "ok");
/// decoder.read_list_end(1)?;
///
/// let mut decoder = Decoder::new(b"\x6b\0\x02ab");
/// assert_eq!(decoder.read_list()?, ListHeader::String(b"ab"));
/// # Ok::<(), ergo::etf::DecodeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListHeader<'de> {
    /// So many elements follow, each to be read with the decoder, and then what [`Decoder::read_list_end`] reads.
    Elements(usize),
    /// The whole list: integers of one byte each.
    String(&'de [u8]),
}

impl ListHeader<'_> {
    /// The number of elements.
    pub const fn count(&self) -> usize {
        match self {
            ListHeader::Elements(count) => *count,
            ListHeader::String(bytes) => bytes.len(),
        }
    }
}

impl<'de> Decoder<'de> {
    /// Reads the header of a tuple: the number of elements, which follow.
    ///
    /// # Errors
    /// Another kind of term, and more elements than there are bytes left.
    #[inline]
    pub fn read_tuple(&mut self) -> Result<usize, DecodeError> {
        match self.reader.rest() {
            [tag::SMALL_TUPLE, arity, rest @ ..] if usize::from(*arity) <= rest.len() => {
                self.reader.advance_to(rest);
                Ok((*arity).into())
            }
            _ => self.read_large_tuple(),
        }
    }

    fn read_large_tuple(&mut self) -> Result<usize, DecodeError> {
        let before = self.reader.clone();
        let arity = match self.reader.peek() {
            Some(tag::SMALL_TUPLE) => self.byte().and_then(|_| self.byte())?.into(),
            Some(tag::LARGE_TUPLE) => self.byte().and_then(|_| self.length())?,
            _ => return Err(self.unexpected("a tuple")),
        };
        self.check_elements(before, arity)?;
        Ok(arity)
    }

    /// Reads the header of a tuple of `arity` elements, which follow.
    ///
    /// # Errors
    /// Any other term.
    #[inline]
    pub fn expect_tuple(&mut self, arity: usize) -> Result<(), DecodeError> {
        let before = self.reader.clone();
        match self.reader.peek() {
            Some(tag::SMALL_TUPLE | tag::LARGE_TUPLE) if self.read_tuple()? == arity => Ok(()),
            _ => {
                self.reader = before;
                Err(self.unexpected(format!("a tuple of {arity}")))
            }
        }
    }

    /// Reads the header of a list. The elements follow, and after them, with [`Decoder::read_list_end`], the end.
    ///
    /// # Errors
    /// Another kind of term, and more elements than there are bytes left.
    #[inline]
    pub fn read_list(&mut self) -> Result<ListHeader<'de>, DecodeError> {
        let before = self.reader.clone();
        match self.reader.rest() {
            [tag::LIST, a, b, c, d, rest @ ..] => {
                self.reader.advance_to(rest);
                let count = to_usize(u32::from_be_bytes([*a, *b, *c, *d]));
                self.check_elements(before, count.saturating_add(1))?;
                if count == 0 {
                    self.read_list_tail()?;
                }
                Ok(ListHeader::Elements(count))
            }
            [tag::NIL, rest @ ..] => {
                self.reader.advance_to(rest);
                Ok(ListHeader::Elements(0))
            }
            [tag::STRING, a, b, rest @ ..] => {
                self.reader.advance_to(rest);
                self.take(u16::from_be_bytes([*a, *b]).into())
                    .map(ListHeader::String)
            }
            [tag::LIST | tag::STRING, ..] => Err(self.truncated(ShortRead {
                needed: 5,
                remaining: self.remaining(),
            })),
            _ => Err(self.unexpected("a list")),
        }
    }

    /// Reads what follows the elements of a list of which [`Decoder::read_list`] said there are `count`.
    ///
    /// # Errors
    /// A list that does not end in `[]`.
    #[inline]
    pub fn read_list_end(&mut self, count: usize) -> Result<(), DecodeError> {
        if count == 0 {
            Ok(())
        } else {
            self.read_list_tail()
        }
    }

    fn read_list_tail(&mut self) -> Result<(), DecodeError> {
        match self.reader.rest() {
            [tag::NIL, rest @ ..] => {
                self.reader.advance_to(rest);
                Ok(())
            }
            _ => Err(self.unexpected("the end of a proper list")),
        }
    }

    /// Reads the header of a map: the number of pairs, which follow, each as a key and its value.
    ///
    /// # Errors
    /// Another kind of term, and more pairs than there is room for in the bytes left.
    #[inline]
    pub fn read_map(&mut self) -> Result<usize, DecodeError> {
        let before = self.reader.clone();
        match self.reader.rest() {
            [tag::MAP, a, b, c, d, rest @ ..] => {
                self.reader.advance_to(rest);
                let count = to_usize(u32::from_be_bytes([*a, *b, *c, *d]));
                self.check_elements(before, count.saturating_mul(2))?;
                Ok(count)
            }
            [tag::MAP, ..] => Err(self.truncated(ShortRead {
                needed: 5,
                remaining: self.remaining(),
            })),
            _ => Err(self.unexpected("a map")),
        }
    }

    /// Refuses more elements than there are bytes, besides those that are announced already.
    #[inline]
    fn check_elements(&mut self, before: Reader<'de>, count: usize) -> Result<(), DecodeError> {
        let short = ShortRead {
            needed: self.announced.saturating_add(count),
            remaining: self.remaining(),
        };
        if short.needed <= short.remaining {
            return Ok(());
        }
        self.reader = before;
        Err(self.truncated(short))
    }

    /// How many elements of type `T` to reserve memory for when `count` are announced: no more than the rest of the
    /// input pays for. The deeper a value is the less, for a peer may announce much on every level and send none of it.
    #[inline]
    pub fn reservation<T>(&self, count: usize) -> usize {
        let bytes = self.remaining().saturating_mul(4) / self.depth.max(1);
        count.min(1 + bytes / size_of::<T>().max(1))
    }
}
