//! A place in a text, and the steps that every part of the parser takes from it.

use super::error::{ParseError, ParseErrorKind};
use crate::etf::syntax;

/// What is left of a text.
#[derive(Clone)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Cursor<'a> {
        Cursor { text, rest: text }
    }

    /// The length of the whole text, in bytes.
    pub(super) fn text_len(&self) -> usize {
        self.text.len()
    }

    /// What has not been read.
    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    /// The place, in bytes from the start of the text.
    pub(super) fn offset(&self) -> usize {
        self.text.len() - self.rest.len()
    }

    /// The next byte.
    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.rest.as_bytes().first().copied()
    }

    /// The byte after the next one.
    #[inline]
    pub(super) fn peek_second(&self) -> Option<u8> {
        self.rest.as_bytes().get(1).copied()
    }

    /// Takes a number of bytes that is known to end between two characters.
    #[inline]
    pub(super) fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    /// Takes the next character.
    pub(super) fn take_char(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let character = characters.next()?;
        self.rest = characters.as_str();
        Some(character)
    }

    /// Takes `prefix` if it comes next.
    #[inline]
    pub(super) fn eat(&mut self, prefix: &str) -> bool {
        match self.rest.strip_prefix(prefix) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Takes the characters of a name: of an atom without quotes, of a variable, of a sigil.
    pub(super) fn take_name(&mut self) -> &'a str {
        let bytes = self.rest.as_bytes();
        let ascii = bytes
            .iter()
            .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'@')));
        let end = match ascii {
            None => bytes.len(),
            Some(end) if bytes.get(end).is_some_and(u8::is_ascii) => end,
            Some(_) => self
                .rest
                .find(|c: char| !syntax::is_name_character(c))
                .unwrap_or(bytes.len()),
        };
        self.take(end)
    }

    /// Takes white space and comments.
    #[inline]
    pub(super) fn skip_blank(&mut self) {
        // Most often there is none, or one space.
        while let Some(byte) = self.peek() {
            match byte {
                0..=b' ' => {
                    self.take(1);
                }
                b'%' => {
                    let end = self.rest.find('\n').unwrap_or(self.rest.len());
                    self.take(end);
                }
                0x80.. if self.rest.starts_with(is_white_space) => {
                    self.take_char();
                }
                _ => break,
            }
        }
    }

    /// Takes white space and comments, then `token`.
    pub(super) fn expect(&mut self, token: &str, expected: &'static str) -> Result<(), ParseError> {
        self.skip_blank();
        if self.eat(token) {
            Ok(())
        } else {
            Err(self.expected(expected))
        }
    }

    /// Something else was expected here.
    #[cold]
    pub(super) fn expected(&self, expected: &'static str) -> ParseError {
        self.expected_at(self.offset(), expected)
    }

    /// Something else was expected at an offset.
    #[cold]
    pub(super) fn expected_at(&self, offset: usize, expected: &'static str) -> ParseError {
        let found = found(self.text.get(offset..).unwrap_or_default());
        self.error(offset, ParseErrorKind::Expected { expected, found })
    }

    /// What stands at an offset is not well-formed.
    #[cold]
    pub(super) fn malformed(&self, offset: usize, what: &'static str) -> ParseError {
        self.error(offset, ParseErrorKind::Malformed(what))
    }

    /// An error at an offset.
    #[cold]
    pub(super) fn error(&self, offset: usize, kind: ParseErrorKind) -> ParseError {
        ParseError::new(self.text, offset, kind)
    }
}

/// White space of Erlang: the control characters, the space and the no-break space.
pub(super) fn is_white_space(character: char) -> bool {
    matches!(character, '\0'..=' ' | '\u{80}'..='\u{a0}')
}

/// How many characters of what was found an error shows.
const FOUND_CHARACTERS_MAX: usize = 20;

/// The beginning of a text, as an error shows it.
fn found(rest: &str) -> Option<Box<str>> {
    let first = rest.chars().next()?;
    let end = match first {
        c if syntax::is_name_character(c) => rest
            .char_indices()
            .take(FOUND_CHARACTERS_MAX)
            .take_while(|(_, c)| syntax::is_name_character(*c))
            .last()
            .map_or(0, |(at, c)| at + c.len_utf8()),
        _ => ["<<", ">>", "=>", ":=", "->", "||", "++", "--"]
            .iter()
            .find(|token| rest.starts_with(**token))
            .map_or(first.len_utf8(), |token| token.len()),
    };
    rest.get(..end).map(Box::from)
}
