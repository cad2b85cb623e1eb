//! Writing any term: a few levels by recursion, and what is deeper with a stack of its own.

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
        // A result that fits a register: it is checked for every element.
        self.write_level(term, RECURSION_MAX)
            .map_err(|error| *error)
    }

    pub(crate) fn write_tuple_term(&mut self, tuple: &Tuple) -> Result<(), EncodeError> {
        self.write_tuple(tuple.len())?;
        self.write_elements(tuple, RECURSION_MAX)
            .map_err(|error| *error)
    }

    pub(crate) fn write_list_term(&mut self, list: &List) -> Result<(), EncodeError> {
        if !self.open_list_header(list)? {
            return Ok(());
        }
        self.write_elements(list, RECURSION_MAX)
            .map_err(|error| *error)?;
        self.write_nil();
        Ok(())
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
            Some(open) => self.write_deep(open),
            None => Ok(()),
        }
    }

    /// Writes a term of which `levels` may be written by recursion.
    #[inline(always)]
    fn write_level(&mut self, term: &Term, levels: u8) -> Result<(), Box<EncodeError>> {
        match term {
            Term::Integer(value) => self.put_i64(*value),
            Term::Atom(atom) => self.put_atom(atom),
            term => return self.write_branch(term, levels),
        }
        Ok(())
    }

    /// The rarer kinds of terms, apart so that the loop over elements stays small.
    #[inline(never)]
    fn write_branch(&mut self, term: &Term, levels: u8) -> Result<(), Box<EncodeError>> {
        let Some(below) = levels.checked_sub(1) else {
            return self.write_other(term);
        };
        match term {
            Term::Tuple(elements) => self.write_tuple_level(elements, below),
            Term::List(elements) => self.write_list_level(elements, below),
            Term::Map(map) => self.write_map_level(map, below),
            Term::ImproperList(list) => self.write_improper_level(list, below),
            // `write_other` would do as well, but for the time to hand over what it might have opened.
            Term::Binary(bytes) => Ok(self.write_binary_value(bytes)?),
            Term::Float(value) => Ok(self.write_f64(*value)?),
            Term::Pid(pid) => Ok(self.write_pid(pid)?),
            Term::Reference(reference) => Ok(self.write_reference(reference)?),
            term => self.write_other(term),
        }
    }

    #[inline(never)]
    fn write_tuple_level(&mut self, tuple: &[Term], below: u8) -> Result<(), Box<EncodeError>> {
        self.write_tuple(tuple.len())?;
        self.write_elements(tuple, below)
    }

    #[inline(never)]
    fn write_list_level(&mut self, list: &[Term], below: u8) -> Result<(), Box<EncodeError>> {
        if !self.open_list_header(list)? {
            return Ok(());
        }
        self.write_elements(list, below)?;
        self.write_nil();
        Ok(())
    }

    #[inline(never)]
    fn write_map_level(&mut self, map: &Map, below: u8) -> Result<(), Box<EncodeError>> {
        self.write_map(map.len())?;
        for (key, value) in map.entries() {
            self.write_level(key, below)?;
            self.write_level(value, below)?;
        }
        Ok(())
    }

    #[inline(never)]
    fn write_improper_level(
        &mut self,
        list: &ImproperList,
        below: u8,
    ) -> Result<(), Box<EncodeError>> {
        self.write_list(list.elements().len())?;
        self.write_elements(list.elements(), below)?;
        self.write_level(list.tail(), below)
    }

    #[inline(always)]
    fn write_elements(&mut self, elements: &[Term], levels: u8) -> Result<(), Box<EncodeError>> {
        for element in elements {
            self.write_level(element, levels)?;
        }
        Ok(())
    }

    /// Writes a term of any kind and depth.
    #[inline(never)]
    fn write_other(&mut self, term: &Term) -> Result<(), Box<EncodeError>> {
        let open = self.write_node(term)?;
        self.write_rest(open)?;
        Ok(())
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
            Term::Binary(bytes) => self.write_binary_value(bytes)?,
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
        Ok(self.open_list_header(list)?.then(|| Open {
            children: Children::elements(list),
            proper_list: true,
        }))
    }

    /// Writes the header of a list with elements; returns false when the list is written already.
    #[inline]
    fn open_list_header(&mut self, list: &[Term]) -> Result<bool, EncodeError> {
        if list.is_empty() {
            self.write_nil();
            return Ok(false);
        }
        if list.len() <= STRING_BYTES_MAX && self.write_string(list) {
            return Ok(false);
        }
        self.write_list(list.len())?;
        Ok(true)
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
        if !self.has_records {
            return Err(EncodeError::RecordUnknown);
        }
        self.write_header(tag::RECORD, record.values().len(), LengthOf::Record)?;
        self.buffer.push(record.is_exported().into());
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
    #[inline]
    fn write_string(&mut self, elements: &[Term]) -> bool {
        // Most lists show at once that they are none.
        if let Some(first) = elements.first()
            && byte(first).is_none()
        {
            return false;
        }
        self.write_bytes(elements)
    }

    fn write_bytes(&mut self, elements: &[Term]) -> bool {
        let mark = self.buffer.len();
        let [a, b] = u16::try_from(elements.len())
            .unwrap_or_default()
            .to_be_bytes();
        self.buffer.extend_from_slice(&[tag::STRING, a, b]);
        for element in elements {
            let Some(byte) = byte(element) else {
                self.buffer.truncate(mark);
                return false;
            };
            self.buffer.push(byte);
        }
        true
    }
}

/// The value of an integer of one byte.
#[inline]
fn byte(term: &Term) -> Option<u8> {
    match term {
        Term::Integer(value) => u8::try_from(*value).ok(),
        // A small one, which only a user makes.
        Term::BigInteger(value) => u8::try_from(&**value).ok(),
        _ => None,
    }
}
