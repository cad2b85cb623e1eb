//! Which types know the serializer of terms.

use super::super::super::{
    BigInt, BitString, CharList, Decode, DecodeError, Decoder, EncodeError, Encoded, Encoder, Fun,
    ImproperList, List, Map, Pid, Port, Record, Reference, Term, Tuple,
};
use super::text;

macro_rules! own {
    ($($kind:ident: $name:literal, $ty:ty;)*) => {
        /// A type that is itself in a term. It tells the serializer and the deserializer by the name of a newtype,
        /// which other formats ignore.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(in super::super) enum Own {
            $(
                #[doc = concat!("`", $name, "`.")]
                $kind,
            )*
        }

        impl Own {
            /// The name of the newtype.
            pub(super) const fn newtype_name(self) -> &'static str {
                match self {
                    $(Own::$kind => concat!("$ergo::etf::", $name),)*
                }
            }

            /// The name of the type, for errors.
            pub(in super::super) const fn type_name(self) -> &'static str {
                match self {
                    $(Own::$kind => $name,)*
                }
            }

            fn all() -> impl Iterator<Item = Own> {
                [$(Own::$kind),*].into_iter()
            }

            /// The error of the next term, if it is none of the type.
            #[cold]
            pub(in super::super) fn error(self, decoder: &mut Decoder<'_>) -> Option<DecodeError> {
                match self {
                    $(Own::$kind => <$ty as Decode<'_>>::decode(decoder).err(),)*
                }
            }
        }
    };
}

own! {
    Atom: "Atom", super::super::super::Atom;
    BigInteger: "BigInt", BigInt;
    BitString: "BitString", BitString;
    CharList: "CharList", CharList;
    Encoded: "Encoded", Encoded;
    Fun: "Fun", Fun;
    ImproperList: "ImproperList", ImproperList;
    List: "List", List;
    Map: "Map", Map;
    Pid: "Pid", Pid;
    Port: "Port", Port;
    Record: "Record", Record;
    Reference: "Reference", Reference;
    Term: "Term", Term;
    Tuple: "Tuple", Tuple;
}

impl Own {
    /// The type that the name of a newtype stands for.
    #[inline]
    pub(in super::super) fn named(newtype: &str) -> Option<Own> {
        newtype
            .strip_prefix("$ergo::etf::")
            .and_then(|name| Own::all().find(|own| own.type_name() == name))
    }

    /// Writes the value that a text stands for; `None` for a type that is no text, and a text that is no value.
    pub(in super::super) fn write_text(
        self,
        text: &str,
        encoder: &mut Encoder<'_>,
    ) -> Option<Result<(), EncodeError>> {
        Some(match self {
            Own::Atom => encoder.write_atom(text),
            Own::CharList => encoder.write_charlist(text),
            Own::Pid => encoder.write_pid(&text::parse_pid(text)?),
            Own::Port => encoder.write_port(&text::parse_port(text)?),
            Own::Reference => encoder.write_reference(&text::parse_reference(text)?),
            _ => return None,
        })
    }
}
