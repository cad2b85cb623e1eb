//! Types of the standard library, and of this module, as terms.

mod charlist;
mod collections;
mod numbers;
mod results;
mod terms;
mod text;
mod time;
mod tuples;
mod wrappers;

pub use charlist::CharList;
pub(super) use collections::decode_elements;
