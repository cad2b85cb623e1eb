//! Atoms, booleans, and the names of requests.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::super::atom::ATOM_CHARACTERS_MAX;
use super::super::inline_text::{ascii, utf8};
use super::super::{Atom, DecodeError, syntax, tag};
use super::Decoder;

impl<'de> Decoder<'de> {
    /// Reads an atom.
    ///
    /// # Errors
    /// Another kind of term, a text that is no UTF-8 or longer than 255 characters, a reference into the atom cache
    /// that has no entry.
    #[inline]
    pub fn read_atom(&mut self) -> Result<Atom, DecodeError> {
        match self.reader.rest() {
            [tag::SMALL_ATOM_UTF8, len, text @ ..] | [tag::ATOM, 0, len, text @ ..] => {
                if let Some(atom) = Atom::from_input(text, *len)
                    && let Some(rest) = text.get(usize::from(*len)..)
                {
                    self.reader.advance_to(rest);
                    return Ok(atom);
                }
            }
            [tag::ATOM_CACHE_REF, index, rest @ ..] => {
                let atom = self.cached_atom(*index)?.clone();
                self.reader.advance_to(rest);
                return Ok(atom);
            }
            _ => {}
        }
        self.read_other_atom()
    }

    fn read_other_atom(&mut self) -> Result<Atom, DecodeError> {
        let before = self.reader.rest();
        let text = self.read_atom_text()?;
        Atom::new(&text).map_err(|too_long| {
            self.reader.back_to(before);
            self.limit(
                "the number of characters of an atom",
                ATOM_CHARACTERS_MAX,
                too_long.characters,
            )
        })
    }

    /// Reads an atom as text, borrowed from the input or the atom table where that is possible.
    ///
    /// # Errors
    /// Those of [`Decoder::read_atom`].
    #[inline]
    pub fn read_atom_text(&mut self) -> Result<Cow<'de, str>, DecodeError> {
        match self.frequent_atom_text() {
            Some(text) => Ok(Cow::Borrowed(text)),
            None => self.read_atom_text_slow(),
        }
    }

    /// The text of an atom in ASCII or of the atom cache, read. Where a caller of this one returns the text in a
    /// `Result`, it is made in place: passed on from call to call, it would be copied, and the copy waits for what was
    /// stored just before.
    #[inline(always)]
    fn frequent_atom_text(&mut self) -> Option<&'de str> {
        let (text, rest) = match self.reader.rest() {
            // In ASCII, Latin-1 is UTF-8.
            [tag::SMALL_ATOM_UTF8, len, rest @ ..] | [tag::ATOM, 0, len, rest @ ..] => {
                let (text, rest) = rest.split_at_checked(usize::from(*len))?;
                (ascii(text)?, rest)
            }
            [tag::ATOM_CACHE_REF, index, rest @ ..] => (self.cached(*index)?.as_str(), rest),
            _ => return None,
        };
        self.reader.advance_to(rest);
        Some(text)
    }

    fn read_atom_text_slow(&mut self) -> Result<Cow<'de, str>, DecodeError> {
        let before = self.reader.rest();
        let result = self.read_atom_any();
        if result.is_err() {
            self.reader.back_to(before);
        }
        result.map_err(|error| error.at(self.position(), self.reader.peek()))
    }

    fn read_atom_any(&mut self) -> Result<Cow<'de, str>, DecodeError> {
        let start = self.reader.rest();
        let tag = self.byte()?;
        let len = match tag {
            tag::SMALL_ATOM_UTF8 | tag::SMALL_ATOM => self.byte()?.into(),
            tag::ATOM_UTF8 | tag::ATOM => self.short_length()?,
            tag::ATOM_CACHE_REF => 1,
            _ => 0,
        };
        let text = self.take(len)?;
        // What is wrong with an atom is wrong where it starts.
        let end = self.reader.rest();
        self.reader.back_to(start);
        let text = match (tag, text) {
            (tag::SMALL_ATOM_UTF8 | tag::ATOM_UTF8, _) => self.utf8_atom(text),
            (tag::SMALL_ATOM | tag::ATOM, _) => self.latin1_atom(text),
            (tag::ATOM_CACHE_REF, [index]) => self
                .cached_atom(*index)
                .map(|atom| Cow::Borrowed(atom.as_str())),
            _ => Err(self.unexpected("an atom")),
        }?;
        self.reader.advance_to(end);
        Ok(text)
    }

    fn utf8_atom(&self, text: &'de [u8]) -> Result<Cow<'de, str>, DecodeError> {
        let text = std::str::from_utf8(text)
            .map_err(|_| self.malformed("the text of an atom is not UTF-8"))?;
        match text.chars().count() {
            0..=ATOM_CHARACTERS_MAX => Ok(Cow::Borrowed(text)),
            characters => Err(self.limit(
                "the number of characters of an atom",
                ATOM_CHARACTERS_MAX,
                characters,
            )),
        }
    }

    fn latin1_atom(&self, text: &'de [u8]) -> Result<Cow<'de, str>, DecodeError> {
        match (text.len(), ascii(text)) {
            (0..=ATOM_CHARACTERS_MAX, Some(text)) => Ok(Cow::Borrowed(text)),
            (0..=ATOM_CHARACTERS_MAX, _) => {
                Ok(Cow::Owned(text.iter().copied().map(char::from).collect()))
            }
            (characters, _) => Err(self.limit(
                "the number of characters of an atom",
                ATOM_CHARACTERS_MAX,
                characters,
            )),
        }
    }

    /// An entry of the atom table.
    #[inline(always)]
    fn cached(&self, index: u8) -> Option<&'de Atom> {
        self.atoms?.get(usize::from(index))
    }

    #[inline]
    pub(super) fn cached_atom(&self, index: u8) -> Result<&'de Atom, DecodeError> {
        self.cached(index)
            .ok_or_else(|| self.malformed("a reference into the atom cache has no entry"))
    }

    /// The atom table as a value of its own.
    pub(crate) fn atom_table(&self) -> Arc<[Atom]> {
        self.atoms.map_or_else(Arc::default, Arc::clone)
    }

    /// Reads the atom `text`. Fast for an atom that is known when the program is compiled: nothing is made of the input.
    ///
    /// # Errors
    /// Another atom or another kind of term.
    #[inline]
    pub fn expect_atom(&mut self, text: &'static str) -> Result<(), DecodeError> {
        if self.next_atom_is(text) {
            Ok(())
        } else {
            let atom = fmt::from_fn(|f| syntax::write_atom(f, text));
            Err(self.unexpected(format!("atom {atom}")))
        }
    }

    /// Reads the atom `text` if it comes next; whatever else comes next stays where it is.
    #[inline]
    pub fn next_atom_is(&mut self, text: &str) -> bool {
        let rest = match self.reader.rest() {
            [tag::SMALL_ATOM_UTF8, len, rest @ ..] => {
                match rest.split_at_checked(usize::from(*len)) {
                    Some((found, rest)) if found == text.as_bytes() => rest,
                    _ => return false,
                }
            }
            // In ASCII, Latin-1 is UTF-8.
            [tag::ATOM, 0, len, rest @ ..] if text.is_ascii() => {
                match rest.split_at_checked(usize::from(*len)) {
                    Some((found, rest)) if found == text.as_bytes() => rest,
                    _ => return false,
                }
            }
            [tag::ATOM_CACHE_REF, index, rest @ ..] => match self.cached(*index) {
                Some(atom) if atom == text => rest,
                _ => return false,
            },
            _ => return self.next_atom_is_slow(text),
        };
        self.reader.advance_to(rest);
        true
    }

    fn next_atom_is_slow(&mut self, text: &str) -> bool {
        if !matches!(self.peek_kind(), Ok(super::Kind::Atom)) {
            return false;
        }
        let before = self.reader.rest();
        if self.read_atom_text().is_ok_and(|found| found == text) {
            return true;
        }
        self.reader.back_to(before);
        false
    }

    /// Reads `nil` or `undefined` if one of them comes next: the absent value of an `Option`.
    #[inline]
    pub fn next_is_none(&mut self) -> bool {
        self.next_atom_is("nil") || self.next_atom_is("undefined")
    }

    /// Reads `true` or `false`.
    ///
    /// # Errors
    /// Any other term.
    #[inline]
    pub fn read_bool(&mut self) -> Result<bool, DecodeError> {
        if self.next_atom_is("true") {
            Ok(true)
        } else if self.next_atom_is("false") {
            Ok(false)
        } else {
            Err(self.unexpected("true or false"))
        }
    }

    /// Reads the start of a request or an enum: `{name, A, B}` or `name`. Returns the name and how many arguments
    /// follow.
    ///
    /// # Errors
    /// A term that is neither an atom nor a tuple that starts with one.
    #[inline]
    pub fn read_method(&mut self) -> Result<(Cow<'de, str>, usize), DecodeError> {
        if let Some(name) = self.frequent_atom_text() {
            return Ok((Cow::Borrowed(name), 0));
        }
        let before = self.reader.rest();
        match self.reader.peek() {
            Some(tag::SMALL_TUPLE | tag::LARGE_TUPLE) => {}
            _ => return self.read_atom_text().map(|name| (name, 0)),
        }
        match self.read_tuple()?.checked_sub(1) {
            Some(arguments @ 1..) => Ok((self.read_atom_text()?, arguments)),
            // Without arguments it is the bare atom: `{name}` is something else.
            _ => {
                self.reader.back_to(before);
                Err(self.unexpected("an atom, or a tuple of two or more that starts with one"))
            }
        }
    }

    /// Reads a variant of an enum: as [`Decoder::read_method`], and also a tuple of its name alone, which is a variant
    /// with an empty list of fields.
    ///
    /// # Errors
    /// Those of [`Decoder::read_method`].
    #[inline]
    pub fn read_variant(&mut self) -> Result<(Cow<'de, str>, usize), DecodeError> {
        if let [tag::SMALL_TUPLE, 1, rest @ ..] = self.reader.rest() {
            self.reader.advance_to(rest);
            return self.read_atom_text().map(|name| (name, 0));
        }
        if let Some(name) = self.frequent_atom_text() {
            return Ok((Cow::Borrowed(name), 0));
        }
        self.read_method()
    }

    /// Reads the key of a struct's map: an atom, or a binary with its text. `None` for a key of another kind, which is
    /// skipped.
    ///
    /// # Errors
    /// A malformed term.
    #[inline]
    pub fn read_key(&mut self) -> Result<Option<Cow<'de, str>>, DecodeError> {
        match self.reader.peek() {
            Some(
                tag::SMALL_ATOM_UTF8
                | tag::ATOM_UTF8
                | tag::ATOM_CACHE_REF
                | tag::ATOM
                | tag::SMALL_ATOM,
            ) => self.read_atom_text().map(Some),
            Some(tag::BINARY) => Ok(utf8(self.read_binary()?).map(Cow::Borrowed)),
            _ => self.skip().map(|()| None),
        }
    }
}
