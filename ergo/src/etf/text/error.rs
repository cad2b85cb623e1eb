//! What can be wrong with a text.

use std::fmt;

use thiserror::Error;

use crate::etf::AtomTooLong;

/// A text that is not a term in Erlang syntax, with the place where that shows.
///
/// Two pointers wide at most, and without the text itself; [`ParseError::pointing_at`] shows it when it is at hand.
///
/// ```
/// use ergo::etf::Term;
///
/// let text = "{ok,[1,2}";
/// let error = Term::parse(text).unwrap_err();
/// assert_eq!(error.to_string(), r#"line 1, column 9: expected "," or "|" or "]", found "}""#);
/// assert_eq!((error.line(), error.column(), error.offset()), (1, 9, 8));
/// assert_eq!(
///     error.pointing_at(text),
///     "{ok,[1,2}\n        ^ expected \",\" or \"|\" or \"]\", found \"}\""
/// );
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ParseError(Box<Details>);

#[derive(Clone, PartialEq, Eq)]
struct Details {
    kind: ParseErrorKind,
    offset: usize,
    line: usize,
    column: usize,
}

/// What was wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// Something else has to stand here.
    #[error("expected {expected}, found {}", Found(found))]
    Expected {
        /// What may stand here.
        expected: &'static str,
        /// The beginning of what does; `None` at the end of the text.
        found: Option<Box<str>>,
    },
    /// A number, string, atom or binary against the rules.
    #[error("{0}")]
    Malformed(&'static str),
    /// The text of a term that does not say all of the term, such as `<0.85.0>`.
    #[error("{0}")]
    Incomplete(&'static str),
    /// An atom of more than 255 characters.
    #[error(transparent)]
    AtomTooLong(#[from] AtomTooLong),
    /// A bound of the parser is exceeded.
    #[error("{limit} is {max}, found {value}")]
    LimitExceeded {
        /// What is bounded.
        limit: &'static str,
        /// The most that is allowed.
        max: usize,
        /// What was there.
        value: usize,
    },
}

struct Found<'a>(&'a Option<Box<str>>);

impl fmt::Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_deref() {
            Some("\"") => f.write_str("'\"'"),
            Some(found) => write!(f, "{found:?}"),
            None => f.write_str("the end of the text"),
        }
    }
}

/// How many characters before and after the place [`ParseError::pointing_at`] shows.
const SHOWN_CHARACTERS: usize = 60;

impl ParseError {
    #[cold]
    pub(super) fn new(text: &str, offset: usize, kind: ParseErrorKind) -> ParseError {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let in_line = before.get(line_start..).unwrap_or_default();
        ParseError(Box::new(Details {
            kind,
            offset,
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: in_line.chars().count() + 1,
        }))
    }

    /// What was wrong.
    pub fn kind(&self) -> &ParseErrorKind {
        &self.0.kind
    }

    /// The line, counted from 1.
    pub fn line(&self) -> usize {
        self.0.line
    }

    /// The column, in characters, counted from 1.
    pub fn column(&self) -> usize {
        self.0.column
    }

    /// The place in bytes from the start of the text.
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// The line of `text` that is wrong, and below it a `^` under the place with what is wrong there.
    ///
    /// `text` is the text that was parsed. Of a long line only the part around the place is shown.
    pub fn pointing_at(&self, text: &str) -> String {
        let (before, after) = text.split_at_checked(self.0.offset).unwrap_or((text, ""));
        let before: Vec<char> = before
            .chars()
            .rev()
            .take_while(|c| *c != '\n')
            .take(SHOWN_CHARACTERS)
            .collect();
        let cut = before.len() < self.0.column.saturating_sub(1);
        let mut shown = String::from(if cut { ".." } else { "" });
        let mut margin = String::from(if cut { "  " } else { "" });
        for character in before.into_iter().rev() {
            let is_tab = character == '\t';
            shown.push(if is_tab || !character.is_control() {
                character
            } else {
                ' '
            });
            margin.push(if is_tab { '\t' } else { ' ' });
        }
        let rest_of_line = after.chars().take_while(|c| !c.is_control() || *c == '\t');
        shown.extend(rest_of_line.clone().take(SHOWN_CHARACTERS));
        if rest_of_line.take(SHOWN_CHARACTERS + 1).count() > SHOWN_CHARACTERS {
            shown.push_str("..");
        }
        format!("{shown}\n{margin}^ {}", self.0.kind)
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Details {
            kind, line, column, ..
        } = &*self.0;
        write!(f, "line {line}, column {column}: {kind}")
    }
}

impl fmt::Debug for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ParseError({self})")
    }
}

impl std::error::Error for ParseError {}
