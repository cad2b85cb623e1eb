//! Terms made of bytes.

use bytes::Bytes;
use ergo::etf::{
    Atom, BigInt, BitString, Export, ImproperList, Pid, Port, Reference, Term, decode,
};

/// Makes terms of every kind out of bytes: any bytes give a term, and small changes of the bytes small changes of it.
///
/// ```
/// use ergo_tests::hostile::Source;
///
/// assert_eq!(Source::new(&[]).term().to_string(), "0");
/// ```
#[derive(Debug)]
pub struct Source<'a> {
    rest: &'a [u8],
    depth: usize,
    closures: usize,
}

/// How deep terms nest; deeper ones have tests of their own.
const DEPTH_MAX: usize = 40;
/// How deep closures nest: a decoder refuses more that capture maps.
const CLOSURES_MAX: usize = 16;

impl<'a> Source<'a> {
    /// Terms of these bytes; where they end, zeros follow.
    pub fn new(bytes: &'a [u8]) -> Source<'a> {
        Source {
            rest: bytes,
            depth: 0,
            closures: 0,
        }
    }

    fn byte(&mut self) -> u8 {
        match self.rest {
            [first, rest @ ..] => {
                self.rest = rest;
                *first
            }
            [] => 0,
        }
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.byte())
    }

    fn word(&mut self) -> u32 {
        u32::from_be_bytes(self.array())
    }

    /// Up to 255 bytes.
    fn take(&mut self) -> &'a [u8] {
        let len = usize::from(self.byte()).min(self.rest.len());
        let (bytes, rest) = self.rest.split_at(len);
        self.rest = rest;
        bytes
    }

    fn atom(&mut self) -> Atom {
        let text = String::from_utf8_lossy(self.take());
        Atom::new(text).unwrap_or_else(|_| Atom::from_static("long"))
    }

    /// The next term.
    pub fn term(&mut self) -> Term {
        let kind = self.byte() % 24;
        if kind >= 16 && self.depth < DEPTH_MAX {
            self.depth += 1;
            let term = self.branch(kind);
            self.depth -= 1;
            return term;
        }
        self.leaf(kind)
    }

    fn leaf(&mut self, kind: u8) -> Term {
        match kind {
            0 => Term::Integer(self.byte().into()),
            1 => Term::Integer(i32::from_be_bytes(self.array()).into()),
            2 => Term::Integer(i64::from_be_bytes(self.array())),
            3 => Term::from(BigInt::from_signed_bytes_le(self.take())),
            4 | 5 => Term::Float(
                Some(f64::from_be_bytes(self.array()))
                    .filter(|float| float.is_finite())
                    .unwrap_or(-0.0),
            ),
            6 | 7 => Term::Atom(self.atom()),
            8 => Term::binary(Bytes::copy_from_slice(self.take())),
            9 => {
                let (bits, bytes) = (self.byte() % 9, Bytes::copy_from_slice(self.take()));
                BitString::new(bytes.clone(), bits).map_or(Term::binary(bytes), Term::from)
            }
            10 => Term::from(Pid::new(self.atom(), self.word(), self.word(), self.word())),
            11 => {
                let words: Vec<u32> = (0..1 + self.byte() % 5).map(|_| self.word()).collect();
                Reference::new(self.atom(), self.word(), &words).map_or(Term::NIL, Term::from)
            }
            12 => {
                let id = u64::from_be_bytes(self.array()) >> (self.byte() % 64);
                Term::from(Port::new(self.atom(), id, self.word()))
            }
            13 => Term::from(Export::new(self.atom(), self.atom(), self.word() >> 1)),
            14 => Term::charlist(&String::from_utf8_lossy(self.take())),
            _ => Term::NIL,
        }
    }

    fn elements(&mut self) -> Vec<Term> {
        // Past 255 elements a tuple has another form.
        let count = match self.byte() {
            255 => 300,
            count => usize::from(count % 6),
        };
        (0..count).map(|_| self.term()).collect()
    }

    fn branch(&mut self, kind: u8) -> Term {
        match kind {
            16 | 17 => Term::tuple(self.elements()),
            18 | 19 => Term::list(self.elements()),
            20 => {
                let elements = self.elements();
                let tail = self.term();
                ImproperList::term(elements, tail)
            }
            21 => {
                let pairs: Vec<(Term, Term)> = (0..self.byte() % 6)
                    .map(|_| (self.term(), self.term()))
                    .collect();
                Term::map(pairs)
            }
            22 if self.closures < CLOSURES_MAX => {
                self.closures += 1;
                let closure = self.closure();
                self.closures -= 1;
                closure
            }
            _ => self.record(),
        }
    }

    /// A closure: it can only be read, so it is written here as a peer would.
    fn closure(&mut self) -> Term {
        let captured = self.elements();
        let mut body = vec![self.byte()];
        body.extend_from_slice(&self.array::<16>());
        body.extend_from_slice(&self.array::<4>());
        body.extend_from_slice(&u32::try_from(captured.len()).unwrap_or(0).to_be_bytes());
        let head = [
            Term::Atom(self.atom()),
            Term::from(i32::from_be_bytes(self.array())),
            Term::from(i32::from_be_bytes(self.array())),
            Term::from(Pid::new(self.atom(), self.word(), self.word(), 1)),
        ];
        for part in head.iter().chain(&captured) {
            body.extend_from_slice(&written(part));
        }
        let size = u32::try_from(body.len() + 4).unwrap_or(0).to_be_bytes();
        read(&[&[131, 112][..], &size, &body].concat())
    }

    /// A native record, written as a peer would: no field is there twice.
    fn record(&mut self) -> Term {
        let mut fields = Vec::new();
        for value in self.elements() {
            let name = self.atom();
            if fields.iter().all(|(other, _)| *other != name) {
                fields.push((name, value));
            }
        }
        let mut bytes = vec![131, 67];
        bytes.extend_from_slice(&u32::try_from(fields.len()).unwrap_or(0).to_be_bytes());
        bytes.push(self.byte() % 2);
        for name in [self.atom(), self.atom()] {
            bytes.extend_from_slice(&written(&Term::Atom(name)));
        }
        for (name, _) in &fields {
            bytes.extend_from_slice(&written(&Term::Atom(name.clone())));
        }
        for (_, value) in &fields {
            bytes.extend_from_slice(&written(value));
        }
        read(&bytes)
    }
}

fn written(term: &Term) -> Vec<u8> {
    let bytes = ergo::etf::encode(term).expect("a term of finite floats");
    bytes.get(1..).unwrap_or_default().to_vec()
}

fn read(bytes: &[u8]) -> Term {
    decode(bytes).unwrap_or_else(|error| panic!("{error}: {bytes:?}"))
}
