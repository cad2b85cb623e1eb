//! Maps.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::mem;

use super::super::{Atom, DecodeError};
use super::drop::Holds;
use super::{Term, compare, display, drop};

/// A map. `1` and `1.0` are different keys, as in Erlang.
///
/// The entries are kept in the order that Erlang gives the keys of a map, so equal maps look and encode the same.
/// A lookup takes logarithmic time; inserting a key that is not there moves the ones behind it, so a large map is
/// better made from its pairs at once.
///
/// ```
/// use ergo::etf::{Map, Term};
///
/// let mut map = Map::from([(Term::atom("id"), 7.into())]);
/// map.insert(Term::atom("name"), "bolt".into());
/// assert_eq!(map.get("id").and_then(Term::as_integer), Some(7));
/// assert_eq!(map.to_string(), "#{id => 7,name => <<\"bolt\">>}");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Map(Entries);

/// The pairs in ascending order of their keys, no key twice.
struct Entries(Option<Box<[(Term, Term)]>>);

impl Map {
    /// Without entries.
    pub const EMPTY: Map = Map(Entries(None));

    /// An empty map.
    #[must_use]
    pub const fn new() -> Map {
        Map::EMPTY
    }

    /// The value of a key. A `&str` stands for the atom of that text.
    pub fn get<K: MapKey + ?Sized>(&self, key: &K) -> Option<&Term> {
        let index = self.find(key).ok()?;
        self.entries().get(index).map(|(_, value)| value)
    }

    /// The value of a key, to be changed.
    pub fn get_mut<K: MapKey + ?Sized>(&mut self, key: &K) -> Option<&mut Term> {
        let index = self.find(key).ok()?;
        self.0.as_mut_slice().get_mut(index).map(|(_, value)| value)
    }

    /// Whether the key is there.
    pub fn contains_key<K: MapKey + ?Sized>(&self, key: &K) -> bool {
        self.find(key).is_ok()
    }

    /// Sets the value of a key and returns the one before.
    pub fn insert(&mut self, key: Term, value: Term) -> Option<Term> {
        match self.find(&key) {
            Ok(index) => {
                let (_, old) = self.0.as_mut_slice().get_mut(index)?;
                Some(mem::replace(old, value))
            }
            Err(index) => {
                let mut pairs = self.take();
                pairs.insert(index, (key, value));
                self.0 = pairs.into();
                None
            }
        }
    }

    /// Takes a key and its value out.
    pub fn remove<K: MapKey + ?Sized>(&mut self, key: &K) -> Option<Term> {
        let index = self.find(key).ok()?;
        let mut pairs = self.take();
        let (_, value) = pairs.remove(index);
        self.0 = pairs.into();
        Some(value)
    }

    /// The number of keys.
    pub fn len(&self) -> usize {
        self.entries().len()
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.entries().is_empty()
    }

    /// The pairs, in ascending order of the keys.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Term, &Term)> {
        self.entries().iter().map(|(key, value)| (key, value))
    }

    /// The pairs, in ascending order of the keys.
    pub fn entries(&self) -> &[(Term, Term)] {
        self.0.as_slice()
    }

    /// The pairs, in ascending order of the keys.
    pub fn into_vec(mut self) -> Vec<(Term, Term)> {
        self.take()
    }

    pub(super) fn take(&mut self) -> Vec<(Term, Term)> {
        self.0.take()
    }

    fn find<K: MapKey + ?Sized>(&self, key: &K) -> Result<usize, usize> {
        self.entries()
            .binary_search_by(|(other, _)| key.compare_key(other).reverse())
    }

    /// A map of pairs in any order.
    ///
    /// # Errors
    /// A key that is there twice.
    pub(crate) fn from_distinct(mut pairs: Vec<(Term, Term)>) -> Result<Map, DecodeError> {
        let ordered = |pair: &[(Term, Term)]| matches!(pair, [(a, _), (b, _)] if compare::compare_keys(a, b).is_lt());
        // A sender that keeps its maps in order saves the sorting.
        if pairs.windows(2).all(ordered) {
            return Ok(Map(pairs.into()));
        }
        pairs.sort_unstable_by(|(a, _), (b, _)| compare::compare_keys(a, b));
        match pairs.windows(2).find(|pair| !ordered(pair)) {
            None => Ok(Map(pairs.into())),
            Some(pair) => Err(DecodeError::duplicate_key(display::Shortened(
                pair.first().map(|(key, _)| key),
            ))),
        }
    }

    /// A map of keys and values in turn, which are already in order.
    pub(super) fn from_sorted_flat(flat: Vec<Term>) -> Map {
        let mut pairs = Vec::with_capacity(flat.len() / 2);
        let mut flat = flat.into_iter();
        while let (Some(key), Some(value)) = (flat.next(), flat.next()) {
            pairs.push((key, value));
        }
        Map(pairs.into())
    }
}

/// What a map can be asked for: a term, an atom, or the text of one.
///
/// ```
/// use ergo::etf::{Atom, Map, Term};
///
/// let map = Map::from([(Term::atom("id"), 7.into()), (1.into(), "one".into())]);
/// assert_eq!(map.get("id"), map.get(&Atom::from_static("id")));
/// assert_eq!(map.get(&Term::from(1)).and_then(Term::as_str), Some("one"));
/// ```
pub trait MapKey {
    /// The order of this key and another in a map.
    fn compare_key(&self, other: &Term) -> Ordering;
}

impl MapKey for Term {
    fn compare_key(&self, other: &Term) -> Ordering {
        compare::compare_keys(self, other)
    }
}

impl MapKey for Atom {
    fn compare_key(&self, other: &Term) -> Ordering {
        compare::compare_atom_key(self.as_str(), other)
    }
}

impl MapKey for str {
    fn compare_key(&self, other: &Term) -> Ordering {
        compare::compare_atom_key(self, other)
    }
}

impl Entries {
    #[inline]
    fn as_slice(&self) -> &[(Term, Term)] {
        self.0.as_deref().unwrap_or_default()
    }

    fn as_mut_slice(&mut self) -> &mut [(Term, Term)] {
        self.0.as_deref_mut().unwrap_or_default()
    }

    fn take(&mut self) -> Vec<(Term, Term)> {
        self.0
            .take()
            .map_or_else(Vec::new, <[(Term, Term)]>::into_vec)
    }
}

impl From<Vec<(Term, Term)>> for Entries {
    #[inline]
    fn from(pairs: Vec<(Term, Term)>) -> Entries {
        if pairs.is_empty() {
            return Entries(None);
        }
        Entries(Some(pairs.into_boxed_slice()))
    }
}

impl Drop for Entries {
    #[inline]
    fn drop(&mut self) {
        match self.0.as_deref().map(drop::held_by_pairs) {
            None | Some(Holds::Memory) => {}
            Some(Holds::Nothing) => drop::forget(self.take()),
            Some(Holds::Terms) => drop::drop_pairs(self.take()),
        }
    }
}

impl Clone for Entries {
    fn clone(&self) -> Entries {
        let clones = super::clone::clone_pairs(self.as_slice());
        Map::from_sorted_flat(clones).0
    }
}

impl PartialEq for Entries {
    fn eq(&self, other: &Entries) -> bool {
        let (a, b) = (self.as_slice(), other.as_slice());
        a.len() == b.len() && compare::pairs_equal(a, b)
    }
}

impl Eq for Entries {}

impl Default for Map {
    fn default() -> Map {
        Map::EMPTY
    }
}

impl From<Vec<(Term, Term)>> for Map {
    /// Of pairs with the same key the last counts.
    fn from(mut pairs: Vec<(Term, Term)>) -> Map {
        pairs.reverse();
        pairs.sort_by(|(a, _), (b, _)| compare::compare_keys(a, b));
        pairs.dedup_by(|(a, _), (b, _)| a == b);
        Map(pairs.into())
    }
}

impl<const N: usize> From<[(Term, Term); N]> for Map {
    /// Of pairs with the same key the last counts.
    fn from(pairs: [(Term, Term); N]) -> Map {
        Vec::from(pairs).into()
    }
}

impl FromIterator<(Term, Term)> for Map {
    fn from_iter<I: IntoIterator<Item = (Term, Term)>>(pairs: I) -> Map {
        pairs.into_iter().collect::<Vec<_>>().into()
    }
}

impl IntoIterator for Map {
    type Item = (Term, Term);
    type IntoIter = std::vec::IntoIter<(Term, Term)>;

    fn into_iter(self) -> Self::IntoIter {
        self.into_vec().into_iter()
    }
}

impl Ord for Map {
    /// Erlang's order: the smaller number of keys first, then the keys, then the values.
    fn cmp(&self, other: &Map) -> Ordering {
        compare::compare_maps(self, other)
    }
}

impl PartialOrd for Map {
    fn partial_cmp(&self, other: &Map) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Map {
    fn hash<H: Hasher>(&self, state: &mut H) {
        super::hash::hash_pairs(self.entries(), state);
    }
}

impl fmt::Display for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        display::write_map(f, self)
    }
}

impl fmt::Debug for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
