//! Reading any term as a value: a few levels by recursion, and what is deeper with a stack of its own.

use std::{iter, mem};

use super::super::term::{Frame, RecordType};
use super::super::{Atom, BitString, DecodeError, ImproperList, Map, Term, Tuple, tag};
use super::cursor::to_usize;
use super::frequent::Frequent;
use super::{Decoder, Kind, ListHeader};

/// The next node of a term.
enum Node {
    Leaf(Term),
    Open(Frame),
}

/// What a container costs besides its elements, for the limit `term_bytes_max`.
const CONTAINER_BYTES: usize = 80;

/// Levels that are read by recursion, which is faster; what is deeper has a stack of its own.
const RECURSION_MAX: u8 = 16;

impl<'de> Decoder<'de> {
    /// Reads any term, of any depth.
    ///
    /// # Errors
    /// A malformed term, and one that would exceed the limit `term_bytes_max`.
    pub fn read_term(&mut self) -> Result<Term, DecodeError> {
        let mut budget = self.limits.term_bytes_max;
        self.read_frequent(RECURSION_MAX, &mut budget)
    }

    /// Reads a term of which `levels` may be read by recursion.
    fn read_level(&mut self, levels: u8, budget: &mut usize) -> Result<Term, DecodeError> {
        let Some(below) = levels.checked_sub(1) else {
            return self.read_deep(budget);
        };
        match self.reader.peek() {
            Some(tag::SMALL_TUPLE) => self.read_small_tuple(below, budget).map(Term::Tuple),
            Some(tag::MAP) => self.read_map_value(below, budget).map(Term::Map),
            Some(tag::LIST) => match self.read_cells(below, budget)? {
                (elements, None) => Ok(Term::List(elements.into())),
                (elements, Some(tail)) => Ok(ImproperList::term(elements, tail)),
            },
            Some(tag::LARGE_TUPLE | tag::RECORD) => self.read_deep(budget),
            _ => self.read_leaf(budget),
        }
    }

    /// Appends the next term, likewise. Every arm makes the term where it stays, which [`push`] explains.
    fn read_into(
        &mut self,
        elements: &mut Vec<Term>,
        levels: u8,
        budget: &mut usize,
    ) -> Result<(), DecodeError> {
        match (self.reader.peek(), levels.checked_sub(1)) {
            (Some(tag::SMALL_TUPLE), Some(below)) => {
                let tuple = self.read_small_tuple(below, budget)?;
                push(elements, tuple, Term::Tuple);
            }
            (Some(tag::MAP), Some(below)) => {
                let map = self.read_map_value(below, budget)?;
                push(elements, map, Term::Map);
            }
            (Some(tag::LIST), Some(below)) => match self.read_cells(below, budget)? {
                (cells, None) => push(elements, cells.into(), Term::List),
                (cells, Some(tail)) => elements.push(ImproperList::term(cells, tail)),
            },
            (Some(tag::ATOM_CACHE_REF), _) => {
                let atom = self.read_atom()?;
                push(elements, atom, Term::Atom);
            }
            (Some(tag::BINARY), _) => {
                let binary = self.read_binary_value()?;
                push(elements, binary, Term::Binary);
            }
            _ => elements.push(self.read_level(levels, budget)?),
        }
        Ok(())
    }

    fn read_small_tuple(&mut self, levels: u8, budget: &mut usize) -> Result<Tuple, DecodeError> {
        self.byte()?;
        let arity = self.byte()?.into();
        self.charge(arity, 1, budget)?;
        let mut elements = Vec::with_capacity(arity);
        self.read_elements(arity, &mut elements, levels, budget)?;
        Ok(elements.into())
    }

    fn read_map_value(&mut self, levels: u8, budget: &mut usize) -> Result<Map, DecodeError> {
        self.byte()?;
        let count = self.read_count(2, budget)?;
        let mut pairs = Vec::with_capacity(count);
        for _ in 0..count {
            self.arrived(2);
            self.read_pair(&mut pairs, levels, budget)?;
        }
        Map::from_distinct(pairs).map_err(|error| error.at(self.position(), None))
    }

    #[inline]
    fn read_pair(
        &mut self,
        pairs: &mut Vec<(Term, Term)>,
        levels: u8,
        budget: &mut usize,
    ) -> Result<(), DecodeError> {
        let Some((key, rest)) = Frequent::read(self.reader.rest()) else {
            let key = self.read_level(levels, budget)?;
            pairs.push((key, self.read_frequent(levels, budget)?));
            return Ok(());
        };
        if let Some((value, rest)) = Frequent::read(rest) {
            self.reader.advance_to(rest);
            pairs.push((key.placeholder(), value.placeholder()));
            if let Some((key_slot, value_slot)) = pairs.last_mut() {
                key.settle(key_slot);
                value.settle(value_slot);
            }
            return Ok(());
        }
        self.reader.advance_to(rest);
        let value = self.read_level(levels, budget)?;
        pairs.push((key.placeholder(), value));
        if let Some((slot, _)) = pairs.last_mut() {
            key.settle(slot);
        }
        Ok(())
    }

    /// Reads a list: its elements, and its tail unless that is `[]`.
    fn read_cells(
        &mut self,
        levels: u8,
        budget: &mut usize,
    ) -> Result<(Vec<Term>, Option<Term>), DecodeError> {
        self.byte()?;
        let mut count = self.read_count(1, budget)?;
        let mut elements = Vec::with_capacity(count);
        loop {
            self.read_elements(count, &mut elements, levels, budget)?;
            match self.reader.peek() {
                Some(tag::NIL) => {
                    self.byte()?;
                    return Ok((elements, None));
                }
                // The tail of a list that is a list itself continues it; a million of them are still one list.
                Some(tag::LIST) => {
                    self.byte()?;
                    count = self.read_count(1, budget)?;
                    elements.reserve(self.reservation::<Term>(count));
                }
                _ => {
                    let tail = self.read_frequent(levels, budget)?;
                    return Ok((elements, Some(tail)));
                }
            }
        }
    }

    fn read_elements(
        &mut self,
        count: usize,
        elements: &mut Vec<Term>,
        levels: u8,
        budget: &mut usize,
    ) -> Result<(), DecodeError> {
        let mut missing = count;
        loop {
            let (mut rest, before) = (self.reader.rest(), missing);
            while missing > 0
                && let Some((term, after)) = Frequent::read(rest)
            {
                term.push_to(elements);
                rest = after;
                missing -= 1;
            }
            self.reader.advance_to(rest);
            self.arrived(before - missing);
            let Some(after) = missing.checked_sub(1) else {
                return Ok(());
            };
            missing = after;
            self.arrived(1);
            self.read_into(elements, levels, budget)?;
        }
    }

    #[inline(always)]
    fn read_frequent(&mut self, levels: u8, budget: &mut usize) -> Result<Term, DecodeError> {
        match Frequent::read(self.reader.rest()) {
            Some((term, rest)) => {
                self.reader.advance_to(rest);
                Ok(term.into_term())
            }
            None => self.read_level(levels, budget),
        }
    }

    /// Reads a term of any depth without recursion.
    fn read_deep(&mut self, budget: &mut usize) -> Result<Term, DecodeError> {
        let mut top = match self.read_node(budget)? {
            Node::Leaf(term) => return Ok(term),
            Node::Open(frame) => frame,
        };
        let mut outer = Vec::new();
        loop {
            if let Some(inner) = self.fill(&mut top, budget)? {
                outer.push(mem::replace(&mut top, inner));
                continue;
            }
            let Some(parent) = outer.pop() else {
                return self.finish_frame(top);
            };
            let finished = mem::replace(&mut top, parent);
            top.push(self.finish_frame(finished)?);
        }
    }

    fn finish_frame(&self, frame: Frame) -> Result<Term, DecodeError> {
        frame
            .finish()
            .map_err(|error| error.at(self.position(), None))
    }

    /// Reads children of `frame` until it is complete, or until one of them is a container: that one is returned.
    fn fill(
        &mut self,
        frame: &mut Frame,
        budget: &mut usize,
    ) -> Result<Option<Frame>, DecodeError> {
        loop {
            while frame.missing() > 0 {
                self.arrived(1);
                match self.read_node(budget)? {
                    Node::Leaf(child) => frame.push(child),
                    Node::Open(inner) => return Ok(Some(inner)),
                }
            }
            let Frame::List(elements, missing) = frame else {
                return Ok(None);
            };
            match self.reader.peek() {
                Some(tag::NIL) => return self.byte().map(|_| None),
                // The tail of a list that is a list itself continues it; a million of them are still one list.
                Some(tag::STRING) => {
                    let bytes = self.read_string(budget)?;
                    elements.extend(bytes.iter().copied().map(Term::from));
                    return Ok(None);
                }
                Some(tag::LIST) => {
                    self.byte()?;
                    *missing = self.read_count(1, budget)?;
                    elements.reserve(self.reservation::<Term>(*missing));
                }
                _ => *frame = Frame::Tail(mem::take(elements), 1),
            }
        }
    }

    /// Reads a leaf, or the header of a container.
    fn read_node(&mut self, budget: &mut usize) -> Result<Node, DecodeError> {
        match self.reader.peek() {
            Some(
                tag @ (tag::SMALL_TUPLE | tag::LARGE_TUPLE | tag::LIST | tag::MAP | tag::RECORD),
            ) => self.read_container(tag, budget),
            _ => self.read_leaf(budget).map(Node::Leaf),
        }
    }

    fn read_leaf(&mut self, budget: &mut usize) -> Result<Term, DecodeError> {
        let Some(tag) = self.reader.peek() else {
            return Err(self.no_term());
        };
        match tag {
            tag::BINARY => self.read_binary_value().map(Term::Binary),
            tag::NIL => self.byte().map(|_| Term::NIL),
            tag::SMALL_INTEGER | tag::INTEGER | tag::SMALL_BIG | tag::LARGE_BIG => {
                Ok(match self.read_any_integer()? {
                    Ok(value) => Term::Integer(value),
                    Err(value) => Term::BigInteger(Box::new(value)),
                })
            }
            tag::SMALL_ATOM_UTF8
            | tag::ATOM_UTF8
            | tag::SMALL_ATOM
            | tag::ATOM
            | tag::ATOM_CACHE_REF => self.read_atom().map(Term::Atom),
            tag::STRING => {
                let bytes = self.read_string(budget)?;
                Ok(Term::List(bytes.iter().copied().map(Term::from).collect()))
            }
            tag::NEW_FLOAT | tag::FLOAT => self.read_float().map(Term::Float),
            tag::NEW_PID | tag::PID => self.read_pid().map(Term::from),
            _ => self.read_other_leaf(tag, budget),
        }
    }

    fn read_other_leaf(&mut self, tag: u8, budget: &mut usize) -> Result<Term, DecodeError> {
        Ok(match Kind::of_tag(tag) {
            Some(Kind::Reference) => Term::Reference(Box::new(self.read_reference()?)),
            Some(Kind::Port) => Term::Port(Box::new(self.read_port()?)),
            Some(Kind::Fun) => Term::Fun(self.read_fun_within(budget)?),
            Some(Kind::BitString) => {
                let (bytes, bits) = self.read_bits()?;
                let bytes = self.share(bytes);
                match BitString::new(bytes.clone(), bits) {
                    Some(bit_string) => Term::BitString(Box::new(bit_string)),
                    None => Term::Binary(bytes.into()),
                }
            }
            _ => return Err(self.no_term()),
        })
    }

    fn read_container(&mut self, tag: u8, budget: &mut usize) -> Result<Node, DecodeError> {
        self.byte()?;
        match tag {
            tag::SMALL_TUPLE | tag::LARGE_TUPLE => {
                let announced = if tag == tag::SMALL_TUPLE {
                    self.byte()?.into()
                } else {
                    self.length()?
                };
                let arity = self.charge(announced, 1, budget)?;
                if arity == 0 {
                    return Ok(Node::Leaf(Term::Tuple(Tuple::EMPTY)));
                }
                Ok(Node::Open(Frame::Tuple(Vec::with_capacity(arity), arity)))
            }
            tag::LIST => {
                let count = self.read_count(1, budget)?;
                Ok(Node::Open(Frame::List(Vec::with_capacity(count), count)))
            }
            tag::MAP => match self.read_count(2, budget)? {
                0 => Ok(Node::Leaf(Term::Map(Map::EMPTY))),
                count => Ok(Node::Open(Frame::Map(
                    None,
                    Vec::with_capacity(count),
                    count.saturating_mul(2),
                ))),
            },
            _ => self.read_record(budget),
        }
    }

    fn read_record(&mut self, budget: &mut usize) -> Result<Node, DecodeError> {
        let count = self.length()?;
        let exported = self.record_flag()?;
        let module = self.read_atom()?;
        let name = self.read_atom()?;
        // A name and a value for each.
        let count = self.charge(count, 2, budget)?;
        let mut fields = Vec::with_capacity(count);
        for _ in 0..count {
            self.arrived(1);
            fields.push(self.read_atom()?);
        }
        if has_duplicate(&fields) {
            return Err(self.malformed("a native record has a field twice"));
        }
        let kind = Box::new(RecordType {
            module,
            name,
            fields,
            exported,
        });
        Ok(Node::Open(Frame::Record(
            kind,
            Vec::with_capacity(count),
            count,
        )))
    }

    fn read_string(&mut self, budget: &mut usize) -> Result<&'de [u8], DecodeError> {
        match self.read_list()? {
            ListHeader::String(bytes) => {
                self.spend(bytes.len(), budget)?;
                Ok(bytes)
            }
            ListHeader::Elements(_) => Err(self.no_term()),
        }
    }

    /// A count of four bytes, of children that come in groups of `group`.
    #[inline]
    fn read_count(&mut self, group: usize, budget: &mut usize) -> Result<usize, DecodeError> {
        let count = self.word().map(to_usize)?;
        self.charge(count, group, budget)
    }

    /// Announces `count` groups of children, so that memory for all of them may be reserved.
    #[inline]
    fn charge(
        &mut self,
        count: usize,
        group: usize,
        budget: &mut usize,
    ) -> Result<usize, DecodeError> {
        let children = count.saturating_mul(group);
        self.announce(children)?;
        self.spend(children, budget)?;
        Ok(count)
    }

    #[inline]
    fn spend(&self, children: usize, budget: &mut usize) -> Result<(), DecodeError> {
        let price = children
            .saturating_mul(size_of::<Term>())
            .saturating_add(CONTAINER_BYTES);
        match budget.checked_sub(price) {
            Some(left) => {
                *budget = left;
                Ok(())
            }
            None => {
                let max = self.limits.term_bytes_max;
                let value = (max - *budget).saturating_add(price);
                Err(self.limit("term_bytes_max", max, value))
            }
        }
    }
}

/// Appends a term and makes it where it stays: `Vec::push` would make it first, in memory, and then copy it.
#[inline(always)]
fn push<T>(elements: &mut Vec<Term>, from: T, make: impl FnMut(T) -> Term) {
    elements.extend(iter::once(from).map(make));
}

/// Whether a name is there twice.
fn has_duplicate(names: &[Atom]) -> bool {
    let mut sorted: Vec<&Atom> = names.iter().collect();
    sorted.sort_unstable();
    sorted
        .windows(2)
        .any(|pair| matches!(pair, [a, b] if a == b))
}
