//! Applications that are started from other nodes (C8), in virtual time.

#![deny(warnings, clippy::all)]

mod access;
mod errors;
mod inherits;
mod nodes;
