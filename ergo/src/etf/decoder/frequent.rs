//! What terms are mostly made of: short atoms, integers and short binaries, read without a call.
//!
//! They stay in registers until they are made where they are to lie. To make a [`Term`] first and move it costs more
//! than all the rest: its parts are written one by one and moved as a whole, and the processor waits for them.

use super::super::binary::BinaryWords;
use super::super::inline_text::TextWords;
use super::super::{Atom, Binary, Term, tag};

/// A term that has been read and is in registers.
pub(super) enum Frequent {
    Atom(TextWords),
    Integer(i64),
    Binary(BinaryWords),
}

impl Frequent {
    /// The term at the start of `input` and what follows it, if it is one of these.
    #[inline(always)]
    pub(super) fn read(input: &[u8]) -> Option<(Frequent, &[u8])> {
        match input {
            // OTP 25 writes the atoms that are Latin-1 in the last of these forms.
            [tag::SMALL_ATOM_UTF8, len, text @ ..]
            | [tag::ATOM | tag::ATOM_UTF8, 0, len, text @ ..] => {
                let words = TextWords::from_input(text, *len)?;
                Some((Frequent::Atom(words), text.get(usize::from(*len)..)?))
            }
            [tag::SMALL_INTEGER, value, rest @ ..] => {
                Some((Frequent::Integer((*value).into()), rest))
            }
            [tag::INTEGER, a, b, c, d, rest @ ..] => {
                let value = i32::from_be_bytes([*a, *b, *c, *d]);
                Some((Frequent::Integer(value.into()), rest))
            }
            [tag::BINARY, 0, 0, 0, len, bytes @ ..] => {
                let words = BinaryWords::from_input(bytes, *len)?;
                Some((Frequent::Binary(words), bytes.get(usize::from(*len)..)?))
            }
            _ => None,
        }
    }

    /// A term of the same kind, a constant.
    #[inline(always)]
    pub(super) fn placeholder(&self) -> Term {
        match self {
            Frequent::Atom(_) => Term::Atom(Atom::EMPTY),
            Frequent::Integer(_) => Term::Integer(0),
            Frequent::Binary(_) => Term::Binary(Binary::EMPTY),
        }
    }

    /// Makes the term of its placeholder.
    #[inline(always)]
    pub(super) fn settle(self, placeholder: &mut Term) {
        match (self, placeholder) {
            (Frequent::Atom(words), Term::Atom(atom)) => atom.set_inline(words),
            (Frequent::Integer(value), Term::Integer(slot)) => *slot = value,
            (Frequent::Binary(words), Term::Binary(binary)) => binary.set_inline(words),
            _ => {}
        }
    }

    /// The term.
    #[inline(always)]
    pub(super) fn into_term(self) -> Term {
        let mut term = self.placeholder();
        self.settle(&mut term);
        term
    }

    /// Appends the term.
    #[inline(always)]
    pub(super) fn push_to(self, elements: &mut Vec<Term>) {
        // A loop over mixed kinds is quicker when each has a path of its own.
        match self {
            Frequent::Integer(value) => {
                elements.extend(std::iter::once(value).map(Term::Integer));
            }
            Frequent::Atom(words) => {
                elements.push(Term::Atom(Atom::EMPTY));
                if let Some(Term::Atom(atom)) = elements.last_mut() {
                    atom.set_inline(words);
                }
            }
            Frequent::Binary(words) => {
                elements.push(Term::Binary(Binary::EMPTY));
                if let Some(Term::Binary(binary)) = elements.last_mut() {
                    binary.set_inline(words);
                }
            }
        }
    }
}
