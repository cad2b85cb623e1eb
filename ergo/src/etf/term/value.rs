//! The term itself.

use num_bigint::BigInt;

use super::super::{Atom, Binary, BitString, Fun, Pid, Port, Reference};
use super::{ImproperList, List, Map, Record, Tuple};

/// Any Erlang term.
///
/// Equality is Erlang's `=:=`: `1` and `1.0` differ, and so do `0.0` and `-0.0`, as they do since OTP 27.
///
/// The order is Erlang's: number < atom < reference < fun < port < pid < tuple < map < `[]` < list < bit string, with
/// numbers by value. Erlang's `<` takes `1` and `1.0` as equal; so that the order agrees with equality, terms that
/// Erlang takes as equal are ordered as map keys are, an integer before a float. [`Term::cmp_standard`] is Erlang's
/// comparison as it is.
///
/// `Display` and `Debug` show Erlang syntax, which [`Term::parse`] reads; `{:#}` shows it over several lines.
///
/// ```
/// use ergo::etf::Term;
///
/// let term = Term::tuple([Term::atom("ok"), Term::list([1.into(), 2.5.into()]), "text".into()]);
/// assert_eq!(term.to_string(), "{ok,[1,2.5],<<\"text\">>}");
/// assert_eq!(term.as_tuple().and_then(|elements| elements[0].as_atom()), Some("ok"));
/// assert_ne!(Term::from(1), Term::from(1.0));
/// ```
#[non_exhaustive]
pub enum Term {
    /// An integer of up to 64 bits.
    Integer(i64),
    /// A larger integer.
    BigInteger(Box<BigInt>),
    /// A float. Erlang has only finite ones; others are refused when they are encoded.
    Float(f64),
    /// An atom.
    Atom(Atom),
    /// A binary, which is also how Erlang programs keep text.
    Binary(Binary),
    /// Bits whose number is no multiple of eight.
    BitString(Box<BitString>),
    /// A tuple.
    Tuple(Tuple),
    /// A proper list, the empty one included.
    List(List),
    /// A list that does not end in `[]`.
    ImproperList(ImproperList),
    /// A map.
    Map(Map),
    /// The identifier of a process.
    Pid(Box<Pid>),
    /// A reference.
    Reference(Box<Reference>),
    /// The identifier of a port.
    Port(Box<Port>),
    /// A function.
    Fun(Fun),
    /// A native record, as OTP 29 has them; a record of an older release is a tuple.
    Record(Record),
}

// A list of terms is a vector of them: their size is the price of every element.
const _: () = assert!(size_of::<Term>() <= 24);

impl Term {
    /// The empty list.
    pub const NIL: Term = Term::List(List::EMPTY);

    /// An atom whose text is known at compile time.
    ///
    /// # Panics
    /// Above 255 characters.
    #[must_use]
    pub const fn atom(text: &'static str) -> Term {
        Term::Atom(Atom::from_static(text))
    }

    /// A tuple of the elements.
    pub fn tuple(elements: impl IntoIterator<Item = Term>) -> Term {
        Term::Tuple(elements.into_iter().collect())
    }

    /// A proper list of the elements.
    pub fn list(elements: impl IntoIterator<Item = Term>) -> Term {
        Term::List(elements.into_iter().collect())
    }

    /// A map; of pairs with the same key the last counts.
    pub fn map(pairs: impl IntoIterator<Item = (Term, Term)>) -> Term {
        Term::Map(pairs.into_iter().collect())
    }

    /// A binary.
    pub fn binary(bytes: impl Into<Binary>) -> Term {
        Term::Binary(bytes.into())
    }

    /// A list of the text's code points, which is how older Erlang interfaces take text.
    pub fn charlist(text: &str) -> Term {
        // In one piece: a list takes many times the room of its text.
        let mut points = Vec::with_capacity(text.chars().count());
        points.extend(
            text.chars()
                .map(|point| Term::Integer(u32::from(point).into())),
        );
        Term::List(points.into())
    }

    /// The integer, if it is one of up to 64 bits.
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Term::Integer(value) => Some(*value),
            Term::BigInteger(value) => i64::try_from(&**value).ok(),
            _ => None,
        }
    }

    /// The float; an integer is none.
    pub fn as_float(&self) -> Option<f64> {
        match self {
            Term::Float(value) => Some(*value),
            _ => None,
        }
    }

    /// The text of the atom.
    pub fn as_atom(&self) -> Option<&str> {
        match self {
            Term::Atom(atom) => Some(atom.as_str()),
            _ => None,
        }
    }

    /// `true` or `false`.
    pub fn as_bool(&self) -> Option<bool> {
        match self.as_atom()? {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// The bytes of the binary.
    pub fn as_binary(&self) -> Option<&Binary> {
        match self {
            Term::Binary(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The binary as text, if it is UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        self.as_binary().and_then(Binary::as_str)
    }

    /// The elements of the tuple.
    pub fn as_tuple(&self) -> Option<&[Term]> {
        match self {
            Term::Tuple(elements) => Some(elements),
            _ => None,
        }
    }

    /// The elements of the proper list.
    pub fn as_list(&self) -> Option<&[Term]> {
        match self {
            Term::List(elements) => Some(elements),
            _ => None,
        }
    }

    /// The map.
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Term::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The pid.
    pub fn as_pid(&self) -> Option<&Pid> {
        match self {
            Term::Pid(pid) => Some(pid),
            _ => None,
        }
    }

    /// The reference.
    pub fn as_reference(&self) -> Option<&Reference> {
        match self {
            Term::Reference(reference) => Some(reference),
            _ => None,
        }
    }

    /// The port.
    pub fn as_port(&self) -> Option<&Port> {
        match self {
            Term::Port(port) => Some(port),
            _ => None,
        }
    }

    /// The function.
    pub fn as_fun(&self) -> Option<&Fun> {
        match self {
            Term::Fun(fun) => Some(fun),
            _ => None,
        }
    }

    /// The native record.
    pub fn as_record(&self) -> Option<&Record> {
        match self {
            Term::Record(record) => Some(record),
            _ => None,
        }
    }
}
