//! ergo, with and without types.

use ::ergo::etf::{self, Decode, DecodeOwned, Encode, Term};
use bytes::Bytes;

use super::bytes::AtomForm;
use super::cell::{Cell, Operation};
use super::data::Workload;
use super::typed::{BorrowedData, Call, Child, Fields, Nested, SharedData};

/// Any term.
pub(crate) const TERM: &str = "ergo-term";
/// Any term, with its binaries as slices of the buffer.
pub(crate) const TERM_SHARED: &str = "ergo-term-shared";
/// Types that own what they hold.
pub(crate) const TYPED: &str = "ergo-typed";
/// Types whose texts and binaries are slices of the buffer.
pub(crate) const SHARED: &str = "ergo-shared";
/// Types that borrow from the bytes.
pub(crate) const BORROWED: &str = "ergo-borrowed";

/// Types of serde.
pub(crate) const SERDE: &str = "ergo-serde";

/// Everything of ergo that takes part.
pub(crate) fn cells(workload: Workload, bytes: &'static [u8]) -> Vec<Cell> {
    let mut cells = term(bytes, workload);
    let expected = workload.bytes(AtomForm::Utf8);
    match workload {
        Workload::Call => cells.extend(owned::<Call>(bytes, &expected)),
        Workload::Fields => {
            cells.extend(owned::<Fields<String>>(bytes, &expected));
            cells.push(borrowed::<Fields<&str>>(bytes, &expected));
        }
        Workload::Integers => cells.extend(owned::<Vec<i64>>(bytes, &expected)),
        Workload::Binary => {
            cells.extend(shared(bytes, &expected));
            cells.push(borrowed::<BorrowedData<'_>>(bytes, &expected));
        }
        Workload::Nested => {
            cells.extend(owned::<Nested<String>>(bytes, &expected));
            cells.push(borrowed::<Nested<&str>>(bytes, &expected));
        }
        Workload::Tuples => cells.extend(owned::<Vec<Child>>(bytes, &expected)),
    }
    cells
}

fn term(bytes: &'static [u8], workload: Workload) -> Vec<Cell> {
    let mut cells = both::<Term>(TERM, bytes, &workload.bytes(AtomForm::Utf8));
    if workload == Workload::Binary {
        let buffer = buffer(bytes);
        cells.push(Cell::new(TERM_SHARED, Operation::Decode, move || {
            etf::decode_shared::<Term>(&buffer).expect("a term")
        }));
    }
    cells
}

fn owned<T: Encode + DecodeOwned + 'static>(bytes: &'static [u8], expected: &[u8]) -> Vec<Cell> {
    both::<T>(TYPED, bytes, expected)
}

fn both<T: Encode + DecodeOwned + 'static>(
    contender: &'static str,
    bytes: &'static [u8],
    expected: &[u8],
) -> Vec<Cell> {
    let value: T = etf::decode(bytes).expect("a value");
    check(contender, &value, expected);
    let encode = Cell::new(contender, Operation::Encode, move || {
        etf::encode(&value).expect("a term")
    });
    let decode = Cell::new(contender, Operation::Decode, move || {
        etf::decode::<T>(bytes).expect("a value")
    });
    vec![encode, decode]
}

fn shared(bytes: &'static [u8], expected: &[u8]) -> [Cell; 2] {
    let buffer = buffer(bytes);
    let value: SharedData = etf::decode_shared(&buffer).expect("a value");
    check(SHARED, &value, expected);
    let encode = Cell::new(TYPED, Operation::Encode, move || {
        etf::encode(&value).expect("a term")
    });
    let decode = Cell::new(SHARED, Operation::Decode, move || {
        etf::decode_shared::<SharedData>(&buffer).expect("a value")
    });
    [encode, decode]
}

fn borrowed<T: Encode + Decode<'static> + 'static>(bytes: &'static [u8], expected: &[u8]) -> Cell {
    let value: T = etf::decode_borrowed(bytes).expect("a value");
    check(BORROWED, &value, expected);
    Cell::new(BORROWED, Operation::Decode, move || {
        etf::decode_borrowed::<T>(bytes).expect("a value")
    })
}

/// As a connection has it: counted, and with more than one owner.
fn buffer(bytes: &[u8]) -> Bytes {
    let buffer = Bytes::copy_from_slice(bytes);
    std::mem::forget(buffer.clone());
    buffer
}

fn check<T: Encode>(contender: &str, value: &T, expected: &[u8]) {
    let written = etf::encode(value).expect("a term");
    // Not `assert_eq`: 1 MB is too much to be shown.
    assert!(written == expected, "{contender} changes the term");
}
