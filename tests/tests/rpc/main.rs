//! Remote procedure calls between nodes of ergo, in virtual time.

#![deny(warnings, clippy::all)]

mod access;
mod calls;
mod macros;
mod nodes;
