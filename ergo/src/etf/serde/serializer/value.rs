//! Values, and the start of containers.

use serde::{Serialize, Serializer};

use super::super::super::{EncodeError, Encoder, LengthOf};
use super::super::names::{snake_case, variant_atom};
use super::super::own::Own;
use super::compound::{Elements, Fields, Pairs, Slots};
use super::raw::RawWriter;
use super::time::{TimeFields, TimeType};

/// Where the atom that also means `None` has been written as a whole value.
#[derive(Clone, Copy)]
struct Nil {
    start: usize,
    /// Whether the value is `()`, whose `Ok` is the atom `ok`.
    unit: bool,
}

/// A serializer over an encoder.
pub(in super::super) struct Writer<'e, 'b> {
    pub(super) encoder: &'e mut Encoder<'b>,
    nil: Option<Nil>,
}

impl<'e, 'b> Writer<'e, 'b> {
    pub(in super::super) fn new(encoder: &'e mut Encoder<'b>) -> Writer<'e, 'b> {
        Writer { encoder, nil: None }
    }

    /// How many bytes there are.
    pub(super) fn position(&mut self) -> usize {
        self.encoder.buffer().len()
    }

    /// Takes back what has been written from `start` on.
    pub(super) fn truncate(&mut self, start: usize) {
        self.encoder.buffer().truncate(start);
        self.nil = None;
    }

    /// Writes an atom that is a whole value.
    fn write_name(&mut self, text: &str) -> Result<(), EncodeError> {
        if matches!(text, "nil" | "undefined") {
            let start = self.position();
            self.nil = Some(Nil { start, unit: false });
        }
        self.encoder.write_atom(text)
    }

    fn write_nil_atom(&mut self, unit: bool) {
        let start = self.position();
        self.nil = Some(Nil { start, unit });
        self.encoder.write_known_atom("nil", b"\x77\x03nil");
    }

    /// Writes a tag and room for a count of four bytes; returns where it begins.
    pub(super) fn open(&mut self, tag: u8) -> usize {
        let start = self.position();
        self.encoder.buffer().extend_from_slice(&[tag, 0, 0, 0, 0]);
        start
    }

    /// Sets the count of what began at `start`.
    pub(super) fn set_count(
        &mut self,
        start: usize,
        count: usize,
        what: LengthOf,
    ) -> Result<(), EncodeError> {
        let length = u32::try_from(count).map_err(|_| EncodeError::TooLong {
            what,
            length: count,
        })?;
        let slot = self
            .encoder
            .buffer()
            .get_mut(start.saturating_add(1)..)
            .and_then(<[u8]>::first_chunk_mut);
        if let Some(slot) = slot {
            *slot = length.to_be_bytes();
        }
        Ok(())
    }

    /// Whether the value that began at `start` is `()`.
    fn is_unit_since(&self, start: usize) -> bool {
        matches!(self.nil, Some(nil) if nil.start == start && nil.unit)
    }
}

macro_rules! integers {
    ($($method:ident: $integer:ty, $via:ty, $write:ident;)*) => {$(
        #[inline]
        fn $method(self, value: $integer) -> Result<(), EncodeError> {
            self.encoder.$write(<$via>::from(value))
        }
    )*};
}

impl<'w, 'e, 'b> Serializer for &'w mut Writer<'e, 'b> {
    type Ok = ();
    type Error = EncodeError;
    type SerializeSeq = Elements<'w, 'e, 'b>;
    type SerializeTuple = Slots<'w, 'e, 'b>;
    type SerializeTupleStruct = Slots<'w, 'e, 'b>;
    type SerializeTupleVariant = Slots<'w, 'e, 'b>;
    type SerializeMap = Pairs<'w, 'e, 'b>;
    type SerializeStruct = TimeFields<'w, 'e, 'b>;
    type SerializeStructVariant = Fields<'w, 'e, 'b>;

    integers! {
        serialize_i8: i8, i64, write_i64;
        serialize_i16: i16, i64, write_i64;
        serialize_i32: i32, i64, write_i64;
        serialize_i64: i64, i64, write_i64;
        serialize_i128: i128, i128, write_i128;
        serialize_u8: u8, i64, write_i64;
        serialize_u16: u16, i64, write_i64;
        serialize_u32: u32, i64, write_i64;
        serialize_u64: u64, u64, write_u64;
        serialize_u128: u128, u128, write_u128;
        serialize_f32: f32, f64, write_f64;
        serialize_f64: f64, f64, write_f64;
        serialize_bool: bool, bool, write_bool;
    }

    /// The code point.
    fn serialize_char(self, value: char) -> Result<(), EncodeError> {
        self.encoder.write_i64(u32::from(value).into())
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Result<(), EncodeError> {
        self.encoder.write_str(value)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), EncodeError> {
        self.encoder.write_binary(value)
    }

    fn serialize_none(self) -> Result<(), EncodeError> {
        self.write_nil_atom(false);
        Ok(())
    }

    /// The value itself, unless that would be read as `None`.
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), EncodeError> {
        let start = self.position();
        value.serialize(&mut *self)?;
        match self.nil {
            Some(nil) if nil.start == start => Err(EncodeError::custom(
                "`Some` of a value that is itself `nil` would be read as `None`",
            )),
            _ => Ok(()),
        }
    }

    fn serialize_unit(self) -> Result<(), EncodeError> {
        self.write_nil_atom(true);
        Ok(())
    }

    fn serialize_unit_struct(self, name: &'static str) -> Result<(), EncodeError> {
        self.write_name(&snake_case(name))
    }

    fn serialize_unit_variant(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), EncodeError> {
        self.write_name(&variant_atom(name, variant))
    }

    /// The value itself; the types of this crate write themselves.
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        if let Some(own) = Own::named(name) {
            return value.serialize(RawWriter::new(self.encoder, own));
        }
        let start = self.position();
        value.serialize(&mut *self)?;
        // `Ok` of a newtype around `()` is not the atom `ok`.
        if let Some(nil) = &mut self.nil {
            nil.unit &= nil.start != start;
        }
        Ok(())
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        let start = self.position();
        self.encoder.write_tuple(2)?;
        self.encoder.write_atom(&variant_atom(name, variant))?;
        let content = self.position();
        value.serialize(&mut *self)?;
        if (name, variant) == ("Result", "Ok") && self.is_unit_since(content) {
            self.truncate(start);
            self.encoder.write_known_atom("ok", b"\x77\x02ok");
        }
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, EncodeError> {
        Ok(Elements::new(self))
    }

    fn serialize_tuple(self, len: usize) -> Result<Self::SerializeTuple, EncodeError> {
        Slots::new(self, None, len)
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleStruct, EncodeError> {
        Slots::new(self, None, len)
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleVariant, EncodeError> {
        Slots::new(self, Some(&variant_atom(name, variant)), len)
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Self::SerializeMap, EncodeError> {
        Ok(Pairs::new(self, len.is_some()))
    }

    fn serialize_struct(
        self,
        name: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStruct, EncodeError> {
        let time = TimeType::named(name);
        Ok(TimeFields::new(Fields::new(self), time))
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, EncodeError> {
        self.encoder.write_tuple(2)?;
        self.encoder.write_atom(&variant_atom(name, variant))?;
        Ok(Fields::new(self))
    }
}
