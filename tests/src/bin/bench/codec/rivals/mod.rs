//! Crates beside ergo, each used as its own users would.

mod blob;
mod eetf;
mod erltf;
mod erltf_serde;
mod postcard;

use ::ergo::etf::{Term, decode};

use super::cell::Cell;
use super::data::Workload;

/// The codecs that ergo's `Term` is compared with.
pub(crate) const TERMS: [&str; 3] = [erltf::NAME, erltf::BORROWED, eetf::NAME];

/// All of them.
pub(crate) fn cells(workload: Workload, bytes: &'static [u8]) -> Vec<Cell> {
    let mut cells = erltf::cells(bytes);
    cells.extend(eetf::cells(bytes));
    cells.extend(erltf_serde::cells(workload, bytes));
    cells.extend(postcard::cells(workload, bytes));
    cells
}

/// What a rival wrote is the term that it had read.
fn check(rival: &str, written: &[u8], read: &[u8]) {
    let terms = [written, read].map(|bytes| decode::<Term>(bytes).expect("a term"));
    assert!(terms[0] == terms[1], "{rival} changes the term");
}
