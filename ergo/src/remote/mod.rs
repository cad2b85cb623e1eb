//! What nodes let each other do: functions that peers may spawn and call.
//!
//! Mirrors erpc (<https://www.erlang.org/doc/apps/kernel/erpc.html>) and `spawn_request`
//! (<https://www.erlang.org/doc/apps/erts/erlang.html#spawn_request/5>).
//!
//! # Invariants
//!
//! - A peer can start and call only what was registered for it (G-19); anything else dies with `undef`, as a function
//!   that does not exist does in Erlang.
//! - The answer to a spawn request goes out before the new process runs, so before any signal of it.

mod access;
mod application;
mod applied;
mod args;
mod asking;
mod child;
mod enable;
mod erpc;
mod error;
mod exception;
mod factory;
mod function;
mod here;
mod lease;
mod receive;
mod register;
mod remote_node;
mod rpc;
mod rpc_call;
mod rpc_error;
mod rpc_module;
mod rpc_multicall;

pub use access::{Access, AccessChange, AccessListError};
pub(crate) use application::{Asked as ApplicationAsked, NO_APP_FILE};
pub use application::{RemoteApplicationError, RemoteApplicationStart};
pub(crate) use applied::FunctionCall;
pub use args::FunctionArgs;
pub use error::RemoteSpawnError;
pub use exception::Exception;
pub use factory::{Factory, HasFactory, IntoFactory};
pub(crate) use function::Asker;
pub use function::{Functions, IntoOutcome};
pub(crate) use here::register as register_spawn;
pub(crate) use receive::Spawner;
pub use remote_node::{MonitoredSpawn, RemoteNode, RemoteSpawn};
pub use rpc::Rpc;
pub use rpc_call::RpcCall;
pub use rpc_error::RpcError;
pub use rpc_module::RpcModule;
pub use rpc_multicall::Multicall;
