//! One process: its mailbox, its run loop, and the signals that reach it.
//!
//! Mirrors the process chapter of the Erlang reference manual
//! (<https://www.erlang.org/doc/system/ref_man_processes.html>).
//!
//! # Invariants
//!
//! - One queue per process, holding that actor's own message type inline; what one sender sends to one receiver
//!   keeps its order, whatever kind of signal it is.
//! - An exit signal is not a message: it acts when it is delivered, at the next await of a process that does not
//!   trap exits.
//! - A relation (link, monitor) belongs to the process that has it and is changed under that process's lock alone;
//!   whoever removes the entry is the one that reports it, so every exit and every `Down` is reported once.
//! - A process knows its node only through [`host::Host`].

mod actor;
mod alias;
mod asked;
mod blocking;
mod call;
mod cast_wait;
mod context;
mod crash;
mod current;
mod dead_letter;
mod deadline;
mod destination;
mod ending;
mod env;
mod errors;
mod exit;
mod facade;
#[cfg(feature = "testing")]
mod fault;
mod forward;
mod gate;
mod handle;
mod heritage;
pub mod host;
mod id_set;
mod info;
mod inheritance;
mod insist;
mod links;
mod log;
mod mailbox;
mod outside;
mod overflow;
mod plain;
mod queue;
mod relations;
mod reply;
mod room;
mod run;
mod send;
mod serving;
mod signal;
mod snapshot;
mod spawn;
mod spawner;
mod stop;
pub mod sys;
mod task;
mod timer;
mod turn;
mod wire;

pub use actor::{Actor, Behavior, Flow, Handle, IntoFlow, Label, MessageKind, Options};
pub use alias::{Alias, AliasMode, AliasOptions, MonitorOptions, Through};
pub use blocking::BlockingContext;
pub use call::Call;
pub use cast_wait::CastWait;
pub use context::Context;
#[doc(hidden)]
pub use context::answer;
pub use dead_letter::{DeadLetter, DeadLetterReason, DeadLetters};
pub use destination::Destination;
pub use env::EnvValue;
pub use errors::{CallError, CastError, Full, RegisterError, SpawnError};
pub use exit::ExitReason;
pub use handle::Ref;
pub use heritage::Heritage;
pub use info::{ProcessInfo, ProcessStatus};
pub use inheritance::EnvError;
pub use overflow::Overflow;
pub use plain::{IntoExit, Message, Plain, PlainContext, PlainRef};
pub use relations::{Monitored, Relations, RemoteWatcher, Watcher};
pub use reply::{Reply, ReplyTo};
pub use serving::Serves;
pub use signal::{Down, Exit};
pub use snapshot::Snapshot;
pub use spawn::SpawnOptions;
pub use timer::{MissPolicy, Timer};
pub use turn::yield_now;
pub use wire::Protocol;

pub(crate) use actor::short_type_name;
pub(crate) use alias::pass_through;
pub(crate) use current::panic_message;
pub(crate) use dead_letter::request_of;
pub(crate) use deadline::Deadline;
pub(crate) use env::{Env, read as read_env};
pub(crate) use facade::{
    call_term, cast_from_here, encode, exit_from_here, polled_on, send_from_here, send_priority,
    send_waiting, start, start_blocking, start_plain, start_plain_tied, write_reason,
};
#[cfg(feature = "testing")]
pub(crate) use fault::{Fault, FaultPlan, InitFault};
pub(crate) use forward::forwarded_cast;
pub(crate) use inheritance::{Inheritance, SentEnv};
#[cfg(test)]
pub(crate) use links::monitor as monitor_of;
pub(crate) use links::{down, exit_through};
pub(crate) use log::{level_of, level_word, warn_about};
pub(crate) use run::Started;
pub(crate) use spawn::{Tie, spawn_plain_there, spawn_there};
pub(crate) use timer::{
    Owner as TimerOwner, after as timer_after, every as timer_every, send_after as timer_send,
};
pub(crate) use wire::answered_slot;
