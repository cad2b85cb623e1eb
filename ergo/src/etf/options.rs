//! How a whole term is written.

/// The most that zlib can do.
const LEVEL_MAX: u8 = 9;

/// The options of [`encode_with`](super::encode_with), which are those of OTP's `term_to_binary/2`.
///
/// ```
/// use std::collections::HashMap;
///
/// use ergo::etf::{EncodeOptions, Term, decode, encode_with};
///
/// let prices = HashMap::from([("bolt", 3), ("nut", 2), ("cog", 7)]);
/// let deterministic = EncodeOptions::new().deterministic(true);
/// let bytes = encode_with(&prices, &deterministic)?;
/// assert_eq!(bytes, encode_with(&decode::<Term>(&bytes)?, &deterministic)?);
///
/// let text = "again and ".repeat(100);
/// let bytes = encode_with(&text, &EncodeOptions::new().compressed(6))?;
/// assert!(bytes.len() < 100);
/// assert_eq!(decode::<String>(&bytes)?, text);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EncodeOptions {
    deterministic: bool,
    level: u8,
}

impl EncodeOptions {
    /// No option: what [`encode`](super::encode) does.
    #[must_use]
    pub const fn new() -> EncodeOptions {
        EncodeOptions {
            deterministic: false,
            level: 0,
        }
    }

    /// Equal values get equal bytes: `deterministic`. Maps are written in the order of their keys, whatever order the
    /// value has them in, also inside keys and values.
    ///
    /// The bytes are those that OTP 27 and 29 write with the option, but for one case in which theirs are not the same
    /// from node to node either: maps with several atoms as keys that are themselves keys of a map. Those of OTP 25
    /// differ in atoms, unless it is told `{minor_version, 2}`, and in ports. OTP promises the same bytes only within a
    /// release.
    ///
    /// Without effect inside closures, which keep the bytes they came in, and on `1` and `1.0`, which are different
    /// values. Without the option, a `HashMap` has another order each time, while a [`Term`](super::Term) and a
    /// `BTreeMap` have one of their own.
    ///
    /// It takes the time and memory of a [`Term`](super::Term) of the value besides.
    #[must_use]
    pub const fn deterministic(self, deterministic: bool) -> EncodeOptions {
        EncodeOptions {
            deterministic,
            ..self
        }
    }

    /// Compresses the term with a level from 1, fast, to 9, small, if it becomes smaller: `{compressed, Level}`. OTP's
    /// `compressed` is level 6. 0 does not compress, and what is above 9 counts as 9.
    ///
    /// A compressed term is read by `binary_to_term` and by [`decode`](super::decode), but not inside a message to
    /// another node. What shrinks to less than a thousandth, as a long run of one byte does, is read only with a larger
    /// [`Limits::inflate_ratio_max`](crate::wire::Limits::inflate_ratio_max). Different versions of zlib, and of this
    /// crate, may write different bytes.
    #[must_use]
    pub const fn compressed(self, level: u8) -> EncodeOptions {
        let level = if level > LEVEL_MAX { LEVEL_MAX } else { level };
        EncodeOptions { level, ..self }
    }

    pub(super) const fn is_deterministic(&self) -> bool {
        self.deterministic
    }

    /// The level of compression, if there is to be any.
    pub(super) const fn level(&self) -> Option<u8> {
        match self.level {
            0 => None,
            level => Some(level),
        }
    }
}
