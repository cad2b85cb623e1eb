//! What a handler is called.

use std::fmt;

use crate::etf::{Atom, Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Kind, Term};
use crate::process::short_type_name;

/// What a handler is called: `Module`, or `{Module, Id}` when there is more than one of a module.
///
/// The module of a handler in Rust is its type's name without the path, unless it is added under another one.
///
/// Source: <https://www.erlang.org/doc/apps/stdlib/gen_event.html#t:handler/0>.
#[derive(Debug, Clone, PartialEq)]
pub struct HandlerId {
    /// The module.
    pub module: Atom,
    /// Which one of the module.
    pub id: Option<Term>,
}

impl HandlerId {
    /// The name of a handler of this type.
    pub fn of<H>() -> HandlerId {
        HandlerId::from(short_type_name::<H>())
    }

    /// One of many handlers of this type: `{Module, Id}`.
    pub fn one_of<H>(id: impl Into<Term>) -> HandlerId {
        HandlerId {
            id: Some(id.into()),
            ..HandlerId::of::<H>()
        }
    }

    /// The name as Erlang shows it.
    pub fn to_term(&self) -> Term {
        let module = Term::Atom(self.module.clone());
        match &self.id {
            Some(id) => Term::tuple([module, id.clone()]),
            None => module,
        }
    }
}

impl From<Atom> for HandlerId {
    fn from(module: Atom) -> Self {
        HandlerId { module, id: None }
    }
}

/// A text that is too long for an atom is a handler that nobody has.
impl From<&str> for HandlerId {
    fn from(module: &str) -> Self {
        HandlerId::from(Atom::new(module).unwrap_or_else(|_| Atom::from_static("")))
    }
}

impl<T: Into<Term>> From<(&str, T)> for HandlerId {
    fn from((module, id): (&str, T)) -> Self {
        HandlerId {
            id: Some(id.into()),
            ..HandlerId::from(module)
        }
    }
}

impl fmt::Display for HandlerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_term())
    }
}

impl Encode for HandlerId {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.to_term().encode(encoder)
    }
}

impl<'de> Decode<'de> for HandlerId {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        if decoder.peek_kind()? == Kind::Atom {
            return decoder.read_atom().map(HandlerId::from);
        }
        decoder.expect_tuple(2)?;
        Ok(HandlerId {
            module: decoder.read_atom()?,
            id: Some(decoder.read_term()?),
        })
    }
}
