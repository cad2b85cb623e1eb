//! Who takes part, each written as its own users would.

mod contender;
pub(crate) mod ergo;
#[cfg(feature = "bench")]
pub(crate) mod kameo;
#[cfg(feature = "bench")]
pub(crate) mod ractor;
pub(crate) mod tokio;

pub(crate) use contender::{Contender, with_actors};
