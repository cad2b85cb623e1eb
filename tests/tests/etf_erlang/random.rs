//! Numbers at random, the same again from the same seed.

use std::env;
use std::hash::{BuildHasher, RandomState};

/// The seed of this run: `ERGO_SEED`, or another one each time. It is printed.
pub(crate) fn seed() -> u64 {
    // 32 bits are enough and easier to type again.
    seed_or(RandomState::new().hash_one(0) >> 32)
}

/// As [`seed`], and this one where `ERGO_SEED` does not say another.
pub(crate) fn seed_or(seed: u64) -> u64 {
    let seed = match env::var("ERGO_SEED") {
        Ok(text) => text.parse().expect("ERGO_SEED is a number"),
        Err(_) => seed,
    };
    println!("ERGO_SEED={seed}");
    seed
}

/// SplitMix64.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    pub(crate) fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    /// A word, and often one where something changes.
    pub(crate) fn word(&mut self) -> u32 {
        let any = (self.next() >> 32) as u32;
        self.pick(&[
            0,
            1,
            2,
            0x7FFF,
            0x3_FFFF,
            0xFFF_FFFF,
            0x1000_0000,
            0x7FFF_FFFF,
            any,
        ])
    }

    pub(crate) fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next() as u8).collect()
    }
}
