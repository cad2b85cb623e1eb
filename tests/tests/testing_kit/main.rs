//! The test kit itself: virtual time, probes, faults, seeds, and what its failures say.

#![deny(warnings, clippy::all)]

mod clock;
mod faults;
mod probes;
mod runs;
