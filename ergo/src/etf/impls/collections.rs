//! Lists, sets and maps.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, Hash};
use std::sync::LazyLock;

use super::super::{Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, ListHeader, tag};

/// Every integer of one byte as a term: what the elements of a string stand for.
static SMALL_INTEGERS: LazyLock<[[u8; 2]; 256]> = LazyLock::new(|| {
    std::array::from_fn(|value| [tag::SMALL_INTEGER, u8::try_from(value).unwrap_or_default()])
});

/// An integer of one byte as a term.
#[inline]
pub(in super::super) fn small_integer(byte: u8) -> &'static [u8] {
    let integers: &'static [[u8; 2]; 256] = &SMALL_INTEGERS;
    integers
        .get(usize::from(byte))
        .map_or(&[][..], |integer| integer)
}

/// Reads a list into a collection, reserving no more than the input pays for.
#[inline]
pub(in super::super) fn decode_elements<'de, T: Decode<'de>, C>(
    decoder: &mut Decoder<'de>,
    with_capacity: impl FnOnce(usize) -> C,
    mut push: impl FnMut(&mut C, T),
) -> Result<C, DecodeError> {
    decoder.enter()?;
    let header = decoder.read_list()?;
    let mut collection = with_capacity(decoder.reservation::<T>(header.count()));
    match header {
        ListHeader::Elements(count) => {
            decoder.announce(count)?;
            for index in 0..count {
                decoder.arrived(1);
                push(
                    &mut collection,
                    T::decode(decoder).map_err(|error| error.in_element(index))?,
                );
            }
            decoder.read_list_end(count)?;
        }
        ListHeader::String(bytes) => {
            let start = decoder.position().saturating_sub(bytes.len());
            for (index, byte) in bytes.iter().enumerate() {
                let place = start.saturating_add(index);
                let element = T::decode(&mut decoder.over(small_integer(*byte), place));
                push(
                    &mut collection,
                    element.map_err(|error| error.in_element(index))?,
                );
            }
        }
    }
    decoder.leave();
    Ok(collection)
}

/// Reads a map pair by pair.
#[inline]
fn decode_pairs<'de, K: Decode<'de>, V: Decode<'de>, C>(
    decoder: &mut Decoder<'de>,
    with_capacity: impl FnOnce(usize) -> C,
    mut insert: impl FnMut(&mut C, K, V) -> bool,
) -> Result<C, DecodeError> {
    decoder.enter()?;
    let count = decoder.read_map()?;
    let mut collection = with_capacity(decoder.reservation::<(K, V)>(count));
    decoder.announce(count.saturating_mul(2))?;
    for index in 0..count {
        decoder.arrived(1);
        let before = decoder.clone();
        let key = K::decode(decoder).map_err(|error| error.in_key(index))?;
        decoder.arrived(1);
        let value = V::decode(decoder).map_err(|error| before.in_value_of_key(error))?;
        if !insert(&mut collection, key, value) {
            return Err(before.duplicate_key());
        }
    }
    decoder.leave();
    Ok(collection)
}

/// Writes a proper list.
#[inline]
fn encode_elements<'a, T: Encode + 'a>(
    len: usize,
    elements: impl Iterator<Item = &'a T>,
    encoder: &mut Encoder<'_>,
) -> Result<(), EncodeError> {
    let start = encoder.buffer().len();
    encoder.write_list(len)?;
    for element in elements {
        element.encode(encoder)?;
    }
    encoder.end_list(start, len);
    Ok(())
}

impl<T: Encode> Encode for [T] {
    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        T::encode_list(self, encoder)
    }
}

impl<T: Encode> Encode for Vec<T> {
    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        T::encode_list(self, encoder)
    }
}

impl<'de, T: Decode<'de>> Decode<'de> for Vec<T> {
    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        T::decode_list(decoder)
    }
}

impl<T: Encode, const N: usize> Encode for [T; N] {
    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        T::encode_list(self, encoder)
    }
}

impl<'de, T: Decode<'de>, const N: usize> Decode<'de> for [T; N] {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        let before = decoder.clone();
        let elements = T::decode_list(decoder)?;
        elements
            .try_into()
            .map_err(|_| before.unexpected(format!("a list of {N}")))
    }
}

impl<T: Encode> Encode for VecDeque<T> {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encode_elements(self.len(), self.iter(), encoder)
    }
}

impl<'de, T: Decode<'de>> Decode<'de> for VecDeque<T> {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        T::decode_list(decoder).map(VecDeque::from)
    }
}

impl<T: Encode, S> Encode for HashSet<T, S> {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encode_elements(self.len(), self.iter(), encoder)
    }
}

impl<'de, T: Decode<'de> + Eq + Hash, S: BuildHasher + Default> Decode<'de> for HashSet<T, S> {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        let with_capacity = |count| HashSet::with_capacity_and_hasher(count, S::default());
        decode_elements(decoder, with_capacity, |set, element| {
            set.insert(element);
        })
    }
}

impl<T: Encode> Encode for BTreeSet<T> {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encode_elements(self.len(), self.iter(), encoder)
    }
}

impl<'de, T: Decode<'de> + Ord> Decode<'de> for BTreeSet<T> {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        decode_elements(
            decoder,
            |_| BTreeSet::new(),
            |set, element| {
                set.insert(element);
            },
        )
    }
}

impl<K: Encode, V: Encode, S> Encode for HashMap<K, V, S> {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_map(self.len())?;
        self.iter()
            .try_for_each(|(key, value)| key.encode(encoder).and_then(|()| value.encode(encoder)))
    }
}

impl<'de, K, V, S> Decode<'de> for HashMap<K, V, S>
where
    K: Decode<'de> + Eq + Hash,
    V: Decode<'de>,
    S: BuildHasher + Default,
{
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        let with_capacity = |count| HashMap::with_capacity_and_hasher(count, S::default());
        decode_pairs(decoder, with_capacity, |map, key, value| {
            map.insert(key, value).is_none()
        })
    }
}

impl<K: Encode, V: Encode> Encode for BTreeMap<K, V> {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_map(self.len())?;
        self.iter()
            .try_for_each(|(key, value)| key.encode(encoder).and_then(|()| value.encode(encoder)))
    }
}

impl<'de, K: Decode<'de> + Ord, V: Decode<'de>> Decode<'de> for BTreeMap<K, V> {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        decode_pairs(
            decoder,
            |_| BTreeMap::new(),
            |map, key, value| map.insert(key, value).is_none(),
        )
    }
}
