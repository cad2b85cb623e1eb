//! What nodes let each other do: processes of factories, functions, applications, and who may have which.
//!
//! Mirrors erpc (<https://www.erlang.org/doc/apps/kernel/erpc.html>) and `spawn_request`
//! (<https://www.erlang.org/doc/apps/erts/erlang.html#spawn_request/5>).
//!
//! # Invariants
//!
//! - A peer can start and call only what was registered for it (G-19): what is not for it is refused with a word, and a
//!   function that does not exist ends with `undef`, as in Erlang.
//! - The answer to a spawn request goes out before the new process runs, so before any signal of it.

mod access;
mod application;
mod receive;
mod rpc;
mod spawn;

pub use access::{Access, AccessChange, AccessListError};
pub(crate) use application::{Asked as ApplicationAsked, NO_APP_FILE};
pub use application::{RemoteApplicationError, RemoteApplicationStart};
pub(crate) use receive::Spawner;
pub(crate) use rpc::{Asker, FunctionCall};
pub use rpc::{
    Exception, FunctionArgs, Functions, IntoOutcome, Multicall, Rpc, RpcCall, RpcError, RpcModule,
};
pub(crate) use spawn::register_spawn;
pub use spawn::{
    Factory, HasFactory, IntoFactory, MonitoredSpawn, RemoteNode, RemoteSpawn, RemoteSpawnError,
};
