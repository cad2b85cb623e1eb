//! The event manager behaviour: gen_event with typed events.
//!
//! Mirrors <https://www.erlang.org/doc/apps/stdlib/gen_event.html>. A manager is a process with any number of handlers,
//! each with a state of its own; every event goes to all of them, the one added last first.
//!
//! # Invariants
//!
//! - A handler that fails or panics is removed and reported; the manager and the other handlers live.
//! - Whoever supervises a handler gets `{gen_event_EXIT, Handler, Reason}` whenever the handler goes, whatever the reason.
//! - On the wire a manager speaks gen_event's own protocol, in both directions.

mod flow;
mod handler;
mod handlers;
mod id;
mod manager;
mod message;
mod process;
mod reference;

pub use flow::{EventFlow, Replacement, Terminated};
pub use handler::{EventContext, EventHandler, EventType};
pub use id::HandlerId;
pub use manager::EventManager;
pub use message::EventMessage;
pub use process::EventManagerProcess;
pub use reference::{EventError, EventManagerRef};
