//! Who takes part, each written as its own users would.

#[cfg(feature = "bench")]
pub(crate) mod actix;
mod contender;
pub(crate) mod ergo;
#[cfg(feature = "bench")]
pub(crate) mod kameo;
#[cfg(feature = "bench")]
pub(crate) mod ractor;
pub(crate) mod tokio;
#[cfg(feature = "bench")]
pub(crate) mod tokio_actors;

pub(crate) use contender::{Contender, with_actors};
