//! Alive names: the part of a node name before the `@`.

use std::fmt;

use smol_str::SmolStr;
use thiserror::Error;

/// The name under which a node is registered with EPMD: the part of its node name before the `@`.
///
/// Between 1 and [`AliveName::CHARACTERS_MAX`] characters, without NUL. Anything else is allowed,
/// also an `@`, because the real EPMD allows it; whether it makes a good node name is for the node to say.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AliveName(SmolStr);

/// Why some text or bytes are no [`AliveName`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NameError {
    /// There is not a single character.
    #[error("a name needs at least one character")]
    Empty,
    /// More characters than an atom may have.
    #[error(
        "a name of {characters} characters, at most {} are allowed",
        AliveName::CHARACTERS_MAX
    )]
    TooLong {
        /// How many there are.
        characters: usize,
    },
    /// A NUL, which ends a name in some implementations.
    #[error("a name must not contain the character NUL")]
    ContainsNul,
    /// The bytes are not UTF-8.
    #[error("a name must be UTF-8")]
    NotUtf8,
}

impl AliveName {
    /// The most characters (not bytes) a name may have.
    pub const CHARACTERS_MAX: usize = 255;

    /// The name `text`.
    ///
    /// # Errors
    ///
    /// [`NameError`] when it is empty, too long or contains NUL.
    ///
    /// ```
    /// use ergo::epmd::codec::AliveName;
    ///
    /// assert_eq!(AliveName::new("stock")?.as_str(), "stock");
    /// assert!(AliveName::new("").is_err());
    /// # Ok::<(), ergo::epmd::codec::NameError>(())
    /// ```
    pub fn new(text: impl AsRef<str>) -> Result<Self, NameError> {
        let text = text.as_ref();
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        if text.contains('\0') {
            return Err(NameError::ContainsNul);
        }
        let characters = text.chars().count();
        if characters > Self::CHARACTERS_MAX {
            return Err(NameError::TooLong { characters });
        }
        Ok(Self(SmolStr::new(text)))
    }

    /// The name spelled by `bytes`.
    ///
    /// # Errors
    ///
    /// As [`AliveName::new`], and [`NameError::NotUtf8`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NameError> {
        let text = std::str::from_utf8(bytes).map_err(|_| NameError::NotUtf8)?;
        Self::new(text)
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AliveName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for AliveName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl AsRef<str> for AliveName {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Result<(), NameError>) {
        assert_eq!(AliveName::new(text).map(|_| ()), expect, "{text:?}");
    }

    #[test]
    fn limits() {
        check("", Err(NameError::Empty));
        check("a", Ok(()));
        check("a@b", Ok(()));
        check("a\0b", Err(NameError::ContainsNul));
        check(&"\u{20ac}".repeat(255), Ok(()));
        check(
            &"\u{20ac}".repeat(256),
            Err(NameError::TooLong { characters: 256 }),
        );
    }

    #[test]
    fn bytes_must_be_utf8() {
        assert_eq!(AliveName::from_bytes(b"\xff"), Err(NameError::NotUtf8));
        assert_eq!(
            AliveName::from_bytes(b"\xed\xa0\x80"),
            Err(NameError::NotUtf8),
            "a surrogate"
        );
    }
}
