//! Terms in Erlang syntax.

use std::fmt::{self, Write};
use std::slice;

use super::super::syntax;
use super::{ImproperList, Map, Record, Term};

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut open = Vec::new();
        write_node(f, self, &mut open)?;
        close_all(f, open)
    }
}

impl fmt::Debug for Term {
    /// The same as `Display`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Writes elements between two brackets.
pub(super) fn write_elements(
    f: &mut fmt::Formatter<'_>,
    begin: char,
    elements: &[Term],
    end: char,
) -> fmt::Result {
    f.write_char(begin)?;
    close_all(f, vec![Open::elements(elements, end)])
}

/// Writes `[A|B]`.
pub(super) fn write_improper(f: &mut fmt::Formatter<'_>, list: &ImproperList) -> fmt::Result {
    let mut open = Vec::new();
    open_improper(f, list, &mut open)?;
    close_all(f, open)
}

/// Writes `#{K => V}`.
pub(super) fn write_map(f: &mut fmt::Formatter<'_>, map: &Map) -> fmt::Result {
    let mut open = Vec::new();
    open_map(f, map, &mut open)?;
    close_all(f, open)
}

/// Writes `#module:name{field = V}`.
pub(super) fn write_record(f: &mut fmt::Formatter<'_>, record: &Record) -> fmt::Result {
    let mut open = Vec::new();
    open_record(f, record, &mut open)?;
    close_all(f, open)
}

/// A container whose opening bracket has been written.
struct Open<'a> {
    elements: slice::Iter<'a, Term>,
    names: slice::Iter<'a, super::super::Atom>,
    pairs: slice::Iter<'a, (Term, Term)>,
    value: Option<&'a Term>,
    tail: Option<&'a Term>,
    first: bool,
    end: char,
}

impl<'a> Open<'a> {
    fn elements(elements: &'a [Term], end: char) -> Open<'a> {
        let (names, pairs) = ([].iter(), [].iter());
        Open {
            elements: elements.iter(),
            names,
            pairs,
            value: None,
            tail: None,
            first: true,
            end,
        }
    }

    /// The next child and what stands before it.
    fn next(&mut self) -> Option<(&'static str, &'a Term)> {
        if let Some(value) = self.value.take() {
            return Some((" => ", value));
        }
        let separator = if self.first { "" } else { "," };
        self.first = false;
        if let Some(element) = self.elements.next() {
            return Some((separator, element));
        }
        if let Some((key, value)) = self.pairs.next() {
            self.value = Some(value);
            return Some((separator, key));
        }
        self.tail.take().map(|tail| ("|", tail))
    }
}

/// Writes what is left of all open containers, innermost first.
fn close_all(f: &mut fmt::Formatter<'_>, mut open: Vec<Open<'_>>) -> fmt::Result {
    while let Some(container) = open.last_mut() {
        match container.next() {
            Some((separator, child)) => {
                f.write_str(separator)?;
                if let Some(name) = container.names.next() {
                    write!(f, "{name} = ")?;
                }
                write_node(f, child, &mut open)?;
            }
            None => {
                f.write_char(container.end)?;
                open.pop();
            }
        }
    }
    Ok(())
}

/// Writes a leaf, or opens a container.
fn write_node<'a>(
    f: &mut fmt::Formatter<'_>,
    term: &'a Term,
    open: &mut Vec<Open<'a>>,
) -> fmt::Result {
    match term {
        Term::Integer(value) => write!(f, "{value}"),
        Term::BigInteger(value) => write!(f, "{value}"),
        Term::Float(value) => syntax::write_float(f, *value),
        Term::Atom(value) => write!(f, "{value}"),
        Term::Binary(bytes) => syntax::write_bits(f, bytes, 0),
        Term::BitString(bits) => write!(f, "{bits}"),
        Term::Pid(value) => write!(f, "{value}"),
        Term::Reference(value) => write!(f, "{value}"),
        Term::Port(value) => write!(f, "{value}"),
        Term::Fun(value) => write!(f, "{value}"),
        Term::Tuple(elements) => {
            open.push(Open::elements(elements, '}'));
            f.write_char('{')
        }
        Term::List(elements) => {
            open.push(Open::elements(elements, ']'));
            f.write_char('[')
        }
        Term::ImproperList(list) => open_improper(f, list, open),
        Term::Map(map) => open_map(f, map, open),
        Term::Record(record) => open_record(f, record, open),
    }
}

fn open_improper<'a>(
    f: &mut fmt::Formatter<'_>,
    list: &'a ImproperList,
    open: &mut Vec<Open<'a>>,
) -> fmt::Result {
    open.push(Open {
        tail: Some(list.tail()),
        ..Open::elements(list.elements(), ']')
    });
    f.write_char('[')
}

fn open_map<'a>(f: &mut fmt::Formatter<'_>, map: &'a Map, open: &mut Vec<Open<'a>>) -> fmt::Result {
    open.push(Open {
        pairs: map.entries().iter(),
        ..Open::elements(&[], '}')
    });
    f.write_str("#{")
}

fn open_record<'a>(
    f: &mut fmt::Formatter<'_>,
    record: &'a Record,
    open: &mut Vec<Open<'a>>,
) -> fmt::Result {
    open.push(Open {
        names: record.fields().iter(),
        ..Open::elements(record.values(), '}')
    });
    write!(f, "#{}:{}{{", record.module(), record.name())
}

/// The text of a term for an error: no more than its beginning.
pub(crate) struct Shortened<'a>(pub(crate) Option<&'a Term>);

const SHORTENED_CHARACTERS: usize = 80;
const SHORTENED_BITS_MAX: u64 = 4096;

impl fmt::Display for Shortened<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(term) = self.0 else { return Ok(()) };
        if begins_with_a_long_integer(term) {
            return f.write_str("with an integer of many digits");
        }
        let mut beginning = Beginning {
            text: String::new(),
            left: SHORTENED_CHARACTERS,
        };
        // An error here only says that the text is long enough.
        match write!(beginning, "{term}") {
            Ok(()) => f.write_str(&beginning.text),
            Err(fmt::Error) => write!(f, "{}..", beginning.text),
        }
    }
}

/// Whether one of the parts that would be shown is an integer whose digits take long to find: that time grows with the
/// square of their number.
fn begins_with_a_long_integer(term: &Term) -> bool {
    let is_long =
        |term: &Term| matches!(term, Term::BigInteger(value) if value.bits() > SHORTENED_BITS_MAX);
    let mut pending = vec![term];
    // Each part takes a character at least.
    for _ in 0..SHORTENED_CHARACTERS {
        let Some(term) = pending.pop() else { break };
        if is_long(term) {
            return true;
        }
        let children = term.children().into_iter().flatten();
        let first = pending.len();
        pending.extend(children.take(SHORTENED_CHARACTERS));
        pending.get_mut(first..).unwrap_or_default().reverse();
    }
    false
}

struct Beginning {
    text: String,
    left: usize,
}

impl fmt::Write for Beginning {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            self.left = self.left.checked_sub(1).ok_or(fmt::Error)?;
            self.text.push(character);
        }
        Ok(())
    }
}
