//! `erltf`, with terms that own what they hold and terms that borrow.

use crate::codec::cell::{Cell, Operation};

pub(crate) const NAME: &str = "erltf";
pub(crate) const BORROWED: &str = "erltf-borrowed";

pub(crate) fn cells(bytes: &'static [u8]) -> Vec<Cell> {
    let term = erltf::decode(bytes).expect("a term");
    super::check(NAME, &erltf::encode(&term).expect("bytes"), bytes);
    let borrowed = erltf::decode_borrowed(bytes).expect("a term").to_owned();
    super::check(BORROWED, &erltf::encode(&borrowed).expect("bytes"), bytes);
    vec![
        Cell::new(NAME, Operation::Encode, move || {
            erltf::encode(&term).expect("bytes")
        }),
        Cell::new(NAME, Operation::Decode, move || {
            erltf::decode(bytes).expect("a term")
        }),
        Cell::new(BORROWED, Operation::Decode, move || {
            erltf::decode_borrowed(bytes).expect("a term")
        }),
    ]
}
