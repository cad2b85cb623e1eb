//! Pids, references, ports and funs.

use super::cursor::Cursor;
use super::error::{ParseError, ParseErrorKind};
use super::parser;
use crate::etf::{Atom, Export, Pid, Port, Reference, Term};

/// `<Node.Id.Serial/Creation>`. The `<` has been taken.
pub(super) fn pid(cursor: &mut Cursor<'_>) -> Result<Term, ParseError> {
    let node = node(
        cursor,
        "a pid without the name of its node, as a shell shows it, means nothing elsewhere",
    )?;
    let id = part(cursor, ".", "\".\" and a number")?;
    let serial = part(cursor, ".", "\".\" and a number")?;
    let creation = creation(cursor)?;
    Ok(Pid::new(node, id, serial, creation).into())
}

/// `#Port<Node.Id/Creation>`. The `<` has been taken.
pub(super) fn port(cursor: &mut Cursor<'_>) -> Result<Term, ParseError> {
    let node = node(
        cursor,
        "a port without the name of its node, as a shell shows it, means nothing elsewhere",
    )?;
    let id = part(cursor, ".", "\".\" and a number")?;
    let creation = creation(cursor)?;
    Ok(Port::new(node, id, creation).into())
}

/// `#Ref<Node.Word.Word.Word/Creation>`, the most significant word first. The `<` has been taken.
pub(super) fn reference(cursor: &mut Cursor<'_>) -> Result<Term, ParseError> {
    let start = cursor.clone();
    let node = node(
        cursor,
        "a reference without the name of its node, as a shell shows it, means nothing elsewhere",
    )?;
    let mut words = Vec::new();
    while cursor.peek() == Some(b'.') {
        words.push(part(cursor, ".", "\".\" and a number")?);
    }
    words.reverse();
    let creation = creation(cursor)?;
    Reference::new(node, creation, &words)
        .map(Term::from)
        .map_err(|_| start.malformed(start.offset(), "a reference has 1 to 5 numbers"))
}

/// `fun Module:Function/Arity`. The `fun` has been taken.
pub(super) fn fun(cursor: &mut Cursor<'_>) -> Result<Term, ParseError> {
    cursor.skip_blank();
    if cursor.peek() == Some(b'(') {
        return Err(cursor.error(
            cursor.offset(),
            ParseErrorKind::Incomplete(
                "only a fun of a name, fun module:function/arity, is a term",
            ),
        ));
    }
    let module = parser::atom(cursor, "a module")?;
    cursor.expect(":", "\":\" and a function")?;
    cursor.skip_blank();
    let function = parser::atom(cursor, "a function")?;
    cursor.expect("/", "\"/\" and an arity")?;
    cursor.skip_blank();
    let start = cursor.clone();
    match (cursor.peek(), super::number::unsigned(cursor, false)?) {
        (Some(b'0'..=b'9'), Term::Integer(arity @ 0..=255)) => {
            let arity = u32::try_from(arity).unwrap_or(0);
            Ok(Export::new(module, function, arity).into())
        }
        _ => Err(start.expected("an arity of 0 to 255")),
    }
}

fn node(cursor: &mut Cursor<'_>, without: &'static str) -> Result<Atom, ParseError> {
    if let Some(b'0'..=b'9') = cursor.peek() {
        return Err(cursor.error(cursor.offset(), ParseErrorKind::Incomplete(without)));
    }
    parser::atom(cursor, "the name of a node")
}

fn creation(cursor: &mut Cursor<'_>) -> Result<u32, ParseError> {
    let creation = part(cursor, "/", "\"/\" and the creation of the node")?;
    if cursor.eat(">") {
        Ok(creation)
    } else {
        Err(cursor.expected("\">\""))
    }
}

/// A decimal number behind a separator.
fn part<T: std::str::FromStr>(
    cursor: &mut Cursor<'_>,
    separator: &str,
    expected: &'static str,
) -> Result<T, ParseError> {
    if !cursor.eat(separator) {
        return Err(cursor.expected(expected));
    }
    let start = cursor.clone();
    let digits = cursor.rest().bytes().take_while(u8::is_ascii_digit).count();
    cursor
        .take(digits)
        .parse()
        .map_err(|_| start.expected("a number in the range of this part"))
}
