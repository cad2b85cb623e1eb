//! A bounded big-endian reader over borrowed bytes.

use thiserror::Error;

/// The input ended before the value did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{needed} bytes needed, {remaining} left")]
pub struct ShortRead {
    /// How many bytes the value takes.
    pub needed: usize,
    /// How many bytes were left.
    pub remaining: usize,
}

/// Reads big-endian integers and slices from the front of a byte slice; never past its end, never with a copy.
///
/// A failed read leaves the position where it was.
///
/// ```
/// use ergo::wire::Reader;
///
/// let mut reader = Reader::new(&[0, 2, b'o', b'k', 9]);
/// let len = reader.u16()?;
/// assert_eq!(reader.take(len.into())?, b"ok");
/// assert_eq!((reader.position(), reader.remaining()), (4, 1));
/// assert!(reader.u32().is_err());
/// assert_eq!(reader.u8()?, 9);
/// # Ok::<(), ergo::wire::ShortRead>(())
/// ```
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
    len: usize,
}

impl<'a> Reader<'a> {
    /// A reader at the start of `input`.
    #[inline]
    pub const fn new(input: &'a [u8]) -> Self {
        Reader {
            rest: input,
            len: input.len(),
        }
    }

    /// A reader of `input` that counts positions from `position` on: for what stands for bytes there.
    pub(crate) const fn standing_at(input: &'a [u8], position: usize) -> Self {
        Reader {
            rest: input,
            len: position.saturating_add(input.len()),
        }
    }

    /// The next byte.
    ///
    /// # Errors
    /// [`ShortRead`] at the end of the input.
    #[inline]
    pub fn u8(&mut self) -> Result<u8, ShortRead> {
        self.array().map(|[byte]: [u8; 1]| byte)
    }

    /// The next two bytes as a big-endian integer.
    ///
    /// # Errors
    /// [`ShortRead`] when fewer are left.
    #[inline]
    pub fn u16(&mut self) -> Result<u16, ShortRead> {
        self.array().map(u16::from_be_bytes)
    }

    /// The next four bytes as a big-endian integer.
    ///
    /// # Errors
    /// [`ShortRead`] when fewer are left.
    #[inline]
    pub fn u32(&mut self) -> Result<u32, ShortRead> {
        self.array().map(u32::from_be_bytes)
    }

    /// The next eight bytes as a big-endian integer.
    ///
    /// # Errors
    /// [`ShortRead`] when fewer are left.
    #[inline]
    pub fn u64(&mut self) -> Result<u64, ShortRead> {
        self.array().map(u64::from_be_bytes)
    }

    /// The next `N` bytes.
    ///
    /// # Errors
    /// [`ShortRead`] when fewer are left.
    #[inline]
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], ShortRead> {
        match self.rest.split_first_chunk::<N>() {
            Some((chunk, rest)) => {
                self.rest = rest;
                Ok(*chunk)
            }
            None => Err(self.short(N)),
        }
    }

    /// The next `count` bytes, borrowed from the input.
    ///
    /// # Errors
    /// [`ShortRead`] when fewer are left.
    #[inline]
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], ShortRead> {
        match self.rest.split_at_checked(count) {
            Some((taken, rest)) => {
                self.rest = rest;
                Ok(taken)
            }
            None => Err(self.short(count)),
        }
    }

    /// The next byte, left in place; `None` at the end.
    #[inline]
    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// How many bytes have been read.
    #[inline]
    pub const fn position(&self) -> usize {
        self.len - self.rest.len()
    }

    /// How many bytes are left.
    #[inline]
    pub const fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// Whether everything has been read.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// What has not been read yet, left in place.
    #[inline]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Moves forward to `rest`, which must be a tail of what [`Reader::rest`] returned.
    #[inline]
    pub(crate) fn advance_to(&mut self, rest: &'a [u8]) {
        debug_assert!(rest.len() <= self.rest.len());
        self.rest = rest;
    }

    const fn short(&self, needed: usize) -> ShortRead {
        ShortRead {
            needed,
            remaining: self.rest.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_big_endian_and_keeps_the_position_on_failure() {
        let mut reader = Reader::new(&[1, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 4, 5]);
        assert_eq!(reader.u8(), Ok(1));
        assert_eq!(reader.u16(), Ok(2));
        assert_eq!(reader.u32(), Ok(3));
        assert_eq!(reader.u64(), Ok(4));
        assert_eq!(reader.peek(), Some(5));
        assert_eq!(
            reader.take(2),
            Err(ShortRead {
                needed: 2,
                remaining: 1
            })
        );
        assert_eq!(
            reader.u16(),
            Err(ShortRead {
                needed: 2,
                remaining: 1
            })
        );
        assert_eq!(reader.take(1), Ok(&[5][..]));
        assert_eq!(
            (reader.peek(), reader.is_empty(), reader.position()),
            (None, true, 16)
        );
        assert_eq!(
            reader.take(usize::MAX),
            Err(ShortRead {
                needed: usize::MAX,
                remaining: 0
            })
        );
        assert_eq!(reader.take(0), Ok(&[][..]));
    }
}
