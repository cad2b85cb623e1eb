//! Types of the standard library, and of this module, as terms.

mod collections;
mod numbers;
mod results;
mod terms;
mod text;
mod time;
mod tuples;
mod wrappers;

pub(super) use collections::{decode_elements, small_integer};
pub use text::CharList;
