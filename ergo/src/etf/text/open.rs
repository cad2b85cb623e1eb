//! Containers whose closing bracket has not been read.

use super::bits::Bits;
use super::cursor::Cursor;
use super::error::ParseError;
use super::segment::{self, Budget, Value};
use super::{number, parser};
use crate::etf::term::RecordType;
use crate::etf::{Atom, ImproperList, Record, Term};

pub(super) enum Open {
    /// `(`, which only groups.
    Parenthesis,
    Tuple(Vec<Term>),
    /// The elements, and for each `[` of a list that is the tail of this one the parentheses before it.
    List(Vec<Term>, Vec<usize>),
    /// The same after the last `|`, where the tail is no list in brackets.
    Tail(Vec<Term>, Vec<usize>),
    /// The key whose value comes next, and the pairs before it.
    Map(Option<Term>, Vec<(Term, Term)>),
    /// The record, and the value of its fields.
    Record(Box<RecordType>, Vec<Term>),
    /// A binary in front of a segment that is a binary in so many parentheses.
    Bits(Bits, usize),
}

/// What has been read.
pub(super) enum Step {
    /// A whole term.
    Term(Term),
    /// A container up to where its next child begins.
    Open(Open),
}

impl Open {
    /// Adds a child and reads on, up to the next child or the closing bracket.
    #[inline]
    pub(super) fn add(
        self,
        child: Term,
        cursor: &mut Cursor<'_>,
        budget: &mut Budget,
    ) -> Result<Step, ParseError> {
        cursor.skip_blank();
        match self {
            Open::List(mut elements, tails) => {
                elements.push(child);
                list(elements, tails, cursor)
            }
            Open::Tuple(mut elements) => {
                elements.push(child);
                match next(cursor, "}", "\",\" or \"}\"")? {
                    true => Ok(Step::Open(Open::Tuple(elements))),
                    false => Ok(Step::Term(Term::Tuple(elements.into()))),
                }
            }
            Open::Map(None, pairs) => {
                cursor.expect("=>", "\"=>\"")?;
                Ok(Step::Open(Open::Map(Some(child), pairs)))
            }
            Open::Map(Some(key), mut pairs) => {
                pairs.push((key, child));
                match next(cursor, "}", "\",\" or \"}\"")? {
                    true => Ok(Step::Open(Open::Map(None, pairs))),
                    false => Ok(Step::Term(Term::Map(pairs.into()))),
                }
            }
            Open::Tail(elements, tails) => {
                cursor.expect("]", "\"]\"")?;
                close_tails(tails, cursor)?;
                Ok(Step::Term(ImproperList::term(elements, child)))
            }
            Open::Parenthesis => {
                cursor.expect(")", "\")\"")?;
                Ok(Step::Term(child))
            }
            Open::Record(kind, mut values) => {
                values.push(child);
                fields(kind, values, cursor)
            }
            Open::Bits(mut bits, parentheses) => {
                number::close_parentheses(cursor, parentheses)?;
                let place = cursor.clone();
                segment::finish(cursor, Value::Term(child), &place, budget, &mut bits)?;
                bits_after_segment(bits, cursor, budget)
            }
        }
    }
}

/// Whether a `,` comes, or else the closing bracket.
#[inline]
fn next(cursor: &mut Cursor<'_>, close: &str, expected: &'static str) -> Result<bool, ParseError> {
    if cursor.eat(",") {
        Ok(true)
    } else if cursor.eat(close) {
        Ok(false)
    } else {
        Err(cursor.expected(expected))
    }
}

/// After an element of a list.
#[inline]
fn list(
    elements: Vec<Term>,
    tails: Vec<usize>,
    cursor: &mut Cursor<'_>,
) -> Result<Step, ParseError> {
    match cursor.peek() {
        Some(b',') => {
            cursor.take(1);
            Ok(Step::Open(Open::List(elements, tails)))
        }
        Some(b']') => {
            cursor.take(1);
            close_tails(tails, cursor)?;
            Ok(Step::Term(Term::List(elements.into())))
        }
        Some(b'|') => {
            cursor.take(1);
            tail(elements, tails, cursor)
        }
        _ => Err(cursor.expected("\",\" or \"|\" or \"]\"")),
    }
}

/// After the `|` of a list. A tail in brackets goes on with the same elements: to put it behind them once per level
/// would take quadratic time.
fn tail(
    elements: Vec<Term>,
    mut tails: Vec<usize>,
    cursor: &mut Cursor<'_>,
) -> Result<Step, ParseError> {
    let mut ahead = cursor.clone();
    let parentheses = number::open_parentheses(&mut ahead);
    if !ahead.eat("[") {
        return Ok(Step::Open(Open::Tail(elements, tails)));
    }
    *cursor = ahead;
    tails.push(parentheses);
    cursor.skip_blank();
    if !cursor.eat("]") {
        return Ok(Step::Open(Open::List(elements, tails)));
    }
    close_tails(tails, cursor)?;
    Ok(Step::Term(Term::List(elements.into())))
}

/// After the `]` of the last list: what closes those around it.
fn close_tails(mut tails: Vec<usize>, cursor: &mut Cursor<'_>) -> Result<(), ParseError> {
    while let Some(parentheses) = tails.pop() {
        number::close_parentheses(cursor, parentheses)?;
        cursor.expect("]", "\"]\"")?;
    }
    Ok(())
}

/// `#module:name{` up to the first value. The `#` has been taken and an atom comes next.
pub(super) fn record(cursor: &mut Cursor<'_>) -> Result<Step, ParseError> {
    let module = parser::atom(cursor, "the module of a record")?;
    cursor.expect(":", "\":\" and the name of a record")?;
    cursor.skip_blank();
    let name = parser::atom(cursor, "the name of a record")?;
    cursor.expect("{", "\"{\"")?;
    let mut kind = Box::new(RecordType {
        module,
        name,
        fields: Vec::new(),
        // Records are only named outside their module when it exports them.
        exported: true,
    });
    cursor.skip_blank();
    if cursor.eat("}") {
        return Ok(Step::Term(Record::from_parts(kind, Vec::new()).into()));
    }
    kind.fields.push(field(cursor)?);
    Ok(Step::Open(Open::Record(kind, Vec::new())))
}

/// After the value of a field.
fn fields(
    mut kind: Box<RecordType>,
    values: Vec<Term>,
    cursor: &mut Cursor<'_>,
) -> Result<Step, ParseError> {
    if next(cursor, "}", "\",\" or \"}\"")? {
        kind.fields.push(field(cursor)?);
        return Ok(Step::Open(Open::Record(kind, values)));
    }
    let mut names: Vec<&Atom> = kind.fields.iter().collect();
    names.sort_unstable();
    if names
        .windows(2)
        .any(|pair| matches!(pair, [a, b] if a == b))
    {
        return Err(cursor.malformed(cursor.offset() - 1, "the record has a field twice"));
    }
    Ok(Step::Term(Record::from_parts(kind, values).into()))
}

/// `name =`
fn field(cursor: &mut Cursor<'_>) -> Result<Atom, ParseError> {
    cursor.skip_blank();
    let name = parser::atom(cursor, "the name of a field")?;
    cursor.expect("=", "\"=\"")?;
    Ok(name)
}

/// `<<` up to the first segment that is a binary, or the end. The `<<` has been taken.
pub(super) fn bits(cursor: &mut Cursor<'_>, budget: &mut Budget) -> Result<Step, ParseError> {
    cursor.skip_blank();
    if cursor.eat(">>") {
        return Ok(Step::Term(Bits::default().into_term()));
    }
    segments(Bits::default(), cursor, budget)
}

fn segments(
    mut bits: Bits,
    cursor: &mut Cursor<'_>,
    budget: &mut Budget,
) -> Result<Step, ParseError> {
    loop {
        let parentheses = number::open_parentheses(cursor);
        let place = cursor.clone();
        let Some(value) = segment::read_value(cursor)? else {
            return Ok(Step::Open(Open::Bits(bits, parentheses)));
        };
        number::close_parentheses(cursor, parentheses)?;
        segment::finish(cursor, value, &place, budget, &mut bits)?;
        cursor.skip_blank();
        if !next(cursor, ">>", "\",\" or \">>\"")? {
            return Ok(Step::Term(bits.into_term()));
        }
    }
}

fn bits_after_segment(
    bits: Bits,
    cursor: &mut Cursor<'_>,
    budget: &mut Budget,
) -> Result<Step, ParseError> {
    cursor.skip_blank();
    match next(cursor, ">>", "\",\" or \">>\"")? {
        true => segments(bits, cursor, budget),
        false => Ok(Step::Term(bits.into_term())),
    }
}
