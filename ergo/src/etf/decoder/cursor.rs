//! The decoder: its input, its context, and its errors.

use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;

use super::super::{Atom, DecodeError, DecodeErrorKind, tag};
use crate::wire::limits::KeptLimits;
use crate::wire::{Limits, Reader, ShortRead};

/// Reads terms from bytes, without the version byte 131 before them.
///
/// A typed value is read directly, without a [`Term`](super::super::Term) between. After an error the position is
/// that of no particular term; to try again, clone the decoder before.
///
/// ```
/// use ergo::etf::{Decoder, Encoder};
///
/// let mut bytes = Vec::new();
/// let mut encoder = Encoder::new(&mut bytes);
/// encoder.write_tuple(2)?;
/// encoder.write_atom("ok")?;
/// encoder.write_i64(7)?;
///
/// let mut decoder = Decoder::new(&bytes);
/// decoder.expect_tuple(2)?;
/// decoder.expect_atom("ok")?;
/// assert_eq!(decoder.read_i64()?, 7);
/// decoder.finish()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Decoder<'de> {
    pub(super) reader: Reader<'de>,
    /// Elements that open lists, tuples and maps still announce; each takes at least one byte of the rest.
    pub(super) announced: usize,
    /// How many typed values deep the decoder is.
    pub(super) depth: usize,
    /// Bytes that may still be read more than once, or 0 when there were too many.
    rereads: usize,
    /// What one term read by `read_term` may still take.
    pub(super) limits: &'de Limits,
    /// Of what is taken without being decoded.
    pub(crate) kept: KeptLimits,
    pub(super) atoms: Option<&'de Arc<[Atom]>>,
    pub(super) shared: Option<&'de Bytes>,
    extension: Option<&'de (dyn Any + Send + Sync)>,
}

impl<'de> Decoder<'de> {
    /// A decoder at the start of `input`, with default limits.
    #[inline]
    #[must_use]
    pub fn new(input: &'de [u8]) -> Decoder<'de> {
        Decoder {
            reader: Reader::new(input),
            announced: 0,
            depth: 0,
            rereads: rereads_max(input.len()),
            limits: KeptLimits::default().limits(),
            kept: KeptLimits::default(),
            atoms: None,
            shared: None,
            extension: None,
        }
    }

    /// With the atoms that the references (tag 82) of a distribution header stand for. The table is shared by whatever
    /// is read without being decoded, such as an [`Encoded`](super::super::Encoded).
    #[inline]
    #[must_use]
    pub fn atoms(mut self, atoms: &'de Arc<[Atom]>) -> Decoder<'de> {
        self.atoms = Some(atoms);
        self
    }

    /// With the buffer that the input is all of, so that larger binaries become slices of it instead of copies. A
    /// buffer that the input is not all of is ignored.
    #[inline]
    #[must_use]
    pub fn shared(mut self, buffer: &'de Bytes) -> Decoder<'de> {
        let rest = self.reader.rest().as_ptr_range();
        let whole = buffer.as_ptr_range();
        let same_end = rest.end == whole.end
            && self.reader.position() + self.reader.remaining() == buffer.len();
        self.shared = same_end.then_some(buffer);
        self
    }

    /// With other limits than the default ones.
    #[inline]
    #[must_use]
    pub fn limits(mut self, limits: &'de Limits) -> Decoder<'de> {
        self.limits = limits;
        self
    }

    /// As [`Decoder::limits`], and for what is taken from here without being decoded too.
    #[inline]
    pub(crate) fn kept_limits(mut self, kept: KeptLimits) -> Decoder<'de> {
        self.limits = kept.limits();
        self.kept = kept;
        self
    }

    /// With a value for the types that are read: a handle takes its node from here.
    #[inline]
    #[must_use]
    pub fn with_extension(mut self, extension: &'de (dyn Any + Send + Sync)) -> Decoder<'de> {
        self.extension = Some(extension);
        self
    }

    /// At this place, if there is as much: what comes before it has been read by another decoder.
    #[inline]
    pub(crate) fn skipped_to(mut self, position: usize) -> Decoder<'de> {
        if let Some(rest) = self.reader.rest().get(position..) {
            self.reader.advance_to(rest);
        }
        self
    }

    /// What [`Decoder::with_extension`] set.
    #[inline]
    pub fn extension(&self) -> Option<&'de (dyn Any + Send + Sync)> {
        self.extension
    }

    /// How many bytes have been read.
    #[inline]
    pub fn position(&self) -> usize {
        self.reader.position()
    }

    /// How many bytes are left.
    #[inline]
    pub fn remaining(&self) -> usize {
        self.reader.remaining()
    }

    /// Checks that everything has been read.
    ///
    /// # Errors
    /// [`DecodeErrorKind::TrailingBytes`].
    #[inline]
    pub fn finish(&self) -> Result<(), DecodeError> {
        match self.remaining() {
            0 => Ok(()),
            trailing => Err(self.error(DecodeErrorKind::TrailingBytes(trailing))),
        }
    }

    /// The same context on another input that stands for what is at `position`; `shared` no longer applies.
    pub(crate) fn over(&self, input: &'de [u8], position: usize) -> Decoder<'de> {
        Decoder {
            reader: Reader::standing_at(input, position),
            announced: 0,
            rereads: rereads_max(input.len()),
            shared: None,
            ..self.clone()
        }
    }

    /// The bytes that have been read since `start`.
    pub(crate) fn since(&self, start: &Decoder<'de>) -> &'de [u8] {
        let count = self.position().saturating_sub(start.position());
        start.reader.rest().get(..count).unwrap_or_default()
    }

    /// Whether [`Decoder::limits`] has set others than the default ones.
    pub(crate) fn has_own_limits(&self) -> bool {
        !std::ptr::eq(self.limits, KeptLimits::default().limits())
    }

    /// What one term may take.
    pub(crate) fn term_bytes_max(&self) -> usize {
        self.limits.term_bytes_max
    }

    /// The tag of the next term.
    #[inline]
    pub(crate) fn peek_tag(&self) -> Option<u8> {
        self.reader.peek()
    }

    /// Goes one typed value deeper. Containers and derived types do it, so that a peer cannot exhaust the stack.
    ///
    /// # Errors
    /// [`DecodeErrorKind::LimitExceeded`] beyond `term_depth_max`.
    #[inline]
    pub fn enter(&mut self) -> Result<(), DecodeError> {
        if self.depth >= self.limits.term_depth_max {
            return Err(self.limit(
                "term_depth_max",
                self.limits.term_depth_max,
                self.depth.saturating_add(1),
            ));
        }
        self.depth += 1;
        Ok(())
    }

    /// Leaves what [`Decoder::enter`] entered.
    #[inline]
    pub fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Reads with `read` one typed value deeper.
    ///
    /// # Errors
    /// Those of [`Decoder::enter`] and of `read`.
    #[inline]
    pub fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Decoder<'de>) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        self.enter()?;
        let value = read(self);
        self.leave();
        value
    }

    /// The same decoder, at the place of `start` again.
    pub(crate) fn again_from(&self, start: &Decoder<'de>) -> Decoder<'de> {
        Decoder {
            rereads: self.rereads,
            ..start.clone()
        }
    }

    /// Counts what lies between `start` and `end` as read once more, and takes over what `end` has counted itself.
    ///
    /// # Errors
    /// [`DecodeErrorKind::LimitExceeded`] when it is too much, then and ever after, so that the time which a type with
    /// alternatives takes stays linear in the input.
    pub(crate) fn count_again(
        &mut self,
        start: &Decoder<'de>,
        end: &Decoder<'de>,
    ) -> Result<(), DecodeError> {
        let bytes = end.position().saturating_sub(start.position());
        let left = end.rereads.saturating_sub(bytes);
        self.rereads = left;
        if left > 0 {
            return Ok(());
        }
        let max = rereads_max(self.position().saturating_add(self.remaining()));
        Err(self.limit("bytes read more than once", max, max.saturating_add(1)))
    }

    /// An error about the term at the current position.
    #[cold]
    pub fn error(&self, kind: DecodeErrorKind) -> DecodeError {
        DecodeError::new(kind).at(self.position(), self.reader.peek())
    }

    /// The error of a term at the current position that is not what was `expected`: it says what was found there.
    #[cold]
    pub fn unexpected(&self, expected: impl Into<Cow<'static, str>>) -> DecodeError {
        match self.describe() {
            Ok(found) => self.error(DecodeErrorKind::Unexpected {
                expected: expected.into(),
                found,
            }),
            Err(malformed) => malformed,
        }
    }

    /// The same of a term that began at `start` and has been read: the position stays behind it, by which what was
    /// read in vain is counted.
    #[cold]
    pub(super) fn unexpected_at(
        &mut self,
        start: &'de [u8],
        expected: &'static str,
    ) -> DecodeError {
        let end = self.reader.rest();
        self.reader.back_to(start);
        let error = self.unexpected(expected);
        self.reader.back_to(end);
        error
    }

    /// The same error, inside the value of the map's key at the current position.
    #[cold]
    pub(crate) fn in_value_of_key(&self, error: DecodeError) -> DecodeError {
        match self.describe() {
            Ok(key) => error.in_value(key),
            Err(_) => error,
        }
    }

    /// The error of a map whose key at the current position it has already.
    #[cold]
    pub fn duplicate_key(&self) -> DecodeError {
        match self.describe() {
            Ok(found) => self.error(DecodeErrorKind::DuplicateKey(found)),
            Err(malformed) => malformed,
        }
    }

    #[cold]
    pub(super) fn malformed(&self, what: &'static str) -> DecodeError {
        self.error(DecodeErrorKind::Malformed(what))
    }

    #[cold]
    pub(super) fn limit(&self, limit: &'static str, max: usize, value: usize) -> DecodeError {
        self.error(DecodeErrorKind::LimitExceeded { limit, max, value })
    }

    #[cold]
    pub(super) fn truncated(&self, short: ShortRead) -> DecodeError {
        self.error(DecodeErrorKind::Truncated {
            needed: short.needed,
            remaining: short.remaining,
        })
    }

    /// The error of the end of the input where a term should begin, and of a tag that is none.
    #[cold]
    pub(super) fn no_term(&self) -> DecodeError {
        match self.reader.peek() {
            None => self.truncated(ShortRead {
                needed: 1,
                remaining: 0,
            }),
            Some(tag::LOCAL) => self.malformed("a term that only the node it was made on can read"),
            Some(tag::COMPRESSED) => {
                self.malformed("a compressed term inside another or in a message")
            }
            Some(_) => self.error(DecodeErrorKind::UnknownTag),
        }
    }

    /// Passes the version byte, whatever it is.
    pub(crate) fn read_version(&mut self) -> Result<(), DecodeError> {
        self.byte().map(drop)
    }

    #[inline]
    pub(super) fn byte(&mut self) -> Result<u8, DecodeError> {
        self.reader.u8().map_err(|short| self.truncated(short))
    }

    #[inline]
    pub(super) fn word(&mut self) -> Result<u32, DecodeError> {
        self.reader.u32().map_err(|short| self.truncated(short))
    }

    #[inline]
    pub(super) fn take(&mut self, count: usize) -> Result<&'de [u8], DecodeError> {
        self.reader
            .take(count)
            .map_err(|short| self.truncated(short))
    }

    /// A length of two bytes.
    #[inline]
    pub(super) fn short_length(&mut self) -> Result<usize, DecodeError> {
        self.reader
            .u16()
            .map(usize::from)
            .map_err(|short| self.truncated(short))
    }

    /// A length of four bytes.
    #[inline]
    pub(super) fn length(&mut self) -> Result<usize, DecodeError> {
        self.word().map(to_usize)
    }

    /// Announces `count` elements of at least one byte each.
    ///
    /// Everything reserved for announced elements is paid for by input that is there, so memory stays linear in it,
    /// however containers are nested.
    #[inline]
    pub(crate) fn announce(&mut self, count: usize) -> Result<(), DecodeError> {
        let announced = self.announced.saturating_add(count);
        if announced > self.remaining() {
            return Err(self.truncated(ShortRead {
                needed: announced,
                remaining: self.remaining(),
            }));
        }
        self.announced = announced;
        Ok(())
    }

    /// Takes back `count` announced elements that have been read.
    #[inline]
    pub(crate) fn arrived(&mut self, count: usize) {
        self.announced = self.announced.saturating_sub(count);
    }
}

/// How many bytes may be read more than once.
#[inline]
const fn rereads_max(input: usize) -> usize {
    input.saturating_mul(64).saturating_add(64 * 1024)
}

/// A length on the wire as a length in memory.
#[inline]
pub(super) fn to_usize(length: u32) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}
