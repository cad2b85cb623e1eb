//! What has room on a line, and how far the elements after a tag can be moved in.

use super::layout::At;
use super::measure::{Pair, Pairs, Piece, Sequence, Shape, Tail};

/// The lines of one text.
#[derive(Clone, Copy)]
pub(super) struct Line {
    pub(super) length: i64,
    /// Without what a line is moved in.
    pub(super) characters_max: i64,
    /// How far the elements after a tag are moved in; -1 for as far as the tag is long.
    pub(super) tag_indent: i64,
}

impl Line {
    pub(super) fn fits(&self, len: i64, at: At) -> bool {
        len < self.length - at.column - at.closing
            && len + at.written + at.closing <= self.characters_max
    }

    /// Whether another element fits, with its comma; `closing` is 0 when more elements follow.
    pub(super) fn has_room(&self, len: i64, closing: i64, at: At) -> bool {
        // What follows takes a character at least.
        let following = closing.max(1);
        len < self.length - at.column - following
            && at.written + len + following <= self.characters_max
    }

    /// How far a value below its key is moved in.
    pub(super) fn value_indent(&self) -> i64 {
        if self.tag_indent > 0 {
            self.tag_indent
        } else {
            4
        }
    }

    /// Whether what begins in a column has room for all, or half of the line.
    fn is_wide_enough(&self, column: i64) -> bool {
        self.characters_max + column <= self.length || column <= self.length / 2
    }
}

/// The closing brackets after an element: none when others follow it.
pub(super) fn last_depth(rest: &[Piece], closing: i64) -> i64 {
    if rest.is_empty() { closing + 1 } else { 0 }
}

/// The elements would be moved in too far.
struct TooFar;

type Fits<T> = Result<T, TooFar>;

/// As far as each tag is long if all have room then, otherwise 4 columns, otherwise 1.
pub(super) fn tag_indent(piece: &Piece, line: Line, column: i64) -> i64 {
    let at = At {
        column,
        indent: 0,
        closing: 0,
        written: 0,
    };
    let fits = |tag_indent: &i64| {
        let line = Line {
            tag_indent: *tag_indent,
            ..line
        };
        line.try_piece(piece, at).is_ok()
    };
    [-1, 4].into_iter().find(fits).unwrap_or(1)
}

impl Line {
    fn try_piece(&self, piece: &Piece, at: At) -> Fits<()> {
        if self.fits(piece.len, at) {
            return Ok(());
        }
        let inside = At {
            column: at.column + 1,
            written: at.written + 1,
            ..at
        };
        match &piece.shape {
            Shape::Text(_) | Shape::Bytes(_) => Ok(()),
            Shape::List(elements)
            | Shape::Tuple {
                is_tagged: false,
                elements,
            } => self.try_list(&elements.elements, &elements.tail, inside),
            Shape::Tuple { elements, .. } => {
                let inside = At {
                    written: at.written + 1,
                    ..at
                };
                self.try_tagged(elements, inside)
            }
            Shape::Map(pairs) => {
                let inside = At {
                    column: at.column + 2,
                    written: at.written + 2,
                    ..at
                };
                self.try_map(pairs, inside)
            }
        }
    }

    fn try_tagged(&self, tuple: &Sequence, at: At) -> Fits<()> {
        let Some((tag, rest)) = tuple.elements.split_first() else {
            return Ok(());
        };
        let tag_width = tag.len + 2;
        let tag_column = at.column + tag_width;
        if self.tag_indent > 0 && tag_width > self.tag_indent {
            let first = at.column + self.tag_indent;
            if !self.is_wide_enough(first) {
                return Err(TooFar);
            }
            let after = At {
                column: tag_column,
                written: at.written + tag.len,
                ..at
            };
            return self.try_tail(rest, &tuple.tail, first, after);
        }
        if self.characters_max + tag_column < self.length || tag_column < self.length / 2 {
            let after = At {
                column: tag_column,
                written: at.written + tag.len + 1,
                ..at
            };
            return self.try_list(rest, &tuple.tail, after);
        }
        Err(TooFar)
    }

    fn try_list(&self, elements: &[Piece], tail: &Tail, at: At) -> Fits<()> {
        let Some((first, rest)) = elements.split_first() else {
            return Ok(());
        };
        let closing = last_depth(rest, at.closing);
        let width = self.try_element(first, At { closing, ..at })?;
        self.try_tail(rest, tail, at.column, at.after(width))
    }

    fn try_tail(&self, elements: &[Piece], tail: &Tail, first: i64, mut at: At) -> Fits<()> {
        for (index, element) in elements.iter().enumerate() {
            let rest = elements.get(index + 1..).unwrap_or_default();
            let closing = last_depth(rest, at.closing);
            if element.is_text() && self.has_room(element.len + 1, closing, at) {
                at.column += element.len + 1;
                at.written += element.len + 1;
                continue;
            }
            let begin = At {
                column: first,
                closing,
                written: 0,
                ..at
            };
            let width = self.try_element(element, begin)?;
            at.column = first + width;
            at.written = width;
        }
        let Tail::Piece(last) = tail else {
            return Ok(());
        };
        let closing = at.closing + 1;
        if last.is_text() && self.fits(last.len + 1, At { closing, ..at }) {
            return Ok(());
        }
        let begin = At {
            closing,
            written: 0,
            ..at
        };
        self.try_piece(last, begin)
    }

    fn try_element(&self, element: &Piece, at: At) -> Fits<i64> {
        if element.is_text() && self.fits(element.len, at) {
            return Ok(element.len);
        }
        self.try_piece(element, at)?;
        Ok(self.length)
    }

    fn try_map(&self, map: &Pairs, mut at: At) -> Fits<()> {
        let first = at.column;
        for (index, pair) in map.pairs.iter().enumerate() {
            let is_last = index + 1 == map.pairs.len();
            let closing = if is_last { at.closing + 1 } else { 0 };
            if index == 0 {
                let width = self.try_pair(pair, At { closing, ..at })?;
                at.column = first + width;
                at.written += width;
                continue;
            }
            if pair.is_text() && self.has_room(pair.len + 1, closing, at) {
                at.column += pair.len + 1;
                at.written += pair.len + 1;
                continue;
            }
            let begin = At {
                column: first,
                closing,
                written: 0,
                ..at
            };
            let width = self.try_pair(pair, begin)?;
            at.column = first + width;
            at.written = width;
        }
        Ok(())
    }

    fn try_pair(&self, pair: &Pair, at: At) -> Fits<i64> {
        if self.fits(pair.len, at) {
            return Ok(if pair.is_text() {
                pair.len
            } else {
                self.length
            });
        }
        self.try_piece(&pair.key, at)?;
        let value = At {
            column: at.column + self.value_indent(),
            written: 0,
            ..at
        };
        self.try_piece(&pair.value, value)?;
        Ok(self.length)
    }
}
