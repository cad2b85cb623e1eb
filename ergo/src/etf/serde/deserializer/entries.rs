//! The entries of maps, and the fields of structs.

use std::borrow::Cow;
use std::cell::Cell;

use serde::de::value::{BorrowedStrDeserializer, CowStrDeserializer};
use serde::de::{DeserializeSeed, MapAccess, Visitor};

use super::super::super::{DecodeError, Decoder, Encoder, Kind, Term};
use super::value::{Deserializer, Spot};

/// A key of a map as all that are equal to it are.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'de> {
    /// It was read as text, whatever it is in the term.
    Text(Cow<'de, str>),
    /// An atom that was not read as text.
    Atom(Cow<'de, str>),
    /// A term in the one form that `term_to_binary` writes.
    Term(Cow<'de, [u8]>),
    /// A term as it was sent, which may have other forms.
    Sent(&'de [u8]),
}

impl<'de> Key<'de> {
    /// The key at the start of `start`, which `end` is behind.
    fn new(
        mut start: Decoder<'de>,
        end: &Decoder<'de>,
        text: bool,
    ) -> Result<Key<'de>, DecodeError> {
        match (text, start.peek_kind()?) {
            (true, Kind::Atom) => start.read_atom_text().map(Key::Text),
            (true, Kind::Binary) => start.read_str().map(|text| Key::Text(Cow::Borrowed(text))),
            (true, Kind::List) => start
                .read_charlist()
                .map(|text| Key::Text(Cow::Owned(text))),
            (false, Kind::Atom) => start.read_atom_text().map(Key::Atom),
            (_, Kind::Binary) => Ok(Key::Term(Cow::Borrowed(end.since(&start)))),
            (_, Kind::Integer) => {
                let sent = end.since(&start);
                if start.next_is_canonical_integer() {
                    return Ok(Key::Term(Cow::Borrowed(sent)));
                }
                canonical(start).map(Key::Term)
            }
            _ => Ok(Key::Sent(end.since(&start))),
        }
    }
}

/// The next term as `term_to_binary` writes it.
fn canonical<'de>(mut start: Decoder<'de>) -> Result<Cow<'de, [u8]>, DecodeError> {
    let mut bytes = Vec::new();
    let term = start.read_term()?;
    Encoder::new(&mut bytes)
        .write_term(&term)
        .map_err(DecodeError::custom)?;
    Ok(Cow::Owned(bytes))
}

/// The entries of a map that any type is read from.
pub(super) struct Entries<'d, 'de> {
    decoder: &'d mut Decoder<'de>,
    left: usize,
    keys: Vec<(Key<'de>, usize)>,
}

impl<'d, 'de> Entries<'d, 'de> {
    /// Reads a map, in which no key is twice.
    pub(super) fn read<V: Visitor<'de>>(
        decoder: &'d mut Decoder<'de>,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        decoder.nested(|decoder| {
            let before = decoder.clone();
            let count = decoder.read_map()?;
            let first = decoder.clone();
            decoder.announce(count.saturating_mul(2))?;
            let mut entries = Entries {
                decoder,
                left: count,
                keys: Vec::new(),
            };
            let value = visitor
                .visit_map(&mut entries)
                .map_err(|error| Spot::of(&before).at(error))?;
            entries.check(&before, first, count)?;
            Ok(value)
        })
    }

    /// Checks that all entries have been read, and that no key was there twice.
    fn check(
        mut self,
        before: &Decoder<'de>,
        mut first: Decoder<'de>,
        count: usize,
    ) -> Result<(), DecodeError> {
        if self.left > 0 {
            let read = count.saturating_sub(self.left);
            return Err(before.unexpected(format!("a map of {read}")));
        }
        self.settle_sent(before)?;
        self.keys.sort_unstable();
        let twice = |pair: &&[(Key<'_>, usize)]| matches!(pair, [(a, _), (b, _)] if a == b);
        let Some([_, (_, second)]) = self.keys.windows(2).find(twice) else {
            return Ok(());
        };
        while first.position() < *second {
            first.skip()?;
        }
        Err(first.duplicate_key())
    }

    /// Brings keys into one form of which there are several that could be equal. A single one is left alone: keys nest,
    /// and each level would read all below it again.
    fn settle_sent(&mut self, context: &Decoder<'de>) -> Result<(), DecodeError> {
        let sent = |(key, _): &&mut (Key<'de>, usize)| matches!(key, Key::Sent(_));
        if self.keys.iter_mut().filter(sent).nth(1).is_none() {
            return Ok(());
        }
        for (key, position) in &mut self.keys {
            if let Key::Sent(bytes) = *key {
                *key = Key::Term(canonical(context.over(bytes, *position))?);
            }
        }
        Ok(())
    }
}

impl<'de> MapAccess<'de> for &mut Entries<'_, 'de> {
    type Error = DecodeError;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, DecodeError> {
        let Some(left) = self.left.checked_sub(1) else {
            return Ok(None);
        };
        self.left = left;
        self.decoder.arrived(1);
        let start = self.decoder.clone();
        let text = Cell::new(false);
        let key = seed.deserialize(Deserializer::key(self.decoder, &text))?;
        let position = start.position();
        let seen = Key::new(start, self.decoder, text.get())?;
        self.keys.push((seen, position));
        Ok(Some(key))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<S::Value, DecodeError> {
        self.decoder.arrived(1);
        seed.deserialize(Deserializer::new(self.decoder))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.decoder.reservation::<(Term, Term)>(self.left))
    }
}

/// The fields of a struct or of a variant.
pub(super) struct Fields<'d, 'de> {
    decoder: &'d mut Decoder<'de>,
    left: usize,
    of: &'static str,
    fields: &'static [&'static str],
    /// The field whose value comes next, if it is one of them.
    current: Option<&'static str>,
}

impl<'d, 'de> Fields<'d, 'de> {
    /// Reads the map of a struct.
    pub(super) fn read<V: Visitor<'de>>(
        decoder: &'d mut Decoder<'de>,
        of: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        decoder.nested(|decoder| {
            let before = decoder.clone();
            let count = decoder.read_map()?;
            let mut access = Fields {
                decoder,
                left: count,
                of,
                fields,
                current: None,
            };
            let value = visitor
                .visit_map(&mut access)
                .map_err(|error| Spot::of(&before).at(error.of_type(of)))?;
            match access.left {
                0 => Ok(value),
                left => Err(before.unexpected(format!("a map of {}", count.saturating_sub(left)))),
            }
        })
    }
}

impl<'de> MapAccess<'de> for &mut Fields<'_, 'de> {
    type Error = DecodeError;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, DecodeError> {
        let Some(left) = self.left.checked_sub(1) else {
            return Ok(None);
        };
        self.left = left;
        let place = Spot::of(self.decoder);
        let key = match self.decoder.read_key()? {
            Some(key) => key,
            // No field is called so, which makes it one that is ignored or refused.
            None => Cow::Borrowed("a key that is no text"),
        };
        self.current = self.fields.iter().copied().find(|field| **field == *key);
        match key {
            Cow::Borrowed(key) => seed.deserialize(BorrowedStrDeserializer::new(key)),
            Cow::Owned(key) => seed.deserialize(CowStrDeserializer::new(Cow::Owned(key))),
        }
        .map(Some)
        .map_err(|error| place.at(error))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<S::Value, DecodeError> {
        let value = seed.deserialize(Deserializer::new(self.decoder));
        match self.current {
            Some(field) => value.map_err(|error| error.in_field(field, self.of)),
            None => value,
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.decoder.reservation::<(Term, Term)>(self.left))
    }
}
