//! Triple-quoted strings.

use super::cursor::{Cursor, is_white_space};
use super::error::ParseError;
use super::quoted;

/// A line of the text between the quotes, without its newline.
struct Line {
    offset: usize,
    text: String,
}

/// A string between three or more quotes, on lines of its own; the white space before the closing quotes is taken off
/// every line. The next bytes are the opening quotes.
pub(super) fn read(cursor: &mut Cursor<'_>, escapes: bool) -> Result<String, ParseError> {
    let open = cursor.offset();
    let count = cursor
        .rest()
        .bytes()
        .take_while(|byte| *byte == b'"')
        .count();
    let quotes = cursor.take(count);
    first_line(cursor)?;
    let mut lines = Vec::new();
    loop {
        let start = cursor.rest();
        let blank = start
            .find(|c: char| c == '\n' || !is_white_space(c))
            .unwrap_or(start.len());
        let (indentation, after) = start.split_at_checked(blank).unwrap_or((start, ""));
        if after.starts_with(quotes) {
            cursor.take(blank + count);
            return join(cursor, lines, indentation);
        }
        match line(cursor, escapes)? {
            Some(line) => lines.push(line),
            None => return Err(cursor.malformed(open, "the triple-quoted string is not closed")),
        }
    }
}

/// The rest of the line of the opening quotes, which is white space.
fn first_line(cursor: &mut Cursor<'_>) -> Result<(), ParseError> {
    loop {
        let before = cursor.clone();
        match cursor.take_char() {
            Some('\n') => return Ok(()),
            Some(character) if is_white_space(character) => {}
            _ => return Err(before.expected("a new line after the quotes")),
        }
    }
}

/// The next line; `None` when the text ends before the line does.
fn line(cursor: &mut Cursor<'_>, escapes: bool) -> Result<Option<Line>, ParseError> {
    let offset = cursor.offset();
    let mut text = String::new();
    loop {
        let Some(end) = cursor
            .rest()
            .bytes()
            .position(|byte| byte == b'\n' || escapes && byte == b'\\')
        else {
            return Ok(None);
        };
        text.push_str(cursor.take(end));
        // An escaped newline is a newline.
        if cursor.eat("\n") || cursor.eat("\\\n") {
            return Ok(Some(Line { offset, text }));
        }
        text.push(quoted::escape(cursor)?);
    }
}

/// The lines without the indentation and without the last newline.
fn join(cursor: &Cursor<'_>, lines: Vec<Line>, indentation: &str) -> Result<String, ParseError> {
    let mut joined = String::new();
    let last = lines.len().saturating_sub(1);
    for (index, Line { offset, text }) in lines.into_iter().enumerate() {
        let text = if index == last {
            text.strip_suffix('\r').unwrap_or(&text)
        } else {
            &text
        };
        // An empty line needs no indentation.
        let is_empty = text.is_empty() || text == "\r" && index != last || text.starts_with('\n');
        let text = match text.strip_prefix(indentation) {
            _ if is_empty => text,
            Some(text) => text,
            None => return Err(cursor.expected_at(offset, "the indentation of the closing quotes")),
        };
        if index > 0 {
            joined.push('\n');
        }
        joined.push_str(text);
    }
    Ok(joined)
}
