//! Terms as pieces of known length, before it is known on which lines they stand.

use crate::etf::{Binary, BitString, Term};

use super::number;
use super::quoted;
use super::text::Encoding;

/// What is nested more deeply ends in `...`.
const LEVELS_MAX: usize = 200;

/// A term of more parts ends in `...`.
const PARTS_MAX: usize = 100_000;

/// A piece and the number of its characters on one line.
pub(super) struct Piece {
    pub(super) shape: Shape,
    pub(super) len: i64,
}

pub(super) enum Shape {
    /// Never broken: an atom, a number, a string.
    Text(String),
    /// The bytes of a binary, with the brackets around them left out.
    Bytes(Vec<String>),
    List(Sequence),
    Tuple {
        /// Begins with an atom, and has more elements.
        is_tagged: bool,
        elements: Sequence,
    },
    Map(Pairs),
}

/// Elements and what follows them.
pub(super) struct Sequence {
    pub(super) elements: Vec<Piece>,
    pub(super) tail: Tail,
}

pub(super) enum Tail {
    None,
    /// There is more, which is not shown.
    Dots,
    /// Of an improper list.
    Piece(Box<Piece>),
}

pub(super) struct Pairs {
    pub(super) pairs: Vec<Pair>,
    pub(super) has_more: bool,
}

pub(super) struct Pair {
    pub(super) key: Piece,
    pub(super) value: Piece,
    pub(super) len: i64,
}

impl Piece {
    /// Whether it may stand on a line beside others.
    pub(super) fn is_text(&self) -> bool {
        matches!(self.shape, Shape::Text(_))
    }
}

impl Pair {
    pub(super) fn is_text(&self) -> bool {
        self.key.is_text() && self.value.is_text()
    }
}

impl Sequence {
    fn len(&self) -> i64 {
        let elements: i64 = self.elements.iter().map(|element| element.len + 1).sum();
        match &self.tail {
            Tail::None => (elements - 1).max(0),
            Tail::Dots => elements + 3,
            Tail::Piece(tail) => elements + tail.len,
        }
    }
}

impl Pairs {
    fn len(&self) -> i64 {
        let pairs: i64 = self.pairs.iter().map(|pair| pair.len + 1).sum();
        if self.has_more {
            pairs + 3
        } else {
            (pairs - 1).max(0)
        }
    }
}

/// How terms are shown.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub(super) encoding: Encoding,
    /// Whether lists and binaries of printable characters are strings.
    pub(super) strings: bool,
    pub(super) reversed_maps: bool,
    /// As `~W` and not as `~P` does it, which differ in the dots of maps.
    pub(super) is_written: bool,
}

/// Measures a term, down to a depth. A depth below 0 is no limit.
pub(super) fn measure(term: &Term, depth: i64, style: Style) -> Piece {
    let mut measuring = Measuring {
        style,
        parts_left: PARTS_MAX,
    };
    // Each level takes one, and so does each element.
    measuring.term(term, depth.max(-1), 0)
}

struct Measuring {
    style: Style,
    parts_left: usize,
}

fn text(text: String) -> Piece {
    let len = len(&text);
    Piece {
        shape: Shape::Text(text),
        len,
    }
}

fn len(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
}

impl Measuring {
    fn term(&mut self, term: &Term, depth: i64, level: usize) -> Piece {
        self.parts_left = self.parts_left.saturating_sub(1);
        if level > LEVELS_MAX {
            return text("...".to_owned());
        }
        match term {
            Term::List(elements) if elements.is_empty() => text("[]".to_owned()),
            Term::List(elements) => match self.string(elements, depth) {
                Some(string) => text(string),
                None => self.list(elements, None, depth, level),
            },
            Term::ImproperList(list) => self.list(list.elements(), Some(list.tail()), depth, level),
            Term::Tuple(elements) => self.tuple(elements, depth, level),
            Term::Map(map) => self.map(map.entries(), depth, level),
            Term::Binary(bytes) => self.binary(bytes, depth),
            Term::BitString(bits) => bit_string(bits, depth),
            leaf => text(self.leaf(leaf)),
        }
    }

    fn leaf(&self, term: &Term) -> String {
        match term {
            Term::Atom(atom) => quoted::atom(atom, self.style.encoding),
            Term::Float(value) => number::short(*value),
            Term::BigInteger(value) => number::decimal(value),
            Term::Pid(value) => value.to_string(),
            Term::Reference(value) => value.to_string(),
            Term::Port(value) => value.to_string(),
            other => other.to_string(),
        }
    }

    /// A list of printable characters as a string.
    fn string(&self, elements: &[Term], depth: i64) -> Option<String> {
        if !self.style.strings || depth == 1 {
            return None;
        }
        let character = |element: &Term| {
            let code = u8::try_from(element.as_integer()?).ok()?;
            Some(char::from(code)).filter(|character| quoted::is_printable(*character))
        };
        let characters: Option<String> = elements.iter().map(character).collect();
        Some(quoted::string(characters?.chars()))
    }

    fn list(&mut self, elements: &[Term], tail: Option<&Term>, depth: i64, level: usize) -> Piece {
        let sequence = self.sequence(elements, tail, depth, level);
        Piece {
            len: sequence.len() + 2,
            shape: Shape::List(sequence),
        }
    }

    fn tuple(&mut self, elements: &[Term], depth: i64, level: usize) -> Piece {
        if elements.is_empty() {
            return text("{}".to_owned());
        }
        if depth == 1 {
            return text("{...}".to_owned());
        }
        let is_tagged =
            elements.len() > 1 && elements.first().is_some_and(|tag| tag.as_atom().is_some());
        let elements = self.sequence(elements, None, depth, level);
        Piece {
            len: elements.len() + 2,
            shape: Shape::Tuple {
                is_tagged,
                elements,
            },
        }
    }

    fn sequence(
        &mut self,
        elements: &[Term],
        tail: Option<&Term>,
        mut depth: i64,
        level: usize,
    ) -> Sequence {
        let mut pieces = Vec::new();
        for element in elements {
            if depth == 1 || self.parts_left == 0 {
                return Sequence {
                    elements: pieces,
                    tail: Tail::Dots,
                };
            }
            pieces.push(self.term(element, depth - 1, level + 1));
            depth -= 1;
        }
        let tail = match tail {
            None => Tail::None,
            Some(_) if depth == 1 => Tail::Dots,
            Some(tail) => Tail::Piece(Box::new(self.term(tail, depth - 1, level + 1))),
        };
        Sequence {
            elements: pieces,
            tail,
        }
    }

    fn map(&mut self, entries: &[(Term, Term)], depth: i64, level: usize) -> Piece {
        if entries.is_empty() {
            return text("#{}".to_owned());
        }
        if depth == 1 {
            let empty = if self.style.is_written {
                "#{}"
            } else {
                "#{...}"
            };
            return text(empty.to_owned());
        }
        let mut pairs = Vec::new();
        let mut has_more = false;
        for index in 0..entries.len() {
            // As in OTP, a pair takes from the depth of those after it, and not from its own.
            let shown = i64::try_from(index).unwrap_or(i64::MAX);
            if depth - shown == 1 || self.parts_left == 0 {
                has_more = true;
                break;
            }
            let place = if self.style.reversed_maps {
                entries.len() - 1 - index
            } else {
                index
            };
            let Some((key, value)) = entries.get(place) else {
                break;
            };
            let key = self.term(key, depth - 1, level + 1);
            let value = self.term(value, depth - 1, level + 1);
            let len = key.len + 4 + value.len;
            pairs.push(Pair { key, value, len });
        }
        // `~W` looks at the depth before it looks whether there is another pair.
        let shown = i64::try_from(pairs.len()).unwrap_or(i64::MAX);
        has_more |= self.style.is_written && depth - shown == 1;
        let pairs = Pairs { pairs, has_more };
        Piece {
            len: pairs.len() + 3,
            shape: Shape::Map(pairs),
        }
    }

    fn binary(&self, bytes: &Binary, depth: i64) -> Piece {
        if bytes.is_empty() {
            return text("<<>>".to_owned());
        }
        if depth == 1 {
            return text("<<...>>".to_owned());
        }
        if self.style.strings
            && let Some(shown) = printable(bytes, depth - 1, self.style.encoding)
        {
            let utf8 = if shown.is_utf8 { "/utf8" } else { "" };
            let dots = if shown.has_more { "..." } else { "" };
            let string = quoted::string(shown.text.chars());
            return text(format!("<<{string}{utf8}{dots}>>"));
        }
        numbers(bytes, None, depth)
    }
}

fn bit_string(bits: &BitString, depth: i64) -> Piece {
    if depth == 1 {
        return text("<<...>>".to_owned());
    }
    match bits.bytes().split_last() {
        Some((last, bytes)) => {
            let tail = last
                .checked_shr(8 - u32::from(bits.tail_bits()))
                .unwrap_or(0);
            let tail = format!("{tail}:{}", bits.tail_bits());
            numbers(bytes, Some(tail), depth)
        }
        None => text("<<>>".to_owned()),
    }
}

/// The bytes as numbers, and the bits after them.
fn numbers(bytes: &[u8], tail: Option<String>, depth: i64) -> Piece {
    let total = bytes.len() + usize::from(tail.is_some());
    let shown = match usize::try_from(depth - 1) {
        Ok(depth) if depth < total => depth,
        _ => total,
    };
    let shown = shown.min(PARTS_MAX);
    let mut numbers: Vec<String> = bytes.iter().take(shown).map(u8::to_string).collect();
    if shown < total {
        numbers.push("...".to_owned());
    } else {
        numbers.extend(tail);
    }
    let digits: i64 = numbers.iter().map(|number| len(number) + 1).sum();
    Piece {
        len: digits - 1 + 4,
        shape: Shape::Bytes(numbers),
    }
}

/// The beginning of a binary, or all of it, as text.
struct Printable {
    text: String,
    is_utf8: bool,
    has_more: bool,
}

/// The text of a binary, if so much of it is printable as is to be shown.
fn printable(bytes: &[u8], depth: i64, encoding: Encoding) -> Option<Printable> {
    let limit = match usize::try_from(depth) {
        Ok(depth) => bytes.len().min(depth.saturating_mul(4)),
        Err(_) => bytes.len(),
    };
    if limit == 0 {
        return None;
    }
    if encoding == Encoding::Unicode
        && let Some(text) = utf8_prefix(bytes, limit)
    {
        return printable_utf8(bytes, text, limit, depth);
    }
    let is_printable = |byte: &u8| quoted::is_printable(char::from(*byte));
    let good = bytes
        .iter()
        .take(limit)
        .take_while(|byte| is_printable(byte))
        .count();
    let is_enough = depth > 0 && usize::try_from(depth).is_ok_and(|depth| good >= depth);
    if good < limit && !is_enough {
        return None;
    }
    Some(Printable {
        text: bytes.iter().take(good).copied().map(char::from).collect(),
        is_utf8: false,
        has_more: good < bytes.len(),
    })
}

/// As many characters of a binary as are to be looked at; `None` when those are no UTF-8.
fn utf8_prefix(bytes: &[u8], limit: usize) -> Option<&str> {
    let valid = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let text = std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()?;
            if text.chars().take(limit).count() < limit {
                return None;
            }
            text
        }
    };
    let end = valid
        .char_indices()
        .nth(limit)
        .map_or(valid.len(), |(end, _)| end);
    valid.get(..end)
}

fn printable_utf8(bytes: &[u8], text: &str, limit: usize, depth: i64) -> Option<Printable> {
    let end = text
        .char_indices()
        .find(|(_, character)| !quoted::is_printable(*character))
        .map_or(text.len(), |(end, _)| end);
    let shown = text.get(..end)?;
    let count = shown.chars().count();
    let is_all = end == bytes.len();
    let is_enough = depth > 0 && usize::try_from(depth).is_ok_and(|depth| count >= depth);
    if !is_all && !is_enough {
        return None;
    }
    debug_assert!(count <= limit);
    Some(Printable {
        is_utf8: count != end,
        text: shown.to_owned(),
        has_more: !is_all,
    })
}
