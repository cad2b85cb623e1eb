//! Any Erlang term as a value.
//!
//! A term may nest a million levels deep: everything here that walks one keeps its own stack instead of recursing
//! further than a few levels, dropping included.

mod build;
mod children;
mod clone;
mod compare;
mod containers;
mod convert;
mod display;
mod drop;
mod elements;
mod hash;
mod map;
mod number;
mod pretty;
mod record;
mod typed;
mod value;

pub(crate) use build::Frame;
pub(crate) use children::Children;
pub(crate) use compare::compare_closures;
pub use containers::{ImproperList, List, Tuple};
pub use map::{Map, MapKey};
pub(crate) use number::integer_to_float;
pub use record::Record;
pub(crate) use record::RecordType;
pub use value::Term;
