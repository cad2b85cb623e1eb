//! Values that are terms.

use bytes::Bytes;
use num_bigint::BigInt;

use super::super::{Atom, Binary, BitString, Export, Fun, Pid, Port, Reference};
use super::{ImproperList, List, Map, Record, Term, Tuple};

macro_rules! from_integer {
    ($($integer:ty),*) => {$(
        impl From<$integer> for Term {
            fn from(value: $integer) -> Term {
                match i64::try_from(value) {
                    Ok(value) => Term::Integer(value),
                    Err(_) => Term::BigInteger(Box::new(BigInt::from(value))),
                }
            }
        }
    )*};
}
from_integer!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i128, isize);

macro_rules! from_variant {
    ($($value:ty => $variant:ident),* $(,)?) => {$(
        impl From<$value> for Term {
            fn from(value: $value) -> Term {
                Term::$variant(value.into())
            }
        }
    )*};
}
from_variant! {
    i64 => Integer,
    f64 => Float,
    f32 => Float,
    Atom => Atom,
    Binary => Binary,
    Bytes => Binary,
    String => Binary,
    BitString => BitString,
    Tuple => Tuple,
    List => List,
    ImproperList => ImproperList,
    Map => Map,
    Pid => Pid,
    Reference => Reference,
    Port => Port,
    Fun => Fun,
    Export => Fun,
    Record => Record,
}

impl From<BigInt> for Term {
    fn from(value: BigInt) -> Term {
        match i64::try_from(&value) {
            Ok(value) => Term::Integer(value),
            Err(_) => Term::BigInteger(Box::new(value)),
        }
    }
}

impl From<bool> for Term {
    fn from(value: bool) -> Term {
        Term::atom(if value { "true" } else { "false" })
    }
}

impl From<&str> for Term {
    /// A binary.
    fn from(text: &str) -> Term {
        Term::Binary(text.into())
    }
}

impl From<&[u8]> for Term {
    /// A binary.
    fn from(bytes: &[u8]) -> Term {
        Term::Binary(bytes.into())
    }
}

impl From<Vec<Term>> for Term {
    /// A list.
    fn from(elements: Vec<Term>) -> Term {
        Term::List(elements.into())
    }
}

impl From<&Pid> for Term {
    fn from(pid: &Pid) -> Term {
        Term::from(pid.clone())
    }
}

impl From<&Reference> for Term {
    fn from(reference: &Reference) -> Term {
        Term::from(reference.clone())
    }
}
