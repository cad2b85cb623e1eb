//! Processes started on other nodes, in virtual time: who may, what is told of each failure, and that nothing is left
//! of what nobody knows of (G-19, G-20).

#![deny(warnings, clippy::all)]

mod access;
mod errors;
mod nodes;
mod orphans;
mod seeds;
mod ties;
