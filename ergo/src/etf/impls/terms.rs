//! Terms themselves.

use super::super::{
    Atom, Binary, BitString, Decode, DecodeError, Decoder, Encode, EncodeError, Encoded, Encoder,
    Fun, ImproperList, List, Map, Pid, Port, Record, Reference, Term, Tuple,
};

macro_rules! leaves {
    ($($leaf:ty: $write:ident, $read:ident;)*) => {$(
        impl Encode for $leaf {
            #[inline]
            fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
                encoder.$write(self)
            }
        }

        impl<'de> Decode<'de> for $leaf {
            #[inline]
            fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
                decoder.$read()
            }
        }
    )*};
}

leaves! {
    Pid: write_pid, read_pid;
    Reference: write_reference, read_reference;
    Port: write_port, read_port;
    Fun: write_fun, read_fun;
    BitString: write_bit_string, read_bit_string;
    Term: write_term, read_term;
    Encoded: write_encoded, read_encoded;
}

impl Encode for Atom {
    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.put_atom(self);
        Ok(())
    }
}

impl<'de> Decode<'de> for Atom {
    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        decoder.read_atom()
    }
}

impl Encode for Binary {
    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_binary_value(self)
    }
}

impl<'de> Decode<'de> for Binary {
    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        decoder.read_binary_value()
    }
}

macro_rules! containers {
    ($($container:ident: $write:ident, $expected:literal;)*) => {$(
        impl Encode for $container {
            fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
                encoder.$write(self)
            }
        }

        impl<'de> Decode<'de> for $container {
            fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
                let before = decoder.clone();
                match decoder.read_term()? {
                    Term::$container(container) => Ok(container),
                    _ => Err(before.unexpected($expected)),
                }
            }
        }
    )*};
}

containers! {
    Tuple: write_tuple_term, "a tuple";
    List: write_list_term, "a proper list";
    ImproperList: write_improper_list, "an improper list";
    Map: write_map_term, "a map";
    Record: write_record, "a native record";
}
