//! Keyword lists and property lists.

use std::fmt;

use super::{
    Atom, Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Kind, ListHeader, Term,
};

/// What an atom alone means in a property list.
const TRUE: &[u8] = b"\x77\x04true";

/// A list of `{Key, Value}` whose keys are atoms: Elixir's keyword list, Erlang's property list.
///
/// The order and the duplicates of keys are kept. [`Keyword::get`] returns the first value of a key, as `Keyword.get/2`
/// and `proplists:get_value/2` do. Reading, an atom alone is a key whose value is `true`, as in a property list; it is
/// always written as a pair, which both understand. For a struct with a field for each key there is
/// `#[etf(keyword)]`.
///
/// ```
/// use ergo::etf::{Keyword, Term, decode, encode};
/// use ergo::prelude::*;
///
/// let options: Keyword = decode(&encode(&term!([{port, 80}, inet6, {port, 81}]))?)?;
/// assert_eq!(options.get("port"), Some(&Term::from(80)));
/// assert_eq!(options.get_all("port").count(), 2);
/// assert_eq!(options.get("inet6"), Some(&term!(true)));
/// assert_eq!(options.to_string(), "[{port,80},{inet6,true},{port,81}]");
/// # Ok::<(), ergo::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Keyword<V = Term>(Vec<(Atom, V)>);

impl<V> Keyword<V> {
    /// Without pairs.
    #[must_use]
    pub const fn new() -> Keyword<V> {
        Keyword(Vec::new())
    }

    /// The first value of a key.
    pub fn get(&self, key: &str) -> Option<&V> {
        self.get_all(key).next()
    }

    /// All values of a key, in order.
    pub fn get_all(&self, key: &str) -> impl Iterator<Item = &V> {
        self.iter()
            .filter(move |(other, _)| other.as_str() == key)
            .map(|(_, value)| value)
    }

    /// Whether the key is there.
    pub fn contains_key(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Adds a pair at the end; one of the same key before it stays the first.
    pub fn push(&mut self, key: Atom, value: V) {
        self.0.push((key, value));
    }

    /// The pairs, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, (Atom, V)> {
        self.0.iter()
    }

    /// The number of pairs.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no pair.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The pairs, in order.
    pub fn into_vec(self) -> Vec<(Atom, V)> {
        self.0
    }
}

impl<V> Default for Keyword<V> {
    fn default() -> Keyword<V> {
        Keyword::new()
    }
}

impl<V> From<Vec<(Atom, V)>> for Keyword<V> {
    fn from(pairs: Vec<(Atom, V)>) -> Keyword<V> {
        Keyword(pairs)
    }
}

impl<V: Into<Term>> From<Keyword<V>> for Term {
    /// A list of pairs.
    fn from(list: Keyword<V>) -> Term {
        Term::list(list.into_iter().map(|(key, value)| {
            let pair: [Term; 2] = [key.into(), value.into()];
            Term::tuple(pair)
        }))
    }
}

impl<V> FromIterator<(Atom, V)> for Keyword<V> {
    fn from_iter<I: IntoIterator<Item = (Atom, V)>>(pairs: I) -> Keyword<V> {
        Keyword(pairs.into_iter().collect())
    }
}

impl<V> Extend<(Atom, V)> for Keyword<V> {
    fn extend<I: IntoIterator<Item = (Atom, V)>>(&mut self, pairs: I) {
        self.0.extend(pairs);
    }
}

impl<V> IntoIterator for Keyword<V> {
    type Item = (Atom, V);
    type IntoIter = std::vec::IntoIter<(Atom, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, V> IntoIterator for &'a Keyword<V> {
    type Item = &'a (Atom, V);
    type IntoIter = std::slice::Iter<'a, (Atom, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<V: fmt::Display> fmt::Display for Keyword<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut before = "[";
        for (key, value) in self {
            write!(f, "{before}{{{key},{value}}}")?;
            before = ",";
        }
        f.write_str(if self.is_empty() { "[]" } else { "]" })
    }
}

impl<V: fmt::Debug> fmt::Debug for Keyword<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

impl<V: Encode> Encode for Keyword<V> {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.0.encode(encoder)
    }
}

impl<'de, V: Decode<'de>> Decode<'de> for Keyword<V> {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        let mut pairs = Vec::new();
        decoder.nested(|decoder| {
            read_properties(decoder, |index, property| {
                let (key, value) = match property {
                    Property::Alone(decoder, value) => (decoder.read_atom()?, V::decode(value)),
                    Property::Pair(decoder) => (
                        decoder
                            .read_atom()
                            .map_err(|error| error.in_element(0).in_element(index))?,
                        V::decode(decoder),
                    ),
                };
                let value = value.map_err(|error| error.in_value(format!("atom {key}")))?;
                pairs.push((key, value));
                Ok(())
            })
        })?;
        Ok(Keyword(pairs))
    }
}

/// One element of a property list.
pub(crate) enum Property<'p, 'de> {
    /// An atom, which is read from the first decoder, and the value that it stands for in the second one.
    Alone(&'p mut Decoder<'de>, &'p mut Decoder<'de>),
    /// A key, and then its value.
    Pair(&'p mut Decoder<'de>),
}

/// Reads a property list; `read` reads each element and gets its index.
pub(crate) fn read_properties<'de>(
    decoder: &mut Decoder<'de>,
    mut read: impl FnMut(usize, Property<'_, 'de>) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    let start = decoder.clone();
    let ListHeader::Elements(count) = decoder.read_list()? else {
        return Err(start.unexpected("a list of pairs"));
    };
    for index in 0..count {
        match decoder.peek_kind()? {
            Kind::Atom => {
                let mut value = decoder.over(TRUE, decoder.position());
                read(index, Property::Alone(decoder, &mut value))?;
            }
            Kind::Tuple => {
                decoder
                    .expect_tuple(2)
                    .map_err(|error| error.in_element(index))?;
                read(index, Property::Pair(decoder))?;
            }
            _ => {
                return Err(decoder.unexpected("a pair or an atom").in_element(index));
            }
        }
    }
    decoder.read_list_end(count)
}
