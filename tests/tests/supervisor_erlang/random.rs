//! Numbers at random, the same again from the same seed.

use std::env;
use std::hash::{BuildHasher, RandomState};

/// The seed of this run: `ERGO_SEED`, or another one each time. It is printed.
pub(crate) fn seed() -> u64 {
    let seed = match env::var("ERGO_SEED") {
        Ok(text) => text.parse().expect("ERGO_SEED is a number"),
        // 32 bits are enough and easier to type again.
        Err(_) => RandomState::new().hash_one(0) >> 32,
    };
    println!("ERGO_SEED={seed}");
    seed
}

/// SplitMix64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        u32::try_from(self.next() % u64::from(end)).unwrap()
    }

    pub(crate) fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        let end = u32::try_from(choices.len()).unwrap();
        choices[usize::try_from(self.below(end)).unwrap()].clone()
    }

    /// True this often in a hundred.
    pub(crate) fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }
}
