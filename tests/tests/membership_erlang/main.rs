//! Membership against real Erlang nodes: who may be connected, who is told, and what `net_kernel` answers.

#![deny(warnings, clippy::all)]

mod access;
mod dynamic;
mod kinds;
mod monitors;
mod net_kernel;
mod stale;
mod ticks;
mod world;
