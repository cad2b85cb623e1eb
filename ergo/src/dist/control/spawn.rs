//! Starting processes on another node.

use crate::etf::{Atom, Pid, Reference, Term};

/// A request to start a process, `SPAWN_REQUEST`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpawnRequest {
    /// The identity of the request, and of the monitor when one is asked for.
    pub request: Reference,
    /// The process that asks, the parent.
    pub from: Pid,
    /// The group leader for the process, on any node.
    pub group_leader: Pid,
    /// The module of the function to run.
    pub module: Atom,
    /// The function to run.
    pub function: Atom,
    /// How many arguments it has, as the peer says; the payload is the list of them.
    pub arity: u32,
    /// The options as received: see [`SpawnOptions::read`].
    pub options: Term,
}

/// The options of a request that concern what the nodes do together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpawnOptions {
    /// Link the process to the parent.
    pub link: bool,
    /// The parent monitors the process, with the reference of the request.
    pub monitor: bool,
}

impl SpawnOptions {
    /// Reads a list of options. `None` when it is no proper list or has an option that OTP does not know either: such a
    /// request is answered with the error `badopt`. Options about the memory and the priority of the process are passed over.
    pub fn read(options: &Term) -> Option<SpawnOptions> {
        let mut read = SpawnOptions::default();
        for option in options.as_list()? {
            match (option.as_atom(), option.as_tuple()) {
                (Some("link"), _) => read.link = true,
                (Some("monitor"), _) => read.monitor = true,
                (_, Some([key, _])) => match key.as_atom()? {
                    "monitor" => read.monitor = true,
                    "priority" | "fullsweep_after" | "min_heap_size" | "min_bin_vheap_size"
                    | "max_heap_size" | "message_queue_data" | "async_dist" => {}
                    _ => return None,
                },
                _ => return None,
            }
        }
        Some(read)
    }
}

/// The answer to a [`SpawnRequest`], `SPAWN_REPLY`. It comes before any other signal of the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpawnReply {
    /// The identity of the request.
    pub request: Reference,
    /// The parent.
    pub to: Pid,
    /// Whether parent and process are linked.
    pub link: bool,
    /// Whether the parent monitors the process.
    pub monitor: bool,
    /// The process, or why there is none: `badopt`, `notsup`, `system_limit` or any other atom.
    pub result: Result<Pid, Atom>,
}
