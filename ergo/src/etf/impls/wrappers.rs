//! References and smart pointers: the term of what they point to.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use super::super::{Decode, DecodeError, Decoder, Encode, EncodeError, Encoder};

macro_rules! encode_target {
    ($($generics:tt)*) => {
        impl $($generics)* {
            const NIL: bool = T::NIL;
            const UNIT: bool = T::UNIT;

            #[inline]
            fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
                (**self).encode(encoder)
            }
        }
    };
}

encode_target!(<T: Encode + ?Sized> Encode for &T);
encode_target!(<T: Encode + ?Sized> Encode for Box<T>);
encode_target!(<T: Encode + ?Sized> Encode for Arc<T>);
encode_target!(<T: Encode + ?Sized> Encode for Rc<T>);
encode_target!(<T: Encode + ToOwned + ?Sized> Encode for Cow<'_, T>);

macro_rules! decode_target {
    ($($pointer:ident),*) => {$(
        impl<'de, T: Decode<'de>> Decode<'de> for $pointer<T> {
            #[inline]
            fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
                // A type may contain itself through a pointer only, so this bounds how deep values nest.
                decoder.nested(T::decode).map($pointer::new)
            }

            #[inline]
            fn missing() -> Option<Self> {
                T::missing().map($pointer::new)
            }

            #[inline]
            fn unit() -> Option<Self> {
                T::unit().map($pointer::new)
            }
        }

        impl<'de> Decode<'de> for $pointer<str> {
            #[inline]
            fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
                decoder.read_text().map($pointer::from)
            }
        }

        impl<'de, T: Decode<'de>> Decode<'de> for $pointer<[T]> {
            #[inline]
            fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
                T::decode_list(decoder).map($pointer::from)
            }
        }
    )*};
}

decode_target!(Box, Arc, Rc);
