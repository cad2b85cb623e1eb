//! Atoms.

use std::borrow::Borrow;
use std::fmt;

use smol_str::SmolStr;
use thiserror::Error;

use super::syntax;

/// The most characters, not bytes, that an atom has.
pub(crate) const ATOM_CHARACTERS_MAX: usize = 255;

/// The longest text that is kept without an allocation.
const INLINE_BYTES_MAX: usize = 23;

/// An Erlang atom: a name of at most 255 characters.
///
/// Atoms of up to 23 bytes live inline and longer ones are shared when cloned. There is no global table, so a peer
/// cannot fill one. The order is that of the text, as in Erlang.
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
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Atom(SmolStr);

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
        Ok(Atom(SmolStr::new(text)))
    }

    /// The atom of a text of at most 255 bytes.
    #[inline(always)]
    pub(crate) fn from_short(text: &str) -> Atom {
        debug_assert!(text.len() <= ATOM_CHARACTERS_MAX);
        if text.len() <= INLINE_BYTES_MAX {
            return Atom(SmolStr::new_inline(text));
        }
        Atom(SmolStr::new(text))
    }

    /// The atom of a text known at compile time; nothing is allocated, however long it is.
    ///
    /// # Panics
    /// Above 255 characters, at compile time when used in a constant.
    #[must_use]
    pub const fn from_static(text: &'static str) -> Atom {
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
        Atom(SmolStr::new_static(text))
    }

    /// The text, without quotes.
    #[inline]
    pub fn as_str(&self) -> &str {
        &self.0
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
