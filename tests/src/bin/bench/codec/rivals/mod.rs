//! Crates beside ergo, each used as its own users would.

mod eetf;
mod erltf;
mod erltf_serde;
mod postcard;

use ::ergo::etf::{Term, decode};

use super::cell::Cell;
use super::data::Workload;

/// Codecs whose terms own what they have read.
pub(crate) const OWNED_TERMS: [&str; 2] = [erltf::NAME, eetf::NAME];
/// Codecs whose terms borrow from the bytes.
pub(crate) const BORROWED_TERMS: [&str; 1] = [erltf::BORROWED];

/// The other bridge from serde to terms.
pub(crate) const SERDE: [&str; 1] = [erltf_serde::NAME];

/// All of them.
pub(crate) fn cells(workload: Workload, bytes: &'static [u8]) -> Vec<Cell> {
    let mut cells = erltf::cells(bytes);
    cells.extend(eetf::cells(bytes));
    cells.extend(erltf_serde::cells(workload, bytes));
    cells.extend(postcard::cells(workload, bytes));
    cells
}

/// What a contender wrote is the term that it had read.
pub(crate) fn check(contender: &str, written: &[u8], read: &[u8]) {
    let terms = [written, read].map(|bytes| decode::<Term>(bytes).expect("a term"));
    assert!(terms[0] == terms[1], "{contender} changes the term");
}
