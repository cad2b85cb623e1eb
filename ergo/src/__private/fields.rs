//! Types whose fields are pairs of a map, which may be the map of another type: what `#[etf(flatten)]` asks for.
//!
//! Nothing is buffered. Writing, every part says first how many pairs it has. Reading, every part goes over the pairs
//! and takes its own; the bytes that are gone over again are charged to the decoder.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};

use crate::etf::{Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Map, Term};

/// How much of the name of an unknown field its error keeps.
const FIELD_CHARACTERS_MAX: usize = 255;

/// The keys of the pairs that a type takes from a map.
pub struct Keys {
    /// Those of its own fields, and of the pairs that are always there.
    pub own: &'static [&'static str],
    /// Those of the fields that are flattened into it.
    pub flattened: &'static [Keys],
    /// Whether it takes all that nobody else does.
    pub rest: bool,
}

impl Keys {
    /// No key.
    pub const NONE: Keys = Keys {
        own: &[],
        flattened: &[],
        rest: false,
    };

    /// Every key that nobody else takes.
    pub const REST: Keys = Keys {
        own: &[],
        flattened: &[],
        rest: true,
    };

    /// Whether a field has this key.
    pub fn names(&self, key: &str) -> bool {
        self.own.contains(&key) || self.flattened.iter().any(|part| part.names(key))
    }

    /// Whether some part takes all keys that no field has.
    pub fn take_rest(&self) -> bool {
        self.rest || self.flattened.iter().any(Keys::take_rest)
    }

    /// Whether this part of `whole` takes the key; `None` is a key that is no text.
    fn take(&self, key: Option<&str>, whole: &Keys) -> bool {
        key.is_some_and(|key| self.names(key))
            || (self.take_rest() && !key.is_some_and(|key| whole.names(key)))
    }

    /// Refuses a key that no part takes, for the type `of`.
    ///
    /// # Errors
    /// The keys there are.
    #[cold]
    pub fn refuse_unknown(&self, key: Option<&str>, of: &'static str) -> Result<(), DecodeError> {
        if self.take(key, self) {
            return Ok(());
        }
        let mut known = Vec::new();
        self.list(&mut known);
        let key = key.unwrap_or("a key that is no text");
        // Longer ones are no mistakes in writing.
        let key: String = key.chars().take(FIELD_CHARACTERS_MAX).collect();
        Err(DecodeError::unknown_field(key, of).known(known))
    }

    fn list(&self, names: &mut Vec<&'static str>) {
        names.extend(self.own);
        for part in self.flattened {
            part.list(names);
        }
    }

    /// Stops the compiler where two parts would take the same key.
    pub const fn check(&self) {
        self.check_part(self);
        assert!(
            self.rests() <= 1,
            "two flattened maps would both take all other keys: keep one"
        );
    }

    const fn check_part(&self, part: &Keys) {
        let mut at = 0;
        while at < part.own.len() {
            assert!(
                self.count(part.own[at]) == 1,
                "a field of a flattened struct has the same key as another field of the map: rename one of them"
            );
            at += 1;
        }
        at = 0;
        while at < part.flattened.len() {
            self.check_part(&part.flattened[at]);
            at += 1;
        }
    }

    /// How many fields have this key.
    const fn count(&self, key: &str) -> usize {
        let (mut count, mut at) = (0, 0);
        while at < self.own.len() {
            if same(self.own[at], key) {
                count += 1;
            }
            at += 1;
        }
        at = 0;
        while at < self.flattened.len() {
            count += self.flattened[at].count(key);
            at += 1;
        }
        count
    }

    const fn rests(&self) -> usize {
        let (mut count, mut at) = (self.rest as usize, 0);
        while at < self.flattened.len() {
            count += self.flattened[at].rests();
            at += 1;
        }
        count
    }
}

/// `==`, which is not for constants yet.
const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

/// A type that is written as pairs of a map.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be flattened into a map",
    label = "its term is no map of its fields",
    note = "`#[etf(flatten)]` is for a struct with named fields and `#[derive(Encode, Decode)]`, an `Option` or a `Box` of one, and a `HashMap`, a `BTreeMap` or an `ergo::etf::Map` for all other keys"
)]
pub trait EncodeFields {
    /// Which keys these are.
    const KEYS: Keys;

    /// How many pairs this value has.
    fn count(&self) -> usize;

    /// Writes the pairs; `whole` are the keys of the map they are in.
    ///
    /// # Errors
    /// Those of the fields, and a key of a map that is also the one of a field.
    fn write(&self, encoder: &mut Encoder<'_>, whole: &Keys) -> Result<(), EncodeError>;
}

/// A type that is read from pairs of a map.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be flattened into a map",
    label = "its term is no map of its fields",
    note = "`#[etf(flatten)]` is for a struct with named fields and `#[derive(Encode, Decode)]`, an `Option` or a `Box` of one, and a `HashMap`, a `BTreeMap` or an `ergo::etf::Map` for all other keys"
)]
pub trait DecodeFields<'de>: Sized {
    /// Which keys these are.
    const KEYS: Keys;

    /// Reads from the next `count` pairs, and passes over those that other parts of `whole` take.
    ///
    /// # Errors
    /// Those of the fields.
    fn read(decoder: &mut Decoder<'de>, count: usize, whole: &Keys) -> Result<Self, DecodeError>;
}

/// Reads a flattened field with `read` from the pairs that begin at `pairs`, which `decoder` has gone over already.
///
/// # Errors
/// Those of the field, and too many bytes that are read again.
pub fn flattened<'de, T>(
    decoder: &mut Decoder<'de>,
    pairs: &Decoder<'de>,
    read: impl FnOnce(&mut Decoder<'de>) -> Result<T, DecodeError>,
) -> Result<T, DecodeError> {
    let mut again = decoder.again_from(pairs);
    let value = read(&mut again)?;
    decoder.count_again(pairs, &again)?;
    Ok(value)
}

impl<T: EncodeFields + ?Sized> EncodeFields for Box<T> {
    const KEYS: Keys = T::KEYS;

    fn count(&self) -> usize {
        (**self).count()
    }

    fn write(&self, encoder: &mut Encoder<'_>, whole: &Keys) -> Result<(), EncodeError> {
        (**self).write(encoder, whole)
    }
}

impl<'de, T: DecodeFields<'de>> DecodeFields<'de> for Box<T> {
    const KEYS: Keys = T::KEYS;

    fn read(decoder: &mut Decoder<'de>, count: usize, whole: &Keys) -> Result<Self, DecodeError> {
        T::read(decoder, count, whole).map(Box::new)
    }
}

impl<T: EncodeFields> EncodeFields for Option<T> {
    const KEYS: Keys = T::KEYS;

    fn count(&self) -> usize {
        self.as_ref().map_or(0, T::count)
    }

    fn write(&self, encoder: &mut Encoder<'_>, whole: &Keys) -> Result<(), EncodeError> {
        self.as_ref()
            .map_or(Ok(()), |value| value.write(encoder, whole))
    }
}

impl<'de, T: DecodeFields<'de>> DecodeFields<'de> for Option<T> {
    const KEYS: Keys = T::KEYS;

    /// `Some` when there is any of its keys.
    fn read(decoder: &mut Decoder<'de>, count: usize, whole: &Keys) -> Result<Self, DecodeError> {
        let mut ahead = decoder.clone();
        for _ in 0..count {
            if T::KEYS.take(ahead.read_key()?.as_deref(), whole) {
                let start = decoder.clone();
                decoder.count_again(&start, &ahead)?;
                return T::read(decoder, count, whole).map(Some);
            }
            ahead.skip()?;
        }
        *decoder = ahead;
        Ok(None)
    }
}

/// Writes the pairs of a map into the one of a struct.
fn write_rest<'a, K: Encode + 'a, V: Encode + 'a>(
    pairs: impl Iterator<Item = (&'a K, &'a V)>,
    encoder: &mut Encoder<'_>,
    whole: &Keys,
) -> Result<(), EncodeError> {
    let mut alone = Vec::new();
    for (key, value) in pairs {
        alone.clear();
        key.encode(&mut Encoder::new(&mut alone))?;
        if let Ok(Some(text)) = Decoder::new(&alone).read_key()
            && whole.names(&text)
        {
            return Err(EncodeError::duplicate_key(text));
        }
        key.encode(encoder)?;
        value.encode(encoder)?;
    }
    Ok(())
}

/// Reads the pairs that no field takes.
fn read_rest<'de, K: Decode<'de>, V: Decode<'de>>(
    decoder: &mut Decoder<'de>,
    count: usize,
    whole: &Keys,
    mut insert: impl FnMut(K, V) -> bool,
) -> Result<(), DecodeError> {
    for index in 0..count {
        let before = decoder.clone();
        if let Some(key) = decoder.read_key()?
            && whole.names(&key)
        {
            decoder.skip()?;
            continue;
        }
        *decoder = before.clone();
        let key = K::decode(decoder).map_err(|error| error.in_key(index))?;
        let value = V::decode(decoder).map_err(|error| before.in_value_of_key(error))?;
        if !insert(key, value) {
            return Err(before.duplicate_key());
        }
    }
    Ok(())
}

impl<K: Encode, V: Encode, S> EncodeFields for HashMap<K, V, S> {
    const KEYS: Keys = Keys::REST;

    fn count(&self) -> usize {
        self.len()
    }

    fn write(&self, encoder: &mut Encoder<'_>, whole: &Keys) -> Result<(), EncodeError> {
        write_rest(self.iter(), encoder, whole)
    }
}

impl<'de, K, V, S> DecodeFields<'de> for HashMap<K, V, S>
where
    K: Decode<'de> + Eq + Hash,
    V: Decode<'de>,
    S: BuildHasher + Default,
{
    const KEYS: Keys = Keys::REST;

    fn read(decoder: &mut Decoder<'de>, count: usize, whole: &Keys) -> Result<Self, DecodeError> {
        let mut map = HashMap::default();
        read_rest(decoder, count, whole, |key, value| {
            map.insert(key, value).is_none()
        })?;
        Ok(map)
    }
}

impl<K: Encode, V: Encode> EncodeFields for BTreeMap<K, V> {
    const KEYS: Keys = Keys::REST;

    fn count(&self) -> usize {
        self.len()
    }

    fn write(&self, encoder: &mut Encoder<'_>, whole: &Keys) -> Result<(), EncodeError> {
        write_rest(self.iter(), encoder, whole)
    }
}

impl<'de, K: Decode<'de> + Ord, V: Decode<'de>> DecodeFields<'de> for BTreeMap<K, V> {
    const KEYS: Keys = Keys::REST;

    fn read(decoder: &mut Decoder<'de>, count: usize, whole: &Keys) -> Result<Self, DecodeError> {
        let mut map = BTreeMap::new();
        read_rest(decoder, count, whole, |key, value| {
            map.insert(key, value).is_none()
        })?;
        Ok(map)
    }
}

impl EncodeFields for Map {
    const KEYS: Keys = Keys::REST;

    fn count(&self) -> usize {
        self.len()
    }

    fn write(&self, encoder: &mut Encoder<'_>, whole: &Keys) -> Result<(), EncodeError> {
        write_rest(self.iter(), encoder, whole)
    }
}

impl<'de> DecodeFields<'de> for Map {
    const KEYS: Keys = Keys::REST;

    fn read(decoder: &mut Decoder<'de>, count: usize, whole: &Keys) -> Result<Self, DecodeError> {
        let mut pairs: Vec<(Term, Term)> = Vec::new();
        read_rest(decoder, count, whole, |key, value| {
            pairs.push((key, value));
            true
        })?;
        Map::from_distinct(pairs)
    }
}
