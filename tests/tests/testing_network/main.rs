//! Nodes in one test without sockets: the real handshake and the real bytes, and everything that may happen to them.

#![deny(warnings, clippy::all)]

mod connections;
mod losses;
mod mailboxes;
mod same_again;
