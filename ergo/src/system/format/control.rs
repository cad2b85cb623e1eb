//! A whole format.

use crate::etf::{BigInt, Term};

use super::directive::{Arguments, Directive, Item};
use super::field;
use super::layout::{self, TEXT_BYTES_MAX};
use super::measure::{Style, measure};
use super::number;
use super::text::{Encoding, Malformed, character, flatten};

/// How long lines are unless the directive has a width.
const LINE_LENGTH: i64 = 80;

/// The format filled in; `None` when the arguments do not fit it.
pub(in crate::system) fn format(format: &Term, arguments: &Term) -> Option<String> {
    let items = items(format)?;
    let mut arguments = arguments.as_list()?.iter();
    let mut rest = items.as_slice();
    let mut text = String::new();
    while let Some((item, after)) = rest.split_first() {
        rest = after;
        match item {
            Item::Character('~') => {
                let directive = Directive::read(&mut rest, &mut arguments)?;
                let shown = fill(&directive, &mut arguments, &text)?;
                text.push_str(&shown);
            }
            Item::Character(character) => text.push(*character),
            Item::Text(inner) => text.push_str(inner),
        }
        if text.len() > TEXT_BYTES_MAX {
            return None;
        }
    }
    arguments.next().is_none().then_some(text)
}

/// A format is a list of characters, an atom, or a binary, whose bytes are its characters. Texts inside a list have no
/// control sequences.
fn items(format: &Term) -> Option<Vec<Item>> {
    let characters = |text: &str| text.chars().map(Item::Character).collect();
    match format {
        Term::Atom(atom) => Some(characters(atom.as_str())),
        Term::Binary(bytes) => {
            let text: String = bytes.iter().copied().map(char::from).collect();
            Some(characters(&text))
        }
        Term::List(elements) => elements.iter().map(item).collect(),
        _ => None,
    }
}

fn item(element: &Term) -> Option<Item> {
    match element {
        Term::Integer(code) => character(*code, Encoding::Unicode).map(Item::Character),
        inner => flatten(inner, Encoding::Unicode, Malformed::Refused).map(Item::Text),
    }
}

/// What a control sequence becomes after a text.
fn fill(directive: &Directive, arguments: &mut Arguments<'_>, before: &str) -> Option<String> {
    let mut next = || arguments.next();
    match directive.control {
        '~' => field::character('~', directive),
        'n' => field::newlines(directive),
        'i' => next().map(|_| String::new()),
        'c' => one_character(next()?, directive),
        's' => string(next()?, directive),
        'w' => Some(written(next()?, -1, directive)),
        'p' => pretty(next()?, -1, directive, before),
        'W' => {
            let term = next()?;
            Some(written(term, next()?.as_integer()?, directive))
        }
        'P' => {
            let term = next()?;
            pretty(term, next()?.as_integer()?, directive, before)
        }
        'b' | 'B' => number::based(next()?, "", directive),
        '+' | '#' => number::based(next()?, &number::base_prefix(directive)?, directive),
        'x' | 'X' => {
            let value = next()?;
            number::based(value, &prefix(next()?)?, directive)
        }
        'e' | 'f' | 'g' => number::float(next()?.as_float()?, directive),
        _ => None,
    }
}

fn one_character(argument: &Term, directive: &Directive) -> Option<String> {
    let code = match (argument, directive.encoding) {
        (Term::BigInteger(code), Encoding::Latin1) => {
            i64::try_from(&**code & BigInt::from(0xFF)).ok()?
        }
        (_, Encoding::Latin1) => argument.as_integer()? & 0xFF,
        (_, Encoding::Unicode) => argument.as_integer()?,
    };
    field::character(character(code, Encoding::Unicode)?, directive)
}

fn string(argument: &Term, directive: &Directive) -> Option<String> {
    let text = match argument.as_atom() {
        Some(name) if directive.encoding == Encoding::Latin1 && !is_latin1(name) => return None,
        Some(name) => name.to_owned(),
        None => flatten(argument, directive.encoding, Malformed::Bytes)?,
    };
    field::string(text, directive)
}

fn is_latin1(text: &str) -> bool {
    text.chars().all(|character| u32::from(character) <= 0xFF)
}

/// The prefix of `~x` and `~X`.
fn prefix(argument: &Term) -> Option<String> {
    match argument {
        Term::Atom(name) => Some(name.as_str().to_owned()),
        Term::Binary(_) => None,
        chars => flatten(chars, Encoding::Unicode, Malformed::Refused),
    }
}

fn style(directive: &Directive, strings: bool) -> Style {
    Style {
        encoding: directive.encoding,
        strings,
        reversed_maps: directive.reversed_maps,
        is_written: !strings && matches!(directive.control, 'w' | 'W'),
    }
}

/// `~w`: on one line, strings as lists.
fn written(term: &Term, depth: i64, directive: &Directive) -> String {
    let text = if depth == 0 {
        "...".to_owned()
    } else {
        layout::on_one_line(&measure(term, depth, style(directive, false)))
    };
    field::term(text, directive, directive.precision)
}

/// `~p`: on lines, strings as strings. The precision is the column in which it begins.
fn pretty(term: &Term, depth: i64, directive: &Directive, before: &str) -> Option<String> {
    if directive.adjust == super::directive::Adjust::Left {
        return None;
    }
    if depth == 0 {
        return Some("...".to_owned());
    }
    let number = |size: usize| i64::try_from(size).ok();
    let line_length = match directive.width {
        Some(width) => number(width)?,
        None => LINE_LENGTH,
    };
    let column = match directive.precision {
        Some(precision) => number(precision)?,
        None => number(columns(before))? + 1,
    };
    let piece = measure(term, depth, style(directive, directive.strings));
    Some(layout::on_lines(&piece, column, line_length))
}

/// So much of a line is looked at: more than any line is long, and a peer decides how much there is before it.
const LINE_BYTES_MAX: usize = 2_048;

/// The columns that a text takes on its last line, of which only the end counts when it is very long.
fn columns(text: &str) -> usize {
    let mut begin = text.len().saturating_sub(LINE_BYTES_MAX);
    while !text.is_char_boundary(begin) {
        begin += 1;
    }
    let line = text[begin..].rsplit('\n').next().unwrap_or_default();
    line.chars().fold(0, |column, character| match character {
        '\t' => (column + 8) / 8 * 8,
        _ => column + 1,
    })
}
