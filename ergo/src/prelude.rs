//! What a program that uses ergo most often needs: `use ergo::prelude::*;`.

pub use std::time::Duration;

pub use crate::behaviour::{
    ChildSpec, Entered, Event, EventContext, EventFlow, EventHandler, EventManager,
    EventManagerRef, HandlerId, Machine, Server, Spec, Statem, Supervisor, SupervisorRef,
    Transition,
};
pub use crate::etf::{Atom, Decode, Encode, Pid, Reference, Term};
pub use crate::node::{Node, Visibility};
#[cfg(feature = "testing")]
pub use crate::pattern;
pub use crate::process::{
    Actor, CallError, CastError, Context, Destination, Down, Exit, ExitReason, Flow, Handle,
    Message, Overflow, PlainContext, Reply, SpawnError, SpawnOptions,
};
pub use crate::remote::{Exception, HasFactory};
pub use crate::{args, atom, millis, secs, term};
pub use ergo_macros::{Actor, Request, ServerBehavior, StatemBehavior};
