//! Containers under construction: the stack of a decoder and of a clone.

use super::super::DecodeError;
use super::record::RecordType;
use super::{ImproperList, Map, Record, Term};

/// One container that still misses children.
pub(crate) enum Frame {
    /// The elements of a tuple.
    Tuple(Vec<Term>, usize),
    /// The elements of a list; its tail comes after them.
    List(Vec<Term>, usize),
    /// The elements of a list and, as the last of them, its tail.
    Tail(Vec<Term>, usize),
    /// The key that waits for its value, and the pairs.
    Map(Option<Term>, Vec<(Term, Term)>, usize),
    /// The values of a native record.
    Record(Box<RecordType>, Vec<Term>, usize),
}

impl Frame {
    /// The number of children that are missing, besides the tail of a list.
    #[inline]
    pub(crate) fn missing(&self) -> usize {
        match self {
            Frame::Tuple(_, missing)
            | Frame::List(_, missing)
            | Frame::Tail(_, missing)
            | Frame::Map(_, _, missing)
            | Frame::Record(_, _, missing) => *missing,
        }
    }

    /// Adds the next child.
    #[inline]
    pub(crate) fn push(&mut self, child: Term) {
        match self {
            Frame::Tuple(elements, missing)
            | Frame::List(elements, missing)
            | Frame::Tail(elements, missing)
            | Frame::Record(_, elements, missing) => {
                *missing = missing.saturating_sub(1);
                elements.push(child);
            }
            Frame::Map(key, pairs, missing) => {
                *missing = missing.saturating_sub(1);
                match key.take() {
                    None => *key = Some(child),
                    Some(key) => pairs.push((key, child)),
                }
            }
        }
    }

    /// The finished container.
    ///
    /// # Errors
    /// A key that is in the map twice.
    pub(crate) fn finish(self) -> Result<Term, DecodeError> {
        Ok(match self {
            Frame::Tuple(elements, _) => Term::Tuple(elements.into()),
            Frame::List(elements, _) => Term::List(elements.into()),
            Frame::Tail(mut elements, _) => match elements.pop() {
                Some(tail) => ImproperList::term(elements, tail),
                None => Term::NIL,
            },
            Frame::Map(_, pairs, _) => Term::Map(Map::from_distinct(pairs)?),
            Frame::Record(kind, values, _) => Term::Record(Record::from_parts(kind, values)),
        })
    }
}
