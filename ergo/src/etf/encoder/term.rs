//! Writing any term, with a stack of its own instead of recursion.

use super::super::term::Children;
use super::super::{EncodeError, ImproperList, LengthOf, List, Map, Record, Term, Tuple, tag};
use super::Encoder;
use super::basic::STRING_BYTES_MAX;

/// A container whose header has been written.
struct Open<'a> {
    children: Children<'a>,
    /// Whether `[]` comes after the children.
    proper_list: bool,
}

/// Levels that are written by recursion, which is faster; what is deeper has a stack of its own.
const RECURSION_MAX: u8 = 16;

impl Encoder<'_> {
    /// Writes any term, of any depth.
    ///
    /// # Errors
    /// A float that is not finite, and a length of 2^32 or more.
    pub fn write_term(&mut self, term: &Term) -> Result<(), EncodeError> {
        let open = self.write_node(term)?;
        self.write_rest(open)
    }

    pub(crate) fn write_tuple_term(&mut self, tuple: &Tuple) -> Result<(), EncodeError> {
        let open = self.open_tuple(tuple)?;
        self.write_rest(open)
    }

    pub(crate) fn write_list_term(&mut self, list: &List) -> Result<(), EncodeError> {
        let open = self.open_list(list)?;
        self.write_rest(open)
    }

    pub(crate) fn write_improper_list(&mut self, list: &ImproperList) -> Result<(), EncodeError> {
        let open = self.open_improper_list(list)?;
        self.write_rest(open)
    }

    pub(crate) fn write_map_term(&mut self, map: &Map) -> Result<(), EncodeError> {
        let open = self.open_map(map)?;
        self.write_rest(open)
    }

    pub(crate) fn write_record(&mut self, record: &Record) -> Result<(), EncodeError> {
        let open = self.open_record(record)?;
        self.write_rest(open)
    }

    /// Writes what follows a header.
    #[inline]
    fn write_rest(&mut self, open: Option<Open<'_>>) -> Result<(), EncodeError> {
        match open {
            Some(open) => self.write_children(open, RECURSION_MAX),
            None => Ok(()),
        }
    }

    /// Writes the children of a container, of which `levels` may be written by recursion.
    fn write_children(&mut self, open: Open<'_>, levels: u8) -> Result<(), EncodeError> {
        let Some(below) = levels.checked_sub(1) else {
            return self.write_deep(open);
        };
        match open.children {
            Children::Elements(elements) => elements
                .into_iter()
                .try_for_each(|child| self.write_level(child, below))?,
            Children::Pairs(_, pairs) => {
                for (key, value) in pairs {
                    self.write_level(key, below)?;
                    self.write_level(value, below)?;
                }
            }
            cells @ Children::Cells(..) => cells
                .into_iter()
                .try_for_each(|child| self.write_level(child, below))?,
        }
        if open.proper_list {
            self.write_nil();
        }
        Ok(())
    }

    #[inline]
    fn write_level(&mut self, term: &Term, levels: u8) -> Result<(), EncodeError> {
        match term {
            Term::Integer(value) => {
                self.put_i64(*value);
                Ok(())
            }
            Term::Atom(atom) => {
                self.put_atom(atom);
                Ok(())
            }
            term => match self.write_node(term)? {
                Some(open) => self.write_children(open, levels),
                None => Ok(()),
            },
        }
    }

    /// Writes the children of a container of any depth without recursion.
    fn write_deep(&mut self, open: Open<'_>) -> Result<(), EncodeError> {
        let mut top = open;
        let mut outer = Vec::new();
        loop {
            while let Some(child) = top.children.next() {
                if let Some(inner) = self.write_node(child)? {
                    outer.push(std::mem::replace(&mut top, inner));
                }
            }
            if top.proper_list {
                self.write_nil();
            }
            match outer.pop() {
                Some(parent) => top = parent,
                None => return Ok(()),
            }
        }
    }

    /// Writes a leaf, or the header of a container, which is returned.
    #[inline]
    fn write_node<'a>(&mut self, term: &'a Term) -> Result<Option<Open<'a>>, EncodeError> {
        match term {
            Term::Integer(value) => self.write_i64(*value)?,
            Term::Atom(value) => self.put_atom(value),
            Term::Binary(bytes) => self.write_binary(bytes)?,
            Term::Float(value) => self.write_f64(*value)?,
            Term::Pid(pid) => self.write_pid(pid)?,
            Term::Reference(reference) => self.write_reference(reference)?,
            Term::BigInteger(value) => self.write_bigint(value)?,
            Term::BitString(bits) => self.write_bit_string(bits)?,
            Term::Port(port) => self.write_port(port)?,
            Term::Fun(fun) => self.write_fun(fun)?,
            Term::Tuple(tuple) => return self.open_tuple(tuple),
            Term::List(list) => return self.open_list(list),
            Term::Map(map) => return self.open_map(map),
            Term::ImproperList(list) => return self.open_improper_list(list),
            Term::Record(record) => return self.open_record(record),
        }
        Ok(None)
    }

    #[inline]
    fn open_tuple<'a>(&mut self, tuple: &'a [Term]) -> Result<Option<Open<'a>>, EncodeError> {
        self.write_tuple(tuple.len())?;
        Ok(Some(Open {
            children: Children::elements(tuple),
            proper_list: false,
        }))
    }

    #[inline]
    fn open_list<'a>(&mut self, list: &'a [Term]) -> Result<Option<Open<'a>>, EncodeError> {
        if list.is_empty() {
            self.write_nil();
            return Ok(None);
        }
        if list.len() <= STRING_BYTES_MAX && self.write_string(list) {
            return Ok(None);
        }
        self.write_list(list.len())?;
        Ok(Some(Open {
            children: Children::elements(list),
            proper_list: true,
        }))
    }

    #[inline]
    fn open_map<'a>(&mut self, map: &'a Map) -> Result<Option<Open<'a>>, EncodeError> {
        self.write_map(map.len())?;
        Ok(Some(Open {
            children: Children::pairs(map.entries()),
            proper_list: false,
        }))
    }

    fn open_improper_list<'a>(
        &mut self,
        list: &'a ImproperList,
    ) -> Result<Option<Open<'a>>, EncodeError> {
        self.write_list(list.elements().len())?;
        let children = Children::improper(list.elements(), list.tail());
        Ok(Some(Open {
            children,
            proper_list: false,
        }))
    }

    fn open_record<'a>(&mut self, record: &'a Record) -> Result<Option<Open<'a>>, EncodeError> {
        self.write_header(tag::RECORD, record.values().len(), LengthOf::Record)?;
        self.buffer.push(record.kind().flag);
        self.put_atom(record.module());
        self.put_atom(record.name());
        for field in record.fields() {
            self.put_atom(field);
        }
        Ok(Some(Open {
            children: Children::elements(record.values()),
            proper_list: false,
        }))
    }

    /// Writes a list of bytes as a string; returns false and writes nothing when it is not one.
    fn write_string(&mut self, elements: &[Term]) -> bool {
        let mark = self.buffer.len();
        let [a, b] = u16::try_from(elements.len())
            .unwrap_or_default()
            .to_be_bytes();
        self.buffer.extend_from_slice(&[tag::STRING, a, b]);
        for element in elements {
            match element {
                Term::Integer(value) if (0..=255).contains(value) => {
                    self.buffer.push(u8::try_from(*value).unwrap_or_default());
                }
                _ => {
                    self.buffer.truncate(mark);
                    return false;
                }
            }
        }
        true
    }
}
