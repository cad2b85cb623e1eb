//! Connections between nodes under everything that may happen to a network, and what everyone saw of it: G-01, G-02, G-03,
//! G-04 and G-18, on the in-memory network.

#![deny(warnings, clippy::all)]

mod actor;
mod attempts;
mod history;
mod order;
mod world;
