//! Random numbers that are the same again.

use std::ops::RangeInclusive;
use std::time::Duration;

/// Random numbers from a seed: SplitMix64, the same on every machine. Not for secrets.
#[derive(Debug, Clone)]
pub struct Random {
    state: u64,
}

impl Random {
    /// Numbers that follow from `seed`.
    pub fn new(seed: u64) -> Random {
        Random { state: seed }
    }

    /// Numbers of their own for a part of a test, which stay the same when other parts draw more or fewer.
    #[must_use]
    pub fn fork(&mut self) -> Random {
        Random::new(self.next_u64())
    }

    /// The next number.
    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number of the range, all of it as likely.
    ///
    /// # Panics
    /// The range is empty.
    #[track_caller]
    pub fn within(&mut self, range: RangeInclusive<u64>) -> u64 {
        let (first, last) = range.into_inner();
        assert!(first <= last, "no number is within {first}..={last}");
        let width = u128::from(last - first) + 1;
        // The high half of the product: no number of the range is rarer than another by more than 2^-64.
        let chosen = (u128::from(self.next_u64()) * width) >> 64;
        first + u64::try_from(chosen).unwrap_or(u64::MAX)
    }

    /// True with this probability: never at 0, always at 1.
    pub fn chance(&mut self, probability: f64) -> bool {
        #[allow(
            clippy::cast_precision_loss,
            reason = "53 bits are kept, and a double has as many"
        )]
        let drawn = (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
        drawn < probability
    }

    /// One of the elements; `None` when there are none.
    pub fn choose<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let last = u64::try_from(of.len()).ok()?.checked_sub(1)?;
        usize::try_from(self.within(0..=last))
            .ok()
            .and_then(|at| of.get(at))
    }

    /// A time of the range.
    pub fn duration(&mut self, range: &RangeInclusive<Duration>) -> Duration {
        let nanoseconds = |time: &Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let (first, last) = (nanoseconds(range.start()), nanoseconds(range.end()));
        Duration::from_nanos(self.within(first..=last.max(first)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_and_stays_within_the_range() {
        let (mut one, mut other) = (Random::new(7), Random::new(7));
        for _ in 0..1_000 {
            let number = one.within(3..=5);
            assert!((3..=5).contains(&number));
            assert_eq!(number, other.within(3..=5));
        }
        assert_eq!(one.within(0..=u64::MAX), other.within(0..=u64::MAX));
        assert_ne!(Random::new(1).next_u64(), Random::new(2).next_u64());
    }

    #[test]
    fn chances_are_kept() {
        let mut random = Random::new(1);
        let hits = (0..10_000).filter(|_| random.chance(0.25)).count();
        assert!((2_300..2_700).contains(&hits), "{hits}");
        assert!(!random.chance(0.0) && random.chance(1.0));
        assert_eq!(random.choose::<u8>(&[]), None);
        assert_eq!(random.choose(&[4]), Some(&4));
    }
}
