//! The state machine behaviour: gen_statem with typed states and events.
//!
//! Mirrors <https://www.erlang.org/doc/apps/stdlib/gen_statem.html>, callback mode `handle_event_function` with state
//! enter calls.
//!
//! # Invariants
//!
//! - One event at a time is handled to its end, with everything it inserts, before the mailbox is looked at again.
//! - A timeout never overtakes a message that was in the mailbox when its time had passed.
//! - What OTP refuses in a state enter call (another state, `postpone`, `next_event`) cannot be written here.

mod actions;
mod callbacks;
mod event;
mod machine;
mod timeouts;
mod transition;

pub use callbacks::{Statem, StatemTypes};
pub use event::{Event, StatemMessage};
pub use machine::Machine;
pub use transition::{Entered, Transition};
