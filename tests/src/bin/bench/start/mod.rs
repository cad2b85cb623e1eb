//! Start: how long it takes from exec to a node that can be connected to, and what it takes.
//!
//! Each contender is a program that prints `ready` when it is registered at EPMD and accepts connections; bare tokio
//! registers nowhere and only listens. The time is that until the line has been read; resident memory is looked at then.

mod program;
mod suite;

pub(crate) use program::{Kind, main as program};
pub(crate) use suite::{Options, run};
