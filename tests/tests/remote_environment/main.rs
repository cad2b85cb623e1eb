//! What a process has from the one that has started it on another node (C5), in virtual time.

#![deny(warnings, clippy::all)]

mod environment;
mod level;
mod nodes;
mod parents;
