//! Terms of every type at random.

use bytes::Bytes;
use ergo::etf::{
    Atom, BigInt, BitString, Export, Fun, ImproperList, Map, Pid, Port, Reference, Term, decode,
    encode,
};

use crate::random::Random;

/// Makes terms, the same again from the same seed.
pub(crate) struct Generator {
    random: Random,
    /// Whether there may be parts that Erlang does not write with the same bytes everywhere.
    loose: bool,
}

impl Generator {
    pub(crate) fn new(seed: u64) -> Generator {
        Generator {
            random: Random::new(seed),
            loose: true,
        }
    }

    /// Without closures, of which Erlang writes itself as the creator; without ports, which have another form before
    /// OTP 26; and without maps of several keys as keys of another map, whose order depends on the table of atoms from
    /// OTP 26 on.
    pub(crate) fn plain_term(&mut self) -> Term {
        self.loose = false;
        let term = self.term();
        self.loose = true;
        term
    }

    /// Any term.
    pub(crate) fn term(&mut self) -> Term {
        let depth = self.random.below(5);
        self.nested(depth)
    }

    /// A key whose order is the same everywhere.
    pub(crate) fn plain_key(&mut self) -> Term {
        loop {
            let key = self.plain_term();
            if !has_larger_map(&key) {
                return key;
            }
        }
    }

    fn nested(&mut self, depth: usize) -> Term {
        let Some(below) = depth.checked_sub(1) else {
            return self.leaf();
        };
        match self.random.below(11) {
            0 | 1 => Term::Tuple(self.terms(below).into()),
            2 | 3 => Term::list(self.terms(below)),
            4 => {
                let tail = self.nested(below);
                ImproperList::term(self.terms(below), tail)
            }
            5 | 6 => {
                let size = self.random.below(7);
                self.map(size, below)
            }
            7 => self.small_or_large_map(),
            8 if self.loose => self.closure().into(),
            9 => {
                let arity = self.random.pick(&[0, 1, 254, 255, 256, 257]);
                Term::tuple(vec![
                    self.random.pick(&[
                        1.into(),
                        Term::atom("a"),
                        1.5.into(),
                        Term::NIL
                    ]);
                    arity
                ])
            }
            _ => self.leaf(),
        }
    }

    fn terms(&mut self, depth: usize) -> Vec<Term> {
        (0..self.random.below(6))
            .map(|_| self.nested(depth))
            .collect()
    }

    fn map(&mut self, size: usize, depth: usize) -> Term {
        let pairs = (0..size).map(|_| (self.key(depth), self.nested(depth)));
        Term::Map(pairs.collect())
    }

    fn key(&mut self, depth: usize) -> Term {
        loop {
            let key = self.nested(depth);
            if self.loose || !has_larger_map(&key) {
                return key;
            }
        }
    }

    /// Around 32 keys Erlang changes the inner form of a map.
    fn small_or_large_map(&mut self) -> Term {
        let size = self.random.pick(&[3, 31, 32, 33, 60]);
        let mut map = Map::new();
        while map.len() < size {
            let key = i64::try_from(self.random.below(50)).unwrap();
            let key = match self.random.below(3) {
                0 => Term::from(key),
                1 => Term::from(key as f64),
                _ => Term::Atom(Atom::new(format!("k{key}")).unwrap()),
            };
            map.insert(
                key,
                self.random.pick(&[1.into(), Term::atom("a"), 1.5.into()]),
            );
        }
        map.into()
    }

    /// A map that is much like others: only few keys and values are possible.
    pub(crate) fn common_map(&mut self) -> Term {
        let one = |number: Term| Term::tuple([number]);
        let keys = [
            Term::atom("a"),
            Term::atom("b"),
            Term::atom("%"),
            1.into(),
            1.0.into(),
            one(1.into()),
            one(1.0.into()),
            Term::NIL,
            "".into(),
            Term::from(Pid::new(Atom::from_static("a@b"), 1, 1, 1)),
        ];
        let values = [1.into(), 1.0.into(), Term::atom("a")];
        let size = self.random.below(5);
        (0..size)
            .map(|_| (self.random.pick(&keys), self.random.pick(&values)))
            .collect::<Map>()
            .into()
    }

    /// A closure of a module that Erlang does not know.
    fn closure(&mut self) -> Fun {
        let captured = self.terms(0);
        let mut rest = vec![self.random.below(256) as u8];
        rest.extend(self.random.bytes(16));
        // An index, which is small.
        rest.extend((self.random.word() >> 1).to_be_bytes());
        rest.extend(u32::try_from(captured.len()).unwrap().to_be_bytes());
        rest.extend(&encode(&self.atom()).unwrap()[1..]);
        // Smaller than 2^27, as an index and a checksum are.
        rest.extend(&encode(&(self.random.word() >> 5)).unwrap()[1..]);
        rest.extend(&encode(&(self.random.word() >> 5)).unwrap()[1..]);
        rest.extend(&encode(&self.pid()).unwrap()[1..]);
        for term in captured {
            rest.extend(&encode(&term).unwrap()[1..]);
        }
        let size = u32::try_from(rest.len() + 4).unwrap().to_be_bytes();
        decode(&[&[131, 112][..], &size, &rest].concat()).unwrap()
    }

    /// A term without children.
    pub(crate) fn leaf(&mut self) -> Term {
        match self.random.below(13) {
            0 | 1 => self.integer().into(),
            2 => self.float().into(),
            3 => self.atom().into(),
            4 => {
                let len = self.random.pick(&[0, 1, 2, 3, 64, 65, 300]);
                Term::binary(self.random.bytes(len))
            }
            5 => self.bits(),
            6 => self.string(),
            7 => self.pid().into(),
            8 => self.reference().into(),
            9 if self.loose => self.port().into(),
            10 => Export::new(self.atom(), self.atom(), self.random.below(256) as u32).into(),
            11 => {
                let small = [
                    Term::NIL,
                    Term::tuple([]),
                    Term::map([]),
                    "".into(),
                    true.into(),
                ];
                self.random.pick(&small)
            }
            _ => {
                let len = self.random.below(12);
                self.text(len).into()
            }
        }
    }

    fn integer(&mut self) -> BigInt {
        let bits = [
            3, 7, 8, 9, 27, 28, 31, 32, 33, 59, 60, 63, 64, 65, 127, 128, 129, 2040, 2048, 2100,
        ];
        let bits: usize = self.random.pick(&bits);
        let any = BigInt::from_signed_bytes_le(&self.random.bytes(bits.div_ceil(8)));
        let power = BigInt::from(1) << bits;
        let near = self.random.pick(&[-1, 0, 1]);
        let sign = self.random.pick(&[-1, 1]);
        self.random.pick(&[any, power * sign]) + near
    }

    fn float(&mut self) -> f64 {
        loop {
            let any = f64::from_bits(self.random.next());
            let small = self.random.below(1000) as f64 / 8.0;
            let float = self.random.pick(&[any, small, 0.1, f64::MAX, 5e-324]);
            if float.is_finite() {
                return float;
            }
        }
    }

    pub(crate) fn atom(&mut self) -> Atom {
        let len = match self.random.below(8) {
            0 => 255,
            _ => self.random.below(20),
        };
        Atom::new(self.text(len)).unwrap()
    }

    fn text(&mut self, characters: usize) -> String {
        let (low, high) = self.random.pick(&[
            ('a', 'z'),
            ('\0', '\x7f'),
            ('\u{80}', '\u{ff}'),
            ('\u{100}', '\u{7ff}'),
            ('\u{800}', '\u{d7ff}'),
            ('\u{10000}', '\u{10ffff}'),
            ('\0', '\u{7ff}'),
        ]);
        let (low, high) = (u32::from(low), u32::from(high));
        let count = usize::try_from(high - low + 1).unwrap();
        (0..characters)
            .map(|_| char::from_u32(low + self.random.below(count) as u32).unwrap())
            .collect()
    }

    fn bits(&mut self) -> Term {
        let tail = self.random.below(7) as u8 + 1;
        let len = self.random.pick(&[1, 2, 70]);
        let bytes = Bytes::from(self.random.bytes(len));
        BitString::new(bytes, tail).unwrap().into()
    }

    fn string(&mut self) -> Term {
        let len = match self.random.below(400) {
            0 => self.random.pick(&[65_534, 65_535, 65_536]),
            _ => self.random.below(40),
        };
        let mut string: Vec<Term> = self.random.bytes(len).into_iter().map(Term::from).collect();
        match self.random.below(5) {
            0 => string.insert(0, 256.into()),
            1 => string.push((-1).into()),
            2 => string.push(1.0.into()),
            _ => {}
        }
        string.into()
    }

    fn node(&mut self) -> Atom {
        let name = self.random.pick(&["a@b", "shop@127.0.0.1", "båt@é"]);
        Atom::from_static(name)
    }

    fn creation(&mut self) -> u32 {
        self.random.pick(&[1, 2, 4, 255, u32::MAX])
    }

    fn pid(&mut self) -> Pid {
        Pid::new(
            self.node(),
            self.random.word(),
            self.random.word(),
            self.creation(),
        )
    }

    fn reference(&mut self) -> Reference {
        let words: Vec<u32> = (0..=self.random.below(5))
            .map(|_| self.random.word())
            .collect();
        Reference::new(self.node(), self.creation(), &words).unwrap()
    }

    fn port(&mut self) -> Port {
        let id = u64::from(self.random.word()) << self.random.pick(&[0, 32])
            | u64::from(self.random.word());
        Port::new(self.node(), id, self.creation())
    }
}

/// Whether there is a map of several keys in a term.
fn has_larger_map(term: &Term) -> bool {
    match term {
        Term::Map(map) => {
            map.len() > 1
                || map
                    .iter()
                    .any(|(k, v)| has_larger_map(k) || has_larger_map(v))
        }
        Term::Tuple(elements) => elements.iter().any(has_larger_map),
        Term::List(elements) => elements.iter().any(has_larger_map),
        Term::ImproperList(list) => {
            list.elements().iter().any(has_larger_map) || has_larger_map(list.tail())
        }
        _ => false,
    }
}
