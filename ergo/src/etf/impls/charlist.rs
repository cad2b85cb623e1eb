//! Text as a list of code points.

use std::borrow::{Borrow, Cow};
use std::convert::Infallible;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use super::super::{Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Term};

/// Text as a list of code points, which is what Erlang calls a string and Elixir a charlist.
///
/// In Rust it is a text like any other: it derefs to `str` and equals one. A binary of UTF-8 is read too.
///
/// ```
/// use ergo::etf::{CharList, Encoded};
///
/// let name = CharList::from("bolt");
/// assert_eq!(name, "bolt");
/// assert_eq!(name.len(), 4);
/// assert_eq!(Encoded::new(&name)?.to_term()?.to_string(), "[98,111,108,116]");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct CharList(pub String);

impl CharList {
    /// Without characters.
    #[must_use]
    pub const fn new() -> CharList {
        CharList(String::new())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl Encode for CharList {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_charlist(&self.0)
    }
}

impl<'de> Decode<'de> for CharList {
    /// A list of code points, or a binary of UTF-8.
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        String::decode(decoder).map(CharList)
    }
}

macro_rules! from_text {
    ($($text:ty),*) => {$(
        impl From<$text> for CharList {
            fn from(text: $text) -> CharList {
                CharList(text.into())
            }
        }
    )*};
}
from_text!(&str, String, Box<str>, Cow<'_, str>, char);

impl From<CharList> for String {
    fn from(text: CharList) -> String {
        text.0
    }
}

impl From<CharList> for Term {
    /// A list of code points.
    fn from(text: CharList) -> Term {
        Term::charlist(&text)
    }
}

impl FromStr for CharList {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<CharList, Infallible> {
        Ok(text.into())
    }
}

impl FromIterator<char> for CharList {
    fn from_iter<I: IntoIterator<Item = char>>(letters: I) -> CharList {
        CharList(letters.into_iter().collect())
    }
}

impl Deref for CharList {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for CharList {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for CharList {
    fn borrow(&self) -> &str {
        &self.0
    }
}

macro_rules! equals_text {
    ($($text:ty),*) => {$(
        impl PartialEq<$text> for CharList {
            fn eq(&self, text: &$text) -> bool {
                let text: &str = text;
                self.as_str() == text
            }
        }

        impl PartialEq<CharList> for $text {
            fn eq(&self, text: &CharList) -> bool {
                text == self
            }
        }
    )*};
}
equals_text!(str, &str, String);

impl fmt::Display for CharList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for CharList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
