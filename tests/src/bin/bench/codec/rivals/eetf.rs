//! `eetf`, which writes to any writer and reads from any reader.

use eetf::Term;

use crate::codec::cell::{Cell, Operation};

pub(crate) const NAME: &str = "eetf";

pub(crate) fn cells(bytes: &'static [u8]) -> Vec<Cell> {
    let term = Term::decode(bytes).expect("a term");
    super::check(NAME, &written(&term), bytes);
    vec![
        Cell::new(NAME, Operation::Encode, move || written(&term)),
        Cell::new(NAME, Operation::Decode, move || {
            Term::decode(bytes).expect("a term")
        }),
    ]
}

fn written(term: &Term) -> Vec<u8> {
    let mut bytes = Vec::new();
    term.encode(&mut bytes).expect("bytes");
    bytes
}
