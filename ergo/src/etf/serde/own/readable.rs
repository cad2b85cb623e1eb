//! What each type is in a format for people to read.

use serde::ser::Error as _;
use serde::{Serialize, Serializer};

use super::super::super::{
    Atom, BitString, CharList, Encoded, Fun, ImproperList, List, Map, Pid, Port, Record, Reference,
    Term, Tuple,
};
use super::foreign::{AsData, elements_data, map_data, record_data};
use super::types::OwnType;
use super::{Own, pid_text, port_text, reference_text, text};

impl OwnType for Term {
    const OWN: Own = Own::Term;
    const EXPECTED: &'static str = "anything";

    fn serialize_readable<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        AsData::new(self).serialize(serializer)
    }

    fn from_readable(term: Term) -> Option<Term> {
        Some(term)
    }
}

impl OwnType for Encoded {
    const OWN: Own = Own::Encoded;
    const EXPECTED: &'static str = "anything that a term can be";

    fn serialize_readable<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let term = self.to_term().map_err(S::Error::custom)?;
        AsData::new(&term).serialize(serializer)
    }

    fn from_readable(term: Term) -> Option<Encoded> {
        Encoded::new(&term).ok()
    }
}

impl OwnType for Atom {
    const OWN: Own = Own::Atom;
    const EXPECTED: &'static str = "the text of an atom";
    const TEXT: bool = true;

    fn serialize_readable<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }

    fn from_readable(term: Term) -> Option<Atom> {
        match term {
            Term::Atom(atom) => Some(atom),
            text => Atom::new(text.as_str()?).ok(),
        }
    }
}

impl OwnType for CharList {
    const OWN: Own = Own::CharList;
    const EXPECTED: &'static str = "text";
    const TEXT: bool = true;

    fn serialize_readable<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }

    /// Text, or the code points that serde keeps of a list.
    fn from_readable(term: Term) -> Option<CharList> {
        if let Some(text) = term.as_str() {
            return Some(CharList::from(text));
        }
        let code_point = |element: &Term| char::from_u32(element.as_integer()?.try_into().ok()?);
        term.as_list()?
            .iter()
            .map(code_point)
            .collect::<Option<String>>()
            .map(CharList)
    }
}

macro_rules! identifiers {
    ($($ty:ident: $write:expr, $parse:expr, $expected:literal;)*) => {$(
        impl OwnType for $ty {
            const OWN: Own = Own::$ty;
            const EXPECTED: &'static str = $expected;

            fn serialize_readable<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&$write(self))
            }

            fn from_readable(term: Term) -> Option<$ty> {
                $parse(term.as_str()?)
            }
        }
    )*};
}

identifiers! {
    Pid: pid_text, text::parse_pid, "the text of a pid, as <shop@localhost.95.0>/7";
    Port: port_text, text::parse_port, "the text of a port, as #Port<shop@localhost.5>/7";
    Reference: reference_text, text::parse_reference,
        "the text of a reference, as #Ref<shop@localhost.3.2.1>/7";
}

impl OwnType for Fun {
    const OWN: Own = Own::Fun;
    const EXPECTED: &'static str = "a fun, which only a term can hold";

    fn serialize_readable<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }

    fn from_readable(_: Term) -> Option<Fun> {
        None
    }
}

impl OwnType for BitString {
    const OWN: Own = Own::BitString;
    const EXPECTED: &'static str = "the bytes of a bit string and the bits of the last one";

    fn serialize_readable<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.bytes(), self.tail_bits()).serialize(serializer)
    }

    fn from_readable(term: Term) -> Option<BitString> {
        let [bytes, tail_bits] = term.as_list()? else {
            return None;
        };
        let tail_bits = tail_bits.as_integer()?.try_into().ok()?;
        if let Some(bytes) = bytes.as_binary() {
            return BitString::new(bytes.clone().into(), tail_bits);
        }
        let byte = |element: &Term| u8::try_from(element.as_integer()?).ok();
        let bytes = bytes
            .as_list()?
            .iter()
            .map(byte)
            .collect::<Option<Vec<u8>>>()?;
        BitString::new(bytes.into(), tail_bits)
    }
}

impl OwnType for Tuple {
    const OWN: Own = Own::Tuple;
    const EXPECTED: &'static str = "a sequence";

    fn serialize_readable<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        elements_data(self, serializer)
    }

    fn from_readable(term: Term) -> Option<Tuple> {
        Some(term.as_list()?.iter().cloned().collect())
    }
}

impl OwnType for List {
    const OWN: Own = Own::List;
    const EXPECTED: &'static str = "a sequence";

    fn serialize_readable<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        elements_data(self, serializer)
    }

    fn from_readable(term: Term) -> Option<List> {
        match term {
            Term::List(list) => Some(list),
            _ => None,
        }
    }
}

impl OwnType for Map {
    const OWN: Own = Own::Map;
    const EXPECTED: &'static str = "a map";

    fn serialize_readable<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        map_data(self, serializer)
    }

    fn from_readable(term: Term) -> Option<Map> {
        match term {
            Term::Map(map) => Some(map),
            _ => None,
        }
    }
}

impl OwnType for ImproperList {
    const OWN: Own = Own::ImproperList;
    const EXPECTED: &'static str = "an improper list, which only a term can hold";

    /// The elements and the tail, one after the other.
    fn serialize_readable<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        super::foreign::improper_data(self, serializer)
    }

    fn from_readable(_: Term) -> Option<ImproperList> {
        None
    }
}

impl OwnType for Record {
    const OWN: Own = Own::Record;
    const EXPECTED: &'static str = "a native record, which only a term can hold";

    /// A map of the fields.
    fn serialize_readable<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        record_data(self, serializer)
    }

    fn from_readable(_: Term) -> Option<Record> {
        None
    }
}
