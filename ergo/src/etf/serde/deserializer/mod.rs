//! Reading what serde deserializes.

mod any;
mod elements;
mod entries;
mod only;
mod value;
mod variant;

pub(super) use value::Deserializer;
