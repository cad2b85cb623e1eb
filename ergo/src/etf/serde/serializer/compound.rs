//! The content of containers. Counts are those of what was written, not of what was announced.

use std::any::type_name;
use std::ops::Range;

use serde::Serialize;
use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStructVariant, SerializeTuple, SerializeTupleStruct,
    SerializeTupleVariant,
};

use super::super::super::{Decoder, EncodeError, LengthOf, tag};
use super::super::own::Own;
use super::raw::RawWriter;
use super::value::Writer;

/// A list.
pub(in super::super) struct Elements<'w, 'e, 'b> {
    writer: &'w mut Writer<'e, 'b>,
    start: usize,
    count: usize,
}

impl<'w, 'e, 'b> Elements<'w, 'e, 'b> {
    pub(super) fn new(writer: &'w mut Writer<'e, 'b>) -> Elements<'w, 'e, 'b> {
        let start = writer.open(tag::LIST);
        Elements {
            writer,
            start,
            count: 0,
        }
    }
}

impl SerializeSeq for Elements<'_, '_, '_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        self.count = self.count.saturating_add(1);
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), EncodeError> {
        let Elements {
            writer,
            start,
            count,
        } = self;
        if count == 0 {
            writer.truncate(start);
        } else {
            writer.set_count(start, count, LengthOf::List)?;
        }
        writer.encoder.end_list(start, count);
        Ok(())
    }
}

/// A tuple, whose header has the number of elements that was announced.
pub(in super::super) struct Slots<'w, 'e, 'b> {
    writer: &'w mut Writer<'e, 'b>,
    announced: usize,
    count: usize,
}

impl<'w, 'e, 'b> Slots<'w, 'e, 'b> {
    /// Writes the header, and the name of a variant as the first element.
    pub(super) fn new(
        writer: &'w mut Writer<'e, 'b>,
        name: Option<&str>,
        len: usize,
    ) -> Result<Slots<'w, 'e, 'b>, EncodeError> {
        let arity = len.saturating_add(usize::from(name.is_some()));
        writer.encoder.write_tuple(arity)?;
        if let Some(name) = name {
            writer.encoder.write_atom(name)?;
        }
        Ok(Slots {
            writer,
            announced: len,
            count: 0,
        })
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        self.count = self.count.saturating_add(1);
        value.serialize(&mut *self.writer)
    }

    fn finish(self) -> Result<(), EncodeError> {
        if self.count == self.announced {
            return Ok(());
        }
        let (announced, count) = (self.announced, self.count);
        Err(EncodeError::custom(format_args!(
            "a tuple of {announced} was given {count} elements"
        )))
    }
}

macro_rules! tuples {
    ($($serialize:ident: $method:ident;)*) => {$(
        impl $serialize for Slots<'_, '_, '_> {
            type Ok = ();
            type Error = EncodeError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
                self.element(value)
            }

            fn end(self) -> Result<(), EncodeError> {
                self.finish()
            }
        }
    )*};
}

tuples! {
    SerializeTuple: serialize_element;
    SerializeTupleStruct: serialize_field;
    SerializeTupleVariant: serialize_field;
}

/// The map of a struct.
pub(in super::super) struct Fields<'w, 'e, 'b> {
    pub(super) writer: &'w mut Writer<'e, 'b>,
    pub(super) start: usize,
    count: usize,
}

impl<'w, 'e, 'b> Fields<'w, 'e, 'b> {
    pub(super) fn new(writer: &'w mut Writer<'e, 'b>) -> Fields<'w, 'e, 'b> {
        let start = writer.open(tag::MAP);
        Fields {
            writer,
            start,
            count: 0,
        }
    }

    pub(super) fn field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        self.writer.encoder.write_atom(key)?;
        self.value(value)
    }

    /// Writes the value of a key that has been written.
    pub(super) fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        self.count = self.count.saturating_add(1);
        value.serialize(&mut *self.writer)
    }

    pub(super) fn finish(self) -> Result<(), EncodeError> {
        self.writer.set_count(self.start, self.count, LengthOf::Map)
    }
}

impl SerializeStructVariant for Fields<'_, '_, '_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        self.field(key, value)
    }

    fn end(self) -> Result<(), EncodeError> {
        self.finish()
    }
}

/// A map.
pub(in super::super) struct Pairs<'w, 'e, 'b> {
    writer: &'w mut Writer<'e, 'b>,
    start: usize,
    count: usize,
    /// Where the keys are, of a map that did not say how many it has. That is how serde flattens a struct, and then
    /// nothing but a look at the keys tells whether one is there twice.
    keys: Option<Vec<Range<usize>>>,
}

impl<'w, 'e, 'b> Pairs<'w, 'e, 'b> {
    pub(super) fn new(writer: &'w mut Writer<'e, 'b>, counted: bool) -> Pairs<'w, 'e, 'b> {
        let start = writer.open(tag::MAP);
        Pairs {
            writer,
            start,
            count: 0,
            keys: (!counted).then(Vec::new),
        }
    }

    /// Refuses a key that is there twice.
    fn check_keys(&mut self) -> Result<(), EncodeError> {
        let bytes: &[u8] = self.writer.encoder.buffer();
        let mut keys: Vec<&[u8]> = self
            .keys
            .iter()
            .flatten()
            .filter_map(|range| bytes.get(range.clone()))
            .collect();
        keys.sort_unstable();
        match keys
            .windows(2)
            .find(|pair| matches!(pair, [a, b] if a == b))
        {
            Some([key, ..]) => Err(EncodeError::custom(
                Decoder::new(key).duplicate_key().kind(),
            )),
            _ => Ok(()),
        }
    }
}

impl SerializeMap for Pairs<'_, '_, '_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), EncodeError> {
        self.count = self.count.saturating_add(1);
        let start = self.writer.position();
        // serde passes the fields of a flattened struct as text, and only they are a `str` itself: a map has keys of
        // type `String` or `&str`.
        if self.keys.is_some() && type_name::<T>() == type_name::<str>() {
            key.serialize(RawWriter::new(self.writer.encoder, Own::Atom))?;
        } else {
            key.serialize(&mut *self.writer)?;
        }
        let end = self.writer.position();
        if let Some(keys) = &mut self.keys {
            keys.push(start..end);
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        value.serialize(&mut *self.writer)
    }

    fn end(mut self) -> Result<(), EncodeError> {
        self.check_keys()?;
        self.writer.set_count(self.start, self.count, LengthOf::Map)
    }
}
