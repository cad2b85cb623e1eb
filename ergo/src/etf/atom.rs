//! Atoms.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use thiserror::Error;

use super::inline_text::{InlineText, TextWords};
use super::syntax;

/// The most characters, not bytes, that an atom has.
pub(crate) const ATOM_CHARACTERS_MAX: usize = 255;

/// An Erlang atom: a name of at most 255 characters.
///
/// Atoms of up to 23 ASCII characters live inline and others are shared when cloned. There is no global table, so a
/// peer cannot fill one. The order is that of the text, as in Erlang.
///
/// ```
/// use ergo::etf::Atom;
///
/// const OK: Atom = Atom::from_static("ok");
/// assert_eq!(OK, "ok");
/// assert_eq!(Atom::new("Elixir.Stock")?.to_string(), "'Elixir.Stock'");
/// assert!(Atom::new("é".repeat(255)).is_ok());
/// assert!(Atom::new("x".repeat(256)).is_err());
/// # Ok::<(), ergo::etf::AtomTooLong>(())
/// ```
#[derive(Clone)]
pub struct Atom(Repr);

/// Every text that fits inline is inline, so two forms never hold the same text but for the two that do not fit.
#[derive(Clone)]
enum Repr {
    Inline(InlineText),
    Static(&'static str),
    Shared(Arc<str>),
}

/// A text of more than 255 characters, which is no atom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an atom has at most 255 characters, not {characters}")]
pub struct AtomTooLong {
    /// How many characters the text has.
    pub characters: usize,
}

impl Atom {
    /// The atom of a text.
    ///
    /// # Errors
    /// [`AtomTooLong`] above 255 characters.
    #[inline]
    pub fn new(text: impl AsRef<str>) -> Result<Atom, AtomTooLong> {
        let text = text.as_ref();
        check_length(text)?;
        Ok(Atom::unchecked(text))
    }

    /// The atom of a text of at most 255 characters.
    fn unchecked(text: &str) -> Atom {
        match InlineText::new(text.as_bytes()) {
            Some(inline) => Atom(Repr::Inline(inline)),
            None => Atom(Repr::Shared(text.into())),
        }
    }

    /// The atom of the first `len` bytes of `input`, if that is the common case: ASCII that fits inline.
    #[inline(always)]
    pub(super) fn from_input(input: &[u8], len: u8) -> Option<Atom> {
        InlineText::from_input(input, len).map(|inline| Atom(Repr::Inline(inline)))
    }

    /// The empty atom, `''`.
    pub(super) const EMPTY: Atom = Atom(Repr::Inline(InlineText::EMPTY));

    /// Becomes the atom of the text that has been read, if it is inline as [`Atom::EMPTY`] is.
    #[inline(always)]
    pub(super) fn set_inline(&mut self, words: TextWords) {
        if let Repr::Inline(text) = &mut self.0 {
            text.set(words);
        }
    }

    /// The text as it lies inline, which is quicker to copy than a slice.
    #[inline(always)]
    pub(super) fn inline(&self) -> Option<&InlineText> {
        match &self.0 {
            Repr::Inline(inline) => Some(inline),
            _ => None,
        }
    }

    /// An atom whose text is known at compile time; nothing is allocated, however long it is.
    ///
    /// # Panics
    /// Above 255 characters, at compile time when used in a constant.
    #[must_use]
    pub const fn from_static(text: &'static str) -> Atom {
        if let Some(inline) = InlineText::new(text.as_bytes()) {
            return Atom(Repr::Inline(inline));
        }
        let mut bytes = text.as_bytes();
        let mut characters = 0;
        while let Some((byte, rest)) = bytes.split_first() {
            // Every byte of UTF-8 but a continuation starts a character.
            if *byte & 0b1100_0000 != 0b1000_0000 {
                characters += 1;
            }
            bytes = rest;
        }
        assert!(
            characters <= ATOM_CHARACTERS_MAX,
            "an atom has at most 255 characters"
        );
        Atom(Repr::Static(text))
    }

    /// The text, without quotes.
    #[inline]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Inline(inline) => inline.as_str(),
            Repr::Static(text) => text,
            Repr::Shared(text) => text,
        }
    }
}

/// Refuses a text of more than 255 characters.
#[inline]
pub(crate) fn check_length(text: &str) -> Result<(), AtomTooLong> {
    if text.len() <= ATOM_CHARACTERS_MAX {
        Ok(())
    } else {
        check_characters(text)
    }
}

#[cold]
fn check_characters(text: &str) -> Result<(), AtomTooLong> {
    match text.chars().count() {
        0..=ATOM_CHARACTERS_MAX => Ok(()),
        characters => Err(AtomTooLong { characters }),
    }
}

impl PartialEq for Atom {
    #[inline]
    fn eq(&self, other: &Atom) -> bool {
        match (&self.0, &other.0) {
            (Repr::Inline(a), Repr::Inline(b)) => a == b,
            (Repr::Inline(_), _) | (_, Repr::Inline(_)) => false,
            _ => self.as_str() == other.as_str(),
        }
    }
}

impl Eq for Atom {}

impl Ord for Atom {
    #[inline]
    fn cmp(&self, other: &Atom) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Inline(a), Repr::Inline(b)) => a.cmp(b),
            _ => self.as_str().cmp(other.as_str()),
        }
    }
}

impl PartialOrd for Atom {
    #[inline]
    fn partial_cmp(&self, other: &Atom) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Atom {
    /// That of the text, so that a map keyed by atoms can be asked with a text.
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl AsRef<str> for Atom {
    #[inline]
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for Atom {
    #[inline]
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq<str> for Atom {
    #[inline]
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Atom {
    #[inline]
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialEq<Atom> for str {
    #[inline]
    fn eq(&self, other: &Atom) -> bool {
        self == other.as_str()
    }
}

impl PartialEq<Atom> for &str {
    #[inline]
    fn eq(&self, other: &Atom) -> bool {
        *self == other.as_str()
    }
}

impl TryFrom<&str> for Atom {
    type Error = AtomTooLong;

    fn try_from(text: &str) -> Result<Atom, AtomTooLong> {
        Atom::new(text)
    }
}

impl TryFrom<String> for Atom {
    type Error = AtomTooLong;

    fn try_from(text: String) -> Result<Atom, AtomTooLong> {
        Atom::new(text)
    }
}

impl fmt::Display for Atom {
    /// Erlang syntax: quoted where it has to be.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        syntax::write_atom(f, self.as_str())
    }
}

impl fmt::Debug for Atom {
    /// The same as `Display`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
