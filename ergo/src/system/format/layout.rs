//! Pieces on one line or on several, as `io_lib_pretty` does it.

use super::fit::{self, Line};
use super::measure::{Pair, Pairs, Piece, Sequence, Shape, Tail};

/// The longest text that a format may give.
pub(super) const TEXT_BYTES_MAX: usize = 16 << 20;

/// A term on one line.
pub(super) fn on_one_line(piece: &Piece) -> String {
    let mut text = String::new();
    write(&mut text, piece);
    text
}

/// A term that begins in a column, counted from 1, on lines of a length. A length of 0 is one line.
pub(super) fn on_lines(piece: &Piece, column: i64, line_length: i64) -> String {
    let column = column.max(1);
    if line_length == 0 || piece.len < line_length - column {
        return on_one_line(piece);
    }
    let line = Line {
        length: line_length,
        characters_max: piece.len,
        tag_indent: -1,
    };
    let tag_indent = fit::tag_indent(piece, line, column);
    let mut lines = Lines {
        text: String::new(),
        line: Line { tag_indent, ..line },
    };
    let at = At {
        column,
        indent: column - 1,
        closing: 0,
        written: 0,
    };
    lines.piece(piece, at);
    lines.text
}

/// Writes a piece on one line.
fn write(text: &mut String, piece: &Piece) {
    match &piece.shape {
        Shape::Text(shown) => text.push_str(shown),
        Shape::Bytes(numbers) => {
            text.push_str("<<");
            text.push_str(&numbers.join(","));
            text.push_str(">>");
        }
        Shape::List(elements) => {
            text.push('[');
            write_sequence(text, elements, '|');
            text.push(']');
        }
        Shape::Tuple { elements, .. } => {
            text.push('{');
            write_sequence(text, elements, ',');
            text.push('}');
        }
        Shape::Map(pairs) => {
            text.push_str("#{");
            for (index, pair) in pairs.pairs.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_pair(text, pair);
            }
            if pairs.has_more {
                text.push_str(",...");
            }
            text.push('}');
        }
    }
}

fn write_sequence(text: &mut String, sequence: &Sequence, bar: char) {
    for (index, element) in sequence.elements.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        write(text, element);
    }
    if matches!(sequence.tail, Tail::None) {
        return;
    }
    if !sequence.elements.is_empty() {
        text.push(bar);
    }
    match &sequence.tail {
        Tail::Piece(tail) => write(text, tail),
        _ => text.push_str("..."),
    }
}

fn write_pair(text: &mut String, pair: &Pair) {
    write(text, &pair.key);
    text.push_str(" => ");
    write(text, &pair.value);
}

/// Where a piece begins.
#[derive(Clone, Copy)]
pub(super) struct At {
    pub(super) column: i64,
    /// How far the lines after this one are moved in.
    pub(super) indent: i64,
    /// The closing brackets that follow the last element.
    pub(super) closing: i64,
    /// What stands on this line already, without what it is moved in.
    pub(super) written: i64,
}

impl At {
    /// After so many characters.
    pub(super) fn after(self, width: i64) -> At {
        At {
            column: self.column + width,
            written: self.written + width,
            ..self
        }
    }
}

struct Lines {
    text: String,
    line: Line,
}

impl Lines {
    fn piece(&mut self, piece: &Piece, at: At) {
        if self.line.fits(piece.len, at) {
            return write(&mut self.text, piece);
        }
        let inside = At {
            column: at.column + 1,
            indent: at.indent + 1,
            written: at.written + 1,
            ..at
        };
        match &piece.shape {
            Shape::Text(shown) => self.text.push_str(shown),
            Shape::Bytes(numbers) => self.bytes(numbers, at),
            Shape::List(elements) => self.between('[', ']', |lines| {
                lines.list(&elements.elements, &elements.tail, inside, '|');
            }),
            Shape::Tuple {
                is_tagged: false,
                elements,
            } => self.between('{', '}', |lines| {
                lines.list(&elements.elements, &elements.tail, inside, ',');
            }),
            Shape::Tuple { elements, .. } => self.between('{', '}', |lines| {
                lines.tagged(
                    elements,
                    At {
                        written: at.written + 1,
                        ..at
                    },
                );
            }),
            Shape::Map(pairs) => {
                self.text.push('#');
                let inside = At {
                    column: at.column + 2,
                    indent: at.indent + 2,
                    written: at.written + 1,
                    ..at
                };
                self.between('{', '}', |lines| lines.map(pairs, inside));
            }
        }
    }

    fn between(&mut self, begin: char, end: char, inside: impl FnOnce(&mut Lines)) {
        self.text.push(begin);
        inside(self);
        self.text.push(end);
    }

    fn new_line(&mut self, indent: i64) {
        self.text.push('\n');
        // A text of this length will be refused, however little its lines are moved in.
        if self.text.len() > TEXT_BYTES_MAX {
            return;
        }
        let spaces = usize::try_from(indent).unwrap_or(0);
        self.text.extend(std::iter::repeat_n(' ', spaces));
    }

    fn list(&mut self, elements: &[Piece], tail: &Tail, at: At, bar: char) {
        let Some((first, rest)) = elements.split_first() else {
            return self.text.push_str("...");
        };
        let closing = fit::last_depth(rest, at.closing);
        let width = self.element(first, At { closing, ..at });
        self.tail(rest, tail, at.column, at.after(width), bar);
    }

    /// The elements after the first, each on this line or on its own. `first` is the column of the first one.
    fn tail(&mut self, elements: &[Piece], tail: &Tail, first: i64, mut at: At, bar: char) {
        for (index, element) in elements.iter().enumerate() {
            let rest = elements.get(index + 1..).unwrap_or_default();
            let closing = fit::last_depth(rest, at.closing);
            self.text.push(',');
            if element.is_text() && self.line.has_room(element.len + 1, closing, at) {
                write(&mut self.text, element);
                at.column += element.len + 1;
                at.written += element.len + 1;
                continue;
            }
            self.new_line(at.indent);
            let begin = At {
                column: first,
                closing,
                written: 0,
                ..at
            };
            let width = self.element(element, begin);
            at.column = first + width;
            at.written = width;
        }
        match tail {
            Tail::None => {}
            Tail::Dots => {
                self.text.push(bar);
                self.text.push_str("...");
            }
            Tail::Piece(last) => self.last(last, first, at, bar),
        }
    }

    /// The tail of an improper list.
    fn last(&mut self, last: &Piece, first: i64, at: At, bar: char) {
        self.text.push(bar);
        let closing = at.closing + 1;
        if last.is_text() && self.line.fits(last.len + 1, At { closing, ..at }) {
            return write(&mut self.text, last);
        }
        self.new_line(at.indent);
        let begin = At {
            column: first,
            closing,
            written: 0,
            ..at
        };
        self.piece(last, begin);
    }

    /// Writes an element, and says how much of the line it takes: all of it when nothing may stand after it.
    fn element(&mut self, element: &Piece, at: At) -> i64 {
        if element.is_text() && self.line.fits(element.len, at) {
            write(&mut self.text, element);
            return element.len;
        }
        self.piece(element, at);
        self.line.length
    }

    /// A tuple that begins with an atom: the other elements are moved in by less than the atom takes, where that is
    /// long.
    fn tagged(&mut self, tuple: &Sequence, at: At) {
        let Some((tag, rest)) = tuple.elements.split_first() else {
            return self.text.push_str("...");
        };
        write(&mut self.text, tag);
        let tag_width = tag.len + 2;
        let indent = self.line.tag_indent;
        if indent > 0 && tag_width > indent {
            let after = At {
                column: at.column + tag_width,
                indent: at.indent + indent,
                written: at.written + tag.len,
                ..at
            };
            self.tail(rest, &tuple.tail, at.column + indent, after, ',');
        } else {
            self.text.push(',');
            let after = At {
                column: at.column + tag_width,
                indent: at.indent + tag_width,
                written: at.written + tag.len + 1,
                ..at
            };
            self.list(rest, &tuple.tail, after, ',');
        }
    }

    fn map(&mut self, map: &Pairs, mut at: At) {
        let first = at.column;
        for (index, pair) in map.pairs.iter().enumerate() {
            let is_last = index + 1 == map.pairs.len();
            let closing = if is_last { at.closing + 1 } else { 0 };
            let width = if index == 0 {
                self.pair(pair, At { closing, ..at })
            } else {
                self.text.push(',');
                if pair.is_text() && self.line.has_room(pair.len + 1, closing, at) {
                    write_pair(&mut self.text, pair);
                    at.column += pair.len + 1;
                    at.written += pair.len + 1;
                    continue;
                }
                self.new_line(at.indent);
                let begin = At {
                    column: first,
                    closing,
                    written: 0,
                    ..at
                };
                self.pair(pair, begin)
            };
            at.column = first + width;
            at.written = width;
        }
        if map.has_more {
            self.text.push_str(",...");
        }
    }

    fn pair(&mut self, pair: &Pair, at: At) -> i64 {
        if self.line.fits(pair.len, at) {
            write_pair(&mut self.text, pair);
            return if pair.is_text() {
                pair.len
            } else {
                self.line.length
            };
        }
        self.piece(&pair.key, at);
        let indent = self.line.value_indent();
        self.text.push_str(" =>");
        self.new_line(at.indent + indent);
        let value = At {
            column: at.column + indent,
            indent: at.indent + indent,
            written: 0,
            ..at
        };
        self.piece(&pair.value, value);
        self.line.length
    }

    /// As many bytes on each line as have room.
    fn bytes(&mut self, numbers: &[String], at: At) {
        let (column, indent) = (at.column + 2, at.indent + 2);
        let room = (self.line.length - column).min(self.line.characters_max - 4 - at.written);
        let room = (room - at.closing).max(8);
        let mut left = room;
        self.text.push_str("<<");
        for (index, number) in numbers.iter().enumerate() {
            let is_last = index + 1 == numbers.len();
            let comma = if is_last { "" } else { "," };
            let width = i64::try_from(number.len() + comma.len()).unwrap_or(i64::MAX);
            if width > left {
                self.new_line(indent);
                left = room;
            }
            self.text.push_str(number);
            self.text.push_str(comma);
            left -= width;
        }
        self.text.push_str(">>");
    }
}
