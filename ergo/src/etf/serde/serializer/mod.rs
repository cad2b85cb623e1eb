//! Writing what serde serializes.

mod compound;
mod raw;
mod time;
mod value;

pub(super) use time::TimeType;
pub(super) use value::Writer;
