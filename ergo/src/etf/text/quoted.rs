//! Characters between quotes, with their escapes; strings and sigils.

use std::borrow::Cow;

use super::cursor::Cursor;
use super::error::ParseError;
use super::triple_quoted;

/// What stands in a string literal, with or without a sigil before it.
pub(super) enum Literal<'a> {
    /// A list of code points.
    Charlist(Cow<'a, str>),
    /// A binary in UTF-8.
    Binary(Cow<'a, str>),
}

/// A string, and those that follow it with white space between: `"a" "b"` is `"ab"`. The next byte is a `"`.
pub(super) fn strings<'a>(cursor: &mut Cursor<'a>) -> Result<Cow<'a, str>, ParseError> {
    let mut text = string(cursor)?;
    loop {
        let end = cursor.offset();
        let mut ahead = cursor.clone();
        ahead.skip_blank();
        if ahead.peek() != Some(b'"') {
            return Ok(text);
        }
        if ahead.offset() == end {
            return Err(cursor.malformed(end, "two strings need white space between them"));
        }
        let next = string(&mut ahead)?;
        text.to_mut().push_str(&next);
        *cursor = ahead;
    }
}

/// One string. The next byte is a `"`.
fn string<'a>(cursor: &mut Cursor<'a>) -> Result<Cow<'a, str>, ParseError> {
    if cursor.rest().starts_with("\"\"\"") {
        return triple_quoted::read(cursor, false).map(Cow::Owned);
    }
    let start = cursor.offset();
    cursor.take(1);
    quoted(cursor, b'"', start, "the string is not closed")
}

/// A string after a sigil: `~"text"`, `~s(text)`, `~B"""..`. The next byte is a `~`.
pub(super) fn sigil<'a>(cursor: &mut Cursor<'a>) -> Result<Literal<'a>, ParseError> {
    let start = cursor.offset();
    cursor.take(1);
    let prefix = cursor.take_name();
    if !matches!(prefix, "" | "s" | "S" | "b" | "B") {
        return Err(cursor.malformed(start, "unknown sigil; there are ~, ~b, ~B, ~s and ~S"));
    }
    let text = if cursor.rest().starts_with("\"\"\"") {
        Cow::Owned(triple_quoted::read(cursor, matches!(prefix, "s" | "b"))?)
    } else {
        let open = cursor.offset();
        let Some(close) = cursor.peek().and_then(closing_delimiter) else {
            return Err(cursor.expected("a string after the sigil"));
        };
        cursor.take(1);
        match prefix {
            "S" | "B" => verbatim(cursor, close, open)?,
            _ => quoted(cursor, close, open, "the string is not closed")?,
        }
    };
    let end = cursor.offset();
    if !cursor.take_name().is_empty() {
        return Err(cursor.malformed(end, "a sigil has nothing after its string"));
    }
    Ok(match prefix {
        "s" | "S" => Literal::Charlist(text),
        _ => Literal::Binary(text),
    })
}

fn closing_delimiter(open: u8) -> Option<u8> {
    match open {
        b'(' => Some(b')'),
        b'[' => Some(b']'),
        b'{' => Some(b'}'),
        b'<' => Some(b'>'),
        b'/' | b'|' | b'\'' | b'"' | b'`' | b'#' => Some(open),
        _ => None,
    }
}

/// Text without escapes, up to and with `close`.
fn verbatim<'a>(
    cursor: &mut Cursor<'a>,
    close: u8,
    open: usize,
) -> Result<Cow<'a, str>, ParseError> {
    match cursor.rest().bytes().position(|byte| byte == close) {
        Some(end) => {
            let text = cursor.take(end);
            cursor.take(1);
            Ok(Cow::Borrowed(text))
        }
        None => Err(cursor.malformed(open, "the string is not closed")),
    }
}

/// Text with escapes, up to and with `close`. `open` is where it began.
pub(super) fn quoted<'a>(
    cursor: &mut Cursor<'a>,
    close: u8,
    open: usize,
    not_closed: &'static str,
) -> Result<Cow<'a, str>, ParseError> {
    let mut text = Cow::Borrowed("");
    loop {
        let Some(end) = cursor
            .rest()
            .bytes()
            .position(|byte| byte == close || byte == b'\\')
        else {
            return Err(cursor.malformed(open, not_closed));
        };
        let plain = cursor.take(end);
        if text.is_empty() {
            text = Cow::Borrowed(plain);
        } else {
            text.to_mut().push_str(plain);
        }
        if cursor.peek() == Some(close) {
            cursor.take(1);
            return Ok(text);
        }
        text.to_mut().push(escape(cursor)?);
    }
}

/// A character after `$`. The next byte is the `$`.
pub(super) fn character(cursor: &mut Cursor<'_>) -> Result<char, ParseError> {
    cursor.take(1);
    if cursor.peek() == Some(b'\\') {
        return escape(cursor);
    }
    let missing = cursor.clone();
    cursor
        .take_char()
        .ok_or_else(|| missing.expected("a character after \"$\""))
}

/// The character of an escape. The next byte is the `\`.
pub(super) fn escape(cursor: &mut Cursor<'_>) -> Result<char, ParseError> {
    let start = cursor.offset();
    cursor.take(1);
    let at_end = cursor.clone();
    if let Some(b'0'..=b'7') = cursor.peek() {
        return octal(cursor, start);
    }
    let Some(character) = cursor.take_char() else {
        return Err(at_end.expected("a character after \"\\\""));
    };
    Ok(match character {
        'x' => return hexadecimal(cursor, start),
        '^' => return control(cursor, start),
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'e' => '\u{1b}',
        's' => ' ',
        'd' => '\u{7f}',
        other => other,
    })
}

/// `\7`, `\77` or `\777`.
fn octal(cursor: &mut Cursor<'_>, start: usize) -> Result<char, ParseError> {
    let bytes = cursor.rest().bytes().take(3);
    let digits = bytes.take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    code_point(cursor, start, digits, 8)
}

/// `\xff` or `\x{10ffff}`.
fn hexadecimal(cursor: &mut Cursor<'_>, start: usize) -> Result<char, ParseError> {
    if !cursor.eat("{") {
        let bytes = cursor.rest().bytes().take(2);
        return match bytes.filter(u8::is_ascii_hexdigit).count() {
            2 => code_point(cursor, start, 2, 16),
            _ => Err(cursor.malformed(
                start,
                "an escape \\x has two hexadecimal digits, or some between { and }",
            )),
        };
    }
    let bytes = cursor.rest().bytes();
    let digits = bytes.take_while(u8::is_ascii_hexdigit).count();
    let character = code_point(cursor, start, digits, 16)?;
    if !cursor.eat("}") {
        return Err(cursor.expected("a hexadecimal digit or \"}\""));
    }
    Ok(character)
}

fn code_point(
    cursor: &mut Cursor<'_>,
    start: usize,
    digits: usize,
    radix: u32,
) -> Result<char, ParseError> {
    u32::from_str_radix(cursor.take(digits), radix)
        .ok()
        .and_then(char::from_u32)
        .ok_or_else(|| cursor.malformed(start, "the escape is no Unicode character"))
}

/// `\^A` to `\^_`, and `\^?`.
fn control(cursor: &mut Cursor<'_>, start: usize) -> Result<char, ParseError> {
    match cursor.peek() {
        Some(byte @ (b'@'..=b'_' | b'a'..=b'z')) => {
            cursor.take(1);
            Ok(char::from(byte & 0x1f))
        }
        Some(b'?') => {
            cursor.take(1);
            Ok('\u{7f}')
        }
        _ => Err(cursor.malformed(start, "there is no such control character")),
    }
}
