//! Going over one term without building it: to skip it, or to write it again with other references to atoms.

use super::super::encoder::Encoder;
use super::super::reference::REFERENCE_WORDS_MAX;
use super::super::{DecodeError, EncodeError, tag};
use super::cursor::to_usize;
use super::{Decoder, Kind};
use crate::wire::ShortRead;

/// What a walk does with what it passes.
pub(crate) trait Walker {
    /// Bytes without an atom in them.
    fn raw(&mut self, bytes: &[u8]);
    /// An atom.
    fn atom(&mut self, text: &str) -> Result<(), EncodeError>;
    /// The tag and size of a closure; returns what `end_fun` gets.
    fn begin_fun(&mut self) -> usize;
    /// The end of a closure.
    fn end_fun(&mut self, mark: usize) -> Result<(), EncodeError>;
}

/// Passes over a term.
#[derive(Default)]
pub(super) struct Skip;

impl Walker for Skip {
    #[inline]
    fn raw(&mut self, _: &[u8]) {}

    #[inline]
    fn atom(&mut self, _: &str) -> Result<(), EncodeError> {
        Ok(())
    }

    fn begin_fun(&mut self) -> usize {
        0
    }

    fn end_fun(&mut self, _: usize) -> Result<(), EncodeError> {
        Ok(())
    }
}

/// What a walk came by.
#[derive(Default)]
pub(crate) struct Walked {
    /// Whether the term refers to the atom table.
    pub(crate) cached_atoms: bool,
    /// Whether there is a map with several keys or a native record with several fields, of which a walk does not see
    /// that two are the same.
    pub(crate) has_names: bool,
    /// How many closures are inside each other at most.
    pub(crate) fun_depth: usize,
}

/// A closure whose end has not been reached.
struct OpenFun {
    /// How many terms are left to walk after it.
    missing_after: usize,
    /// The position at which its size says it ends.
    end: usize,
    mark: usize,
}

impl<'de> Decoder<'de> {
    /// Skips the next term, checking its form. It takes no memory, however deep the term is.
    ///
    /// # Errors
    /// A malformed term; a key twice in a map, or a field in a native record, goes unnoticed.
    pub fn skip(&mut self) -> Result<(), DecodeError> {
        self.walk(&mut Skip).map(drop)
    }

    /// Skips the next term and says what it came by.
    pub(crate) fn skip_walked(&mut self) -> Result<Walked, DecodeError> {
        self.walk(&mut Skip)
    }

    pub(crate) fn walk<W: Walker>(&mut self, walker: &mut W) -> Result<Walked, DecodeError> {
        let mut walked = Walked::default();
        let mut funs: Vec<OpenFun> = Vec::new();
        // Every term that is missing takes a byte, so this cannot exceed the input.
        let mut missing: usize = 1;
        while missing > 0 {
            missing -= 1;
            if self.reader.peek() == Some(tag::NEW_FUN) {
                let (fun, captured) = self.walk_fun(walker, &mut walked, missing)?;
                missing = missing.saturating_add(captured);
                funs.push(fun);
                walked.fun_depth = walked.fun_depth.max(funs.len());
            } else {
                missing = missing.saturating_add(self.walk_node(walker, &mut walked)?);
            }
            if missing > self.remaining() {
                return Err(self.truncated(ShortRead {
                    needed: missing,
                    remaining: self.remaining(),
                }));
            }
            while let Some(fun) = funs.pop_if(|fun| fun.missing_after == missing) {
                if fun.end != self.position() {
                    return Err(self.malformed("the size of a fun is not that of its parts"));
                }
                walker
                    .end_fun(fun.mark)
                    .map_err(|error| self.unwritable(error))?;
            }
        }
        Ok(walked)
    }

    /// Walks one term but for its children, whose number it returns.
    #[inline]
    fn walk_node<W: Walker>(
        &mut self,
        walker: &mut W,
        walked: &mut Walked,
    ) -> Result<usize, DecodeError> {
        let Some(tag) = self.reader.peek() else {
            return Err(self.no_term());
        };
        match tag {
            tag::SMALL_INTEGER => self.raw(walker, 2)?,
            tag::INTEGER => self.raw(walker, 5)?,
            tag::NIL => self.raw(walker, 1)?,
            tag::SMALL_TUPLE | tag::LARGE_TUPLE => return self.raw_read(walker, Self::read_tuple),
            tag::LIST => return self.raw_read(walker, Self::read_list_cells),
            tag::MAP => {
                let count = self.raw_read(walker, Self::read_map)?;
                walked.has_names |= count > 1;
                return Ok(count.saturating_mul(2));
            }
            tag::BINARY | tag::BIT_BINARY => self.raw_read(walker, |d| d.read_bits().map(drop))?,
            tag::STRING => self.raw_read(walker, |d| d.read_list().map(drop))?,
            tag::RECORD => return self.walk_record(walker, walked),
            _ => match Kind::of_tag(tag) {
                Some(Kind::Atom) => self.walk_atom(walker, walked)?,
                Some(Kind::Integer) => self.raw_read(walker, Self::skip_integer)?,
                Some(Kind::Float) => self.raw_read(walker, |d| d.read_float().map(drop))?,
                Some(_) => self.walk_identifier(tag, walker, walked)?,
                None => return Err(self.no_term()),
            },
        }
        Ok(0)
    }

    /// The header of a list as the number of its elements and its tail.
    fn read_list_cells(&mut self) -> Result<usize, DecodeError> {
        self.byte()?;
        self.length().map(|count| count.saturating_add(1))
    }

    #[inline]
    fn raw<W: Walker>(&mut self, walker: &mut W, count: usize) -> Result<(), DecodeError> {
        let bytes = self.take(count)?;
        walker.raw(bytes);
        Ok(())
    }

    /// Passes on the bytes that `read` reads.
    #[inline]
    fn raw_read<W: Walker, T>(
        &mut self,
        walker: &mut W,
        read: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let before = self.reader.rest();
        let value = read(self)?;
        let count = before.len().saturating_sub(self.remaining());
        walker.raw(before.get(..count).unwrap_or_default());
        Ok(value)
    }

    fn walk_atom<W: Walker>(
        &mut self,
        walker: &mut W,
        walked: &mut Walked,
    ) -> Result<(), DecodeError> {
        walked.cached_atoms |= self.reader.peek() == Some(tag::ATOM_CACHE_REF);
        let text = self.read_atom_text()?;
        walker.atom(&text).map_err(|error| self.unwritable(error))
    }

    fn walk_identifier<W: Walker>(
        &mut self,
        tag: u8,
        walker: &mut W,
        walked: &mut Walked,
    ) -> Result<(), DecodeError> {
        let after_node = match tag {
            tag::NEW_PID | tag::V4_PORT => 12,
            tag::PID => 9,
            tag::NEW_PORT => 8,
            tag::PORT | tag::REFERENCE => 5,
            tag::EXPORT => return self.walk_export(walker, walked),
            tag => {
                let words = self
                    .reader
                    .rest()
                    .get(1..3)
                    .and_then(<[u8]>::first_chunk)
                    .map_or(0, |count| u16::from_be_bytes(*count));
                let words = usize::from(words);
                if !(1..=REFERENCE_WORDS_MAX).contains(&words) {
                    return Err(self.malformed("the number of words of a reference is not 1 to 5"));
                }
                self.raw(walker, 3)?;
                self.walk_atom(walker, walked)?;
                let creation = if tag == tag::NEWER_REFERENCE { 4 } else { 1 };
                return self.raw(walker, creation + words * 4);
            }
        };
        self.raw(walker, 1)?;
        self.walk_atom(walker, walked)?;
        self.raw(walker, after_node)
    }

    fn walk_export<W: Walker>(
        &mut self,
        walker: &mut W,
        walked: &mut Walked,
    ) -> Result<(), DecodeError> {
        self.raw(walker, 1)?;
        self.walk_atom(walker, walked)?;
        self.walk_atom(walker, walked)?;
        self.raw_read(walker, |d| d.read_integer::<u32>("an arity").map(drop))
    }

    fn walk_record<W: Walker>(
        &mut self,
        walker: &mut W,
        walked: &mut Walked,
    ) -> Result<usize, DecodeError> {
        let fields = self.raw_read(walker, |d| {
            d.byte()?;
            let fields = d.length()?;
            d.record_flag().map(|_| fields)
        })?;
        walked.has_names |= fields > 1;
        self.walk_atom(walker, walked)?;
        self.walk_atom(walker, walked)?;
        for _ in 0..fields {
            self.walk_atom(walker, walked)?;
        }
        Ok(fields)
    }

    /// Whether the type of a native record is exported: 1 or 0.
    pub(super) fn record_flag(&mut self) -> Result<bool, DecodeError> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.malformed("the flag of a native record is not 0 or 1")),
        }
    }

    /// Walks a closure but for the values it captured, whose number it returns.
    fn walk_fun<W: Walker>(
        &mut self,
        walker: &mut W,
        walked: &mut Walked,
        missing_after: usize,
    ) -> Result<(OpenFun, usize), DecodeError> {
        let mark = walker.begin_fun();
        self.byte()?;
        let start = self.position();
        let size = self.length()?;
        // Arity, hash and index, and then how many values were captured.
        self.raw(walker, 1 + 16 + 4)?;
        let captured = self.raw_read(walker, Self::word).map(to_usize)?;
        for kind in [Kind::Atom, Kind::Integer, Kind::Integer, Kind::Pid] {
            if self.peek_kind()? != kind {
                return Err(self.malformed("a part of a fun is of the wrong kind"));
            }
            if kind == Kind::Integer {
                self.raw_read(walker, |d| d.read_integer::<i64>("a number of a fun"))?;
            } else {
                self.walk_node(walker, walked)?;
            }
        }
        Ok((
            OpenFun {
                missing_after,
                end: start.saturating_add(size),
                mark,
            },
            captured,
        ))
    }

    #[cold]
    fn unwritable(&self, error: EncodeError) -> DecodeError {
        DecodeError::custom(error).at(self.position(), self.reader.peek())
    }
}

impl Walker for Encoder<'_> {
    #[inline]
    fn raw(&mut self, bytes: &[u8]) {
        self.put_raw(bytes);
    }

    #[inline]
    fn atom(&mut self, text: &str) -> Result<(), EncodeError> {
        self.write_atom(text)
    }

    fn begin_fun(&mut self) -> usize {
        self.begin_fun_size()
    }

    fn end_fun(&mut self, mark: usize) -> Result<(), EncodeError> {
        self.end_fun_size(mark)
    }
}
