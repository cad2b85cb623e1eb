//! Terms in Erlang syntax.

use std::fmt::{self, Write};
use std::slice;

use super::super::{Atom, syntax};
use super::{ImproperList, Map, Record, Term, pretty};

impl fmt::Display for Term {
    /// Erlang syntax, which [`Term::parse`] reads back to an equal term, and so does `erl` where there are no pids,
    /// references, ports and native records in it. No such text have a float that is not finite, a closure, a fun of
    /// more than 255 arguments, and a native record that its module does not export.
    ///
    /// `{}` writes one line, and lists of integers as that. `{:#}` is for people: what does not fit in a line of 80
    /// columns gets a line for each child, two columns further in, and lists of printable characters are shown as
    /// strings, as `~p` shows them. Both are read back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            return pretty::write_term(f, self);
        }
        write_term(f, self, Style::Exact)
    }
}

impl fmt::Debug for Term {
    /// The same as `Display`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Whether lists of characters look like others.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Exact,
    /// As strings.
    Strings,
}

/// Writes elements between two brackets.
pub(super) fn write_elements(
    f: &mut fmt::Formatter<'_>,
    begin: &'static str,
    elements: &[Term],
    end: char,
) -> fmt::Result {
    write_either(f, Open::elements(begin, elements, end))
}

/// Writes `[A|B]`.
pub(super) fn write_improper(f: &mut fmt::Formatter<'_>, list: &ImproperList) -> fmt::Result {
    write_either(f, Open::improper(list))
}

/// Writes `#{K => V}`.
pub(super) fn write_map(f: &mut fmt::Formatter<'_>, map: &Map) -> fmt::Result {
    write_either(f, Open::map(map))
}

/// Writes `#module:name{field = V}`.
pub(super) fn write_record(f: &mut fmt::Formatter<'_>, record: &Record) -> fmt::Result {
    write_either(f, Open::record(record))
}

fn write_either(f: &mut fmt::Formatter<'_>, container: Open<'_>) -> fmt::Result {
    if f.alternate() {
        return pretty::write_container(f, container);
    }
    write_container(f, container, Style::Exact)
}

/// Writes a term on one line.
pub(super) fn write_term(f: &mut fmt::Formatter<'_>, term: &Term, style: Style) -> fmt::Result {
    match Open::of(term, style) {
        Some(container) => write_container(f, container, style),
        None => write_leaf(f, term),
    }
}

/// Writes a container on one line.
pub(super) fn write_container(
    f: &mut fmt::Formatter<'_>,
    container: Open<'_>,
    style: Style,
) -> fmt::Result {
    write!(f, "{}", container.begin)?;
    let mut open = vec![container];
    while let Some(container) = open.last_mut() {
        let Some(Child { before, name, term }) = container.next() else {
            f.write_char(container.end)?;
            open.pop();
            continue;
        };
        f.write_str(before)?;
        if let Some(name) = name {
            write!(f, "{name} = ")?;
        }
        match Open::of(term, style) {
            None => write_leaf(f, term)?,
            Some(child) => {
                write!(f, "{}", child.begin)?;
                open.push(child);
            }
        }
    }
    Ok(())
}

/// A container of which some children have been written.
#[derive(Clone)]
pub(super) struct Open<'a> {
    pub(super) begin: Begin<'a>,
    elements: slice::Iter<'a, Term>,
    names: slice::Iter<'a, Atom>,
    pairs: slice::Iter<'a, (Term, Term)>,
    value: Option<&'a Term>,
    tail: Option<&'a Term>,
    is_first: bool,
    pub(super) end: char,
}

/// The opening bracket, and what stands before it.
#[derive(Clone, Copy)]
pub(super) enum Begin<'a> {
    Bracket(&'static str),
    Record(&'a Record),
}

/// A child, the name of its field, and what stands before both.
pub(super) struct Child<'a> {
    pub(super) before: &'static str,
    pub(super) name: Option<&'a Atom>,
    pub(super) term: &'a Term,
}

impl<'a> Open<'a> {
    /// The container that a term is; `None` for a leaf.
    pub(super) fn of(term: &'a Term, style: Style) -> Option<Open<'a>> {
        Some(match term {
            Term::Tuple(elements) => Open::elements("{", elements, '}'),
            Term::List(elements) if style == Style::Strings && is_string(elements) => return None,
            Term::List(elements) => Open::elements("[", elements, ']'),
            Term::ImproperList(list) => Open::improper(list),
            Term::Map(map) => Open::map(map),
            Term::Record(record) => Open::record(record),
            _ => return None,
        })
    }

    fn elements(begin: &'static str, elements: &'a [Term], end: char) -> Open<'a> {
        Open {
            begin: Begin::Bracket(begin),
            elements: elements.iter(),
            names: [].iter(),
            pairs: [].iter(),
            value: None,
            tail: None,
            is_first: true,
            end,
        }
    }

    fn improper(list: &'a ImproperList) -> Open<'a> {
        Open {
            tail: Some(list.tail()),
            ..Open::elements("[", list.elements(), ']')
        }
    }

    fn map(map: &'a Map) -> Open<'a> {
        Open {
            pairs: map.entries().iter(),
            ..Open::elements("#{", &[], '}')
        }
    }

    fn record(record: &'a Record) -> Open<'a> {
        Open {
            begin: Begin::Record(record),
            names: record.fields().iter(),
            ..Open::elements("", record.values(), '}')
        }
    }

    /// The next child.
    pub(super) fn next(&mut self) -> Option<Child<'a>> {
        let child = |before, term| Child {
            before,
            name: None,
            term,
        };
        if let Some(value) = self.value.take() {
            return Some(child(" => ", value));
        }
        let before = if self.is_first { "" } else { "," };
        self.is_first = false;
        if let Some(element) = self.elements.next() {
            let name = self.names.next();
            return Some(Child {
                name,
                ..child(before, element)
            });
        }
        if let Some((key, value)) = self.pairs.next() {
            self.value = Some(value);
            return Some(child(before, key));
        }
        self.tail.take().map(|tail| child("|", tail))
    }
}

impl fmt::Display for Begin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Begin::Bracket(bracket) => f.write_str(bracket),
            Begin::Record(record) => write!(f, "#{}:{}{{", record.module(), record.name()),
        }
    }
}

/// Writes a term without children, or a list as a string.
pub(super) fn write_leaf(f: &mut fmt::Formatter<'_>, term: &Term) -> fmt::Result {
    match term {
        Term::Integer(value) => write!(f, "{value}"),
        Term::BigInteger(value) => write!(f, "{value}"),
        Term::Float(value) => syntax::write_float(f, *value),
        Term::Atom(value) => write!(f, "{value}"),
        Term::Binary(bytes) => syntax::write_bits(f, bytes, 0),
        Term::BitString(bits) => write!(f, "{bits}"),
        // With the creation, without which they could not be read back.
        Term::Pid(value) => write!(f, "{value:?}"),
        Term::Reference(value) => write!(f, "{value:?}"),
        Term::Port(value) => write!(f, "{value:?}"),
        Term::Fun(value) => write!(f, "{value}"),
        Term::List(elements) => syntax::write_string(f, elements.iter().filter_map(character)),
        // Containers.
        Term::Tuple(_) | Term::ImproperList(_) | Term::Map(_) | Term::Record(_) => Ok(()),
    }
}

/// Whether a list is worth showing as a string: not empty, and of printable characters alone.
fn is_string(elements: &[Term]) -> bool {
    !elements.is_empty()
        && elements
            .iter()
            .all(|element| character(element).is_some_and(syntax::is_printable))
}

fn character(term: &Term) -> Option<char> {
    match term {
        Term::Integer(value) => u32::try_from(*value).ok().and_then(char::from_u32),
        _ => None,
    }
}

/// The text of a term for an error: no more than its beginning.
pub(crate) struct Shortened<'a>(pub(crate) Option<&'a Term>);

const SHORTENED_CHARACTERS: usize = 80;

impl fmt::Display for Shortened<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(term) = self.0 else { return Ok(()) };
        let mut beginning = Beginning::new(SHORTENED_CHARACTERS);
        // An error here only says that the text is long enough.
        match write!(beginning, "{term}") {
            Ok(()) => f.write_str(&beginning.text),
            Err(fmt::Error) => write!(f, "{}..", beginning.text),
        }
    }
}

/// As many characters of a text as there is room for; a longer text is an error.
pub(super) struct Beginning {
    text: String,
    left: usize,
}

impl Beginning {
    pub(super) fn new(characters: usize) -> Beginning {
        Beginning {
            text: String::new(),
            left: characters,
        }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
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
