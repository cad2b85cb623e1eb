//! The parser, which keeps its own stack.

use std::str::FromStr;

use super::cursor::Cursor;
use super::error::{ParseError, ParseErrorKind};
use super::open::{self, Open, Step};
use super::quoted::{self, Literal};
use super::segment::Budget;
use super::{identifier, number};
use crate::etf::{Atom, Term, syntax};

impl Term {
    /// The term of a text in Erlang syntax.
    ///
    /// It reads what `erl_scan` and `erl_parse:parse_term` of OTP 25 to 29 read, with or without a `.` at the end:
    /// comments, digit separators, bases, `$c`, escapes, triple-quoted strings, sigils, segments of binaries with sizes
    /// and types. Of a key that is twice in a map the last value counts, as there. What `Display` writes it reads too:
    ///
    /// | text | term |
    /// |---|---|
    /// | `<'a@127.0.0.1'.95.0/7>`, `<shop@host.95.0/7>` | pid: node, id, serial, creation |
    /// | `#Ref<shop@host.3.2.1/7>` | reference, its most significant word first |
    /// | `#Port<shop@host.5/7>` | port |
    /// | `fun lists:map/2` | fun by name, of at most 255 arguments |
    /// | `#shop:item{id = 1}` | native record of OTP 29; the text does not say whether the module exports it, and it is read as exported |
    ///
    /// Not terms are `<0.85.0>` and its like, which name no node, and `#Fun<..>`, which does not hold the code.
    ///
    /// Differences from `parse_term`: `maybe` and `else` are read without quotes, as OTP 25 writes them; `\x{fffe}` and
    /// `\x{ffff}` are characters; two strings need white space between them and triple quotes begin triple-quoted
    /// strings, as of OTP 27; floats with a base are read as of OTP 28, to the nearest float, where that gives the one
    /// beside it at times; `undefined` is no size. An integer has at most 4,194,304 bits, a float
    /// with a base 1,000 digits; all binaries together may take 16 bytes for each byte of the text and 64 KiB besides
    /// where sizes, types or nesting make them longer than their text.
    ///
    /// Time and memory are linear in the text, however deep it nests.
    ///
    /// # Errors
    /// [`ParseError`], which says where and what was expected.
    ///
    /// ```
    /// use ergo::etf::Term;
    ///
    /// let term = Term::parse(r#"{ok, #{name => <<"bolt">>, size => 16#ff, tags => "ab"}}. % a comment"#)?;
    /// assert_eq!(term.to_string(), r#"{ok,#{name => <<"bolt">>,size => 255,tags => [97,98]}}"#);
    /// assert_eq!(
    ///     Term::parse("{ok, }").unwrap_err().to_string(),
    ///     r#"line 1, column 6: expected a term, found "}""#
    /// );
    /// # Ok::<(), ergo::etf::ParseError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Term, ParseError> {
        let mut cursor = Cursor::new(text);
        let mut budget = Budget::new(cursor.text_len());
        let mut stack: Vec<Open> = Vec::new();
        loop {
            let mut step = begin(&mut cursor, &mut budget)?;
            while let Step::Term(term) = step {
                match stack.pop() {
                    Some(open) => step = open.add(term, &mut cursor, &mut budget)?,
                    None => return end(cursor, term),
                }
            }
            if let Step::Open(open) = step {
                stack.push(open);
            }
        }
    }
}

impl FromStr for Term {
    type Err = ParseError;

    /// [`Term::parse`].
    fn from_str(text: &str) -> Result<Term, ParseError> {
        Term::parse(text)
    }
}

/// A whole term, or a container up to its first child.
#[inline]
fn begin(cursor: &mut Cursor<'_>, budget: &mut Budget) -> Result<Step, ParseError> {
    cursor.skip_blank();
    let Some(first) = cursor.peek() else {
        return Err(cursor.expected("a term"));
    };
    let term = match first {
        b'0'..=b'9' | b'$' => number::unsigned(cursor, false)?,
        b'-' | b'+' => number::signed(cursor)?,
        b'"' => Term::charlist(&quoted::strings(cursor)?),
        b'~' => match quoted::sigil(cursor)? {
            Literal::Charlist(text) => Term::charlist(&text),
            Literal::Binary(text) => text.as_ref().into(),
        },
        b'\'' => Term::Atom(atom(cursor, "a term")?),
        b'[' => {
            return Ok(bracket(
                cursor,
                "]",
                Term::NIL,
                Open::List(Vec::new(), Vec::new()),
            ));
        }
        b'{' => {
            let empty = Term::tuple([]);
            return Ok(bracket(cursor, "}", empty, Open::Tuple(Vec::new())));
        }
        b'(' => {
            cursor.take(1);
            return Ok(Step::Open(Open::Parenthesis));
        }
        b'<' => {
            cursor.take(1);
            if cursor.eat("<") {
                return open::bits(cursor, budget);
            }
            identifier::pid(cursor)?
        }
        b'#' => return hash(cursor),
        _ => word(cursor)?,
    };
    Ok(Step::Term(term))
}

/// An opening bracket of one byte: the empty container, or an open one.
fn bracket(cursor: &mut Cursor<'_>, close: &str, empty: Term, open: Open) -> Step {
    cursor.take(1);
    cursor.skip_blank();
    if cursor.eat(close) {
        Step::Term(empty)
    } else {
        Step::Open(open)
    }
}

/// A map, a record, or an identifier that begins with `#`.
fn hash(cursor: &mut Cursor<'_>) -> Result<Step, ParseError> {
    let start = cursor.offset();
    cursor.take(1);
    let term = if cursor.eat("Pid<") {
        identifier::pid(cursor)?
    } else if cursor.eat("Ref<") {
        identifier::reference(cursor)?
    } else if cursor.eat("Port<") {
        identifier::port(cursor)?
    } else if cursor.eat("Fun<") {
        let kind = ParseErrorKind::Incomplete("the text of a fun does not hold its code");
        return Err(cursor.error(start, kind));
    } else {
        cursor.skip_blank();
        if cursor.peek() == Some(b'{') {
            let empty = Term::map([]);
            return Ok(bracket(cursor, "}", empty, Open::Map(None, Vec::new())));
        }
        return open::record(cursor);
    };
    Ok(Step::Term(term))
}

/// An atom without quotes, or a fun.
#[inline]
fn word(cursor: &mut Cursor<'_>) -> Result<Term, ParseError> {
    let start = cursor.clone();
    match take_word(cursor, "a term")? {
        "fun" => identifier::fun(cursor),
        word => unquoted(&start, word).map(Term::Atom),
    }
}

/// An atom, with quotes or without.
pub(super) fn atom(cursor: &mut Cursor<'_>, expected: &'static str) -> Result<Atom, ParseError> {
    let start = cursor.clone();
    if cursor.peek() == Some(b'\'') {
        cursor.take(1);
        let text = quoted::quoted(cursor, b'\'', start.offset(), "the atom is not closed")?;
        return Atom::new(text).map_err(|error| start.error(start.offset(), error.into()));
    }
    let word = take_word(cursor, expected)?;
    unquoted(&start, word)
}

#[inline]
fn take_word<'a>(cursor: &mut Cursor<'a>, expected: &'static str) -> Result<&'a str, ParseError> {
    if cursor.rest().starts_with(syntax::is_atom_start) {
        Ok(cursor.take_name())
    } else {
        Err(cursor.expected(expected))
    }
}

/// The atom of a word, which began at `start`.
#[inline]
fn unquoted(start: &Cursor<'_>, word: &str) -> Result<Atom, ParseError> {
    // OTP 25 writes these two without quotes.
    if syntax::is_reserved(word) && !matches!(word, "maybe" | "else") {
        let what = "a reserved word is an atom only between '";
        return Err(start.malformed(start.offset(), what));
    }
    Atom::new(word).map_err(|error| start.error(start.offset(), error.into()))
}

/// After the term: at most a `.`.
fn end(mut cursor: Cursor<'_>, term: Term) -> Result<Term, ParseError> {
    cursor.skip_blank();
    let dot = cursor.clone();
    if cursor.eat(".") {
        let before = cursor.offset();
        cursor.skip_blank();
        if cursor.offset() == before && !cursor.rest().is_empty() {
            return Err(dot.expected("the end of the text"));
        }
    }
    if cursor.rest().is_empty() {
        Ok(term)
    } else {
        Err(cursor.expected("the end of the text"))
    }
}
