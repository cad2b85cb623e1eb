//! Terms at random whose text a shell reads back: without pids, references, ports and closures.

use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use ergo::etf::{Atom, BigInt, BitString, Export, ImproperList, Term};

/// Where randomness begins: `ERGO_SEED`, or the time. It is printed, so that a failure can be seen again.
pub(crate) fn seed() -> u64 {
    let seed = match env::var("ERGO_SEED") {
        Ok(seed) => seed.parse().expect("ERGO_SEED is a number"),
        Err(_) => {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
            u64::from(now.subsec_nanos()) ^ now.as_secs()
        }
    };
    println!("ERGO_SEED={seed}");
    seed
}

/// Makes terms, the same again from the same seed.
pub(crate) struct Generator(u64);

impl Generator {
    pub(crate) fn new(seed: u64) -> Generator {
        Generator(seed)
    }

    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    pub(crate) fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    pub(crate) fn term(&mut self) -> Term {
        let depth = self.below(5);
        self.nested(depth)
    }

    fn nested(&mut self, depth: usize) -> Term {
        let Some(below) = depth.checked_sub(1) else {
            return self.leaf();
        };
        match self.below(6) {
            0 => Term::tuple(self.terms(below)),
            1 => Term::list(self.terms(below)),
            2 => {
                let tail = self.nested(below);
                ImproperList::term(self.terms(below), tail)
            }
            3 | 4 => {
                let size = self.below(6);
                Term::map((0..size).map(|_| (self.nested(below), self.nested(below))))
            }
            _ => self.leaf(),
        }
    }

    fn terms(&mut self, depth: usize) -> Vec<Term> {
        let count = self.below(6);
        (0..count).map(|_| self.nested(depth)).collect()
    }

    fn leaf(&mut self) -> Term {
        match self.below(9) {
            0 => self.integer().into(),
            1 => self.float().into(),
            2 => self.atom().into(),
            3 => self.reserved().into(),
            4 => Term::from(self.bytes()),
            5 => {
                let tail = self.below(7) as u8 + 1;
                let bytes = self.bytes();
                BitString::new(bytes.clone(), tail).map_or(Term::from(bytes), Term::from)
            }
            6 => {
                let length = self.below(30);
                Term::charlist(&self.text(length))
            }
            7 => {
                let arity = self.below(256) as u32;
                Export::new(self.atom(), self.atom(), arity).into()
            }
            _ => {
                let length = self.below(40);
                self.text(length).into()
            }
        }
    }

    fn integer(&mut self) -> BigInt {
        let bits = self.pick(&[3_usize, 8, 31, 32, 59, 60, 63, 64, 65, 128, 2048]);
        let power = BigInt::from(self.pick(&[-1, 1])) << bits;
        power + self.pick(&[-1, 0, 1, 1234])
    }

    fn float(&mut self) -> f64 {
        let any = f64::from_bits(self.next());
        let rounded = (self.next() % 1_000_000) as f64 / 8.0;
        let edges = [
            0.0,
            0.1,
            1e300,
            1e22,
            1e16,
            1e-7,
            f64::MAX,
            f64::MIN_POSITIVE,
            5e-324,
        ];
        let edge = self.pick(&edges);
        let float = self.pick(&[any, -any, rounded, edge]);
        if float.is_finite() { float } else { 0.5 }
    }

    fn reserved(&mut self) -> Atom {
        let words = "after and andalso band begin bnot bor bsl bsr bxor case catch cond div else end fun if let maybe \
            not of or orelse receive rem try when xor query spec true ok Ok _ @ a-b a.b a@b";
        let words: Vec<&str> = words.split_whitespace().collect();
        Atom::new(self.pick(&words)).unwrap()
    }

    fn atom(&mut self) -> Atom {
        let length = self.pick(&[0, 1, 5, 20, 255]);
        Atom::new(self.text(length)).unwrap()
    }

    fn bytes(&mut self) -> Bytes {
        let length = self.pick(&[0, 1, 2, 3, 30, 100]);
        (0..length).map(|_| self.next() as u8).collect()
    }

    /// Characters of one script, or of several.
    fn text(&mut self, length: usize) -> String {
        let (low, high) = self.pick(&[
            ('a', 'z'),
            (' ', '~'),
            ('\0', '\x7f'),
            ('\u{80}', '\u{ff}'),
            ('\u{20}', '\u{ff}'),
            ('\u{100}', '\u{7ff}'),
            ('\u{2000}', '\u{2070}'),
            ('\u{800}', '\u{d7ff}'),
            ('\u{10000}', '\u{10ffff}'),
        ]);
        let count = (u32::from(high) - u32::from(low) + 1) as usize;
        (0..length)
            .map(|_| char::from_u32(u32::from(low) + self.below(count) as u32).unwrap())
            .collect()
    }

    /// The text with a few of its characters changed, taken out, doubled or put elsewhere.
    pub(crate) fn mutated(&mut self, text: &str) -> String {
        let mut characters: Vec<char> = text.chars().take(400).collect();
        for _ in 0..=self.below(2) {
            let at = self.below(characters.len().max(1));
            let strange: Vec<char> = "()[]{}<>#|,.:/\\'\"~$%_-+=*123.5eaXs 'é÷\u{a0}\n"
                .chars()
                .collect();
            match self.below(4) {
                _ if characters.is_empty() => characters.push('a'),
                0 => drop(characters.remove(at)),
                1 => characters[at] = self.pick(&strange),
                2 => characters.insert(at, self.pick(&strange)),
                _ => {
                    let other = self.below(characters.len());
                    characters.insert(at, characters[other]);
                }
            }
        }
        characters.into_iter().collect()
    }
}
