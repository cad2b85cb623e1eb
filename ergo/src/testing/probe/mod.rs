//! Probes: processes that keep what they get for a test to look at.

mod arrived;
mod expect;
mod process;

pub use arrived::{Arrived, ProbeCall};
pub use process::Probe;
