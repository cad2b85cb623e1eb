//! System messages, for all behaviours: looking at a process, holding it, and ending it in order.
//!
//! Mirrors OTP's `sys` (<https://www.erlang.org/doc/apps/stdlib/sys.html>), from both sides: every behaviour of a node
//! answers `sys:get_state/1` and the like of an Erlang shell, and the functions here ask any behaviour of the cluster,
//! whatever it is written in.
//!
//! # Invariants
//!
//! - A system message is always answered, and costs a process that gets none nothing.
//! - A suspended process handles system messages and its parent's exit; the rest waits in the order it came.

mod answer;
mod client;
mod debug;
mod status;
mod suspended;

pub use client::{
    SysError, get_state, get_status, log, log_events, no_debug, replace_state, resume, statistics,
    statistics_of, suspend, terminate, trace,
};

pub(super) use answer::{Then, answer, state_or_reason};
pub(super) use debug::{Debug, typed, wire};
pub(super) use status::{data, subject};
pub(super) use suspended::suspended;
