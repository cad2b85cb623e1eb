//! The types of this crate, which hand over their bytes or their text.

use serde::ser::Impossible;
use serde::{Serialize, Serializer};

use super::super::super::{EncodeError, Encoder};
use super::super::own::Own;

/// Writes the one thing that a type of this crate hands over.
pub(super) struct RawWriter<'w, 'b> {
    encoder: &'w mut Encoder<'b>,
    own: Own,
}

impl<'w, 'b> RawWriter<'w, 'b> {
    pub(super) fn new(encoder: &'w mut Encoder<'b>, own: Own) -> RawWriter<'w, 'b> {
        RawWriter { encoder, own }
    }

    /// serde has kept the value in a form that cannot hold it, as it does for some variants of enums with a tag.
    #[cold]
    fn refuse<T>(self) -> Result<T, EncodeError> {
        Err(EncodeError::custom(format_args!(
            "serde has kept a value of {} in a form that cannot hold it",
            self.own.type_name(),
        )))
    }
}

macro_rules! refuse {
    ($($method:ident($($argument:ty),*) -> $ok:ty;)*) => {$(
        fn $method(self, $(_: $argument),*) -> Result<$ok, EncodeError> {
            self.refuse()
        }
    )*};
}

type None = Impossible<(), EncodeError>;

impl Serializer for RawWriter<'_, '_> {
    type Ok = ();
    type Error = EncodeError;
    type SerializeSeq = None;
    type SerializeTuple = None;
    type SerializeTupleStruct = None;
    type SerializeTupleVariant = None;
    type SerializeMap = None;
    type SerializeStruct = None;
    type SerializeStructVariant = None;

    /// So that the value hands over its bytes.
    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_bytes(self, term: &[u8]) -> Result<(), EncodeError> {
        self.encoder.buffer().extend_from_slice(term);
        Ok(())
    }

    fn serialize_str(self, text: &str) -> Result<(), EncodeError> {
        match self.own.write_text(text, self.encoder) {
            Some(written) => written,
            None => self.refuse(),
        }
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<(), EncodeError> {
        self.refuse()
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: &T,
    ) -> Result<(), EncodeError> {
        self.refuse()
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), EncodeError> {
        self.refuse()
    }

    refuse! {
        serialize_bool(bool) -> ();
        serialize_i8(i8) -> ();
        serialize_i16(i16) -> ();
        serialize_i32(i32) -> ();
        serialize_i64(i64) -> ();
        serialize_i128(i128) -> ();
        serialize_u8(u8) -> ();
        serialize_u16(u16) -> ();
        serialize_u32(u32) -> ();
        serialize_u64(u64) -> ();
        serialize_u128(u128) -> ();
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_char(char) -> ();
        serialize_none() -> ();
        serialize_unit() -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_unit_variant(&'static str, u32, &'static str) -> ();
        serialize_seq(Option<usize>) -> None;
        serialize_tuple(usize) -> None;
        serialize_tuple_struct(&'static str, usize) -> None;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> None;
        serialize_map(Option<usize>) -> None;
        serialize_struct(&'static str, usize) -> None;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> None;
    }
}
