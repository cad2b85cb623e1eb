//! Functions that peers may call and spawn, and calls of those of other nodes.

pub(in crate::remote) mod applied;
mod args;
mod call;
mod client;
pub(in crate::remote) mod erpc;
mod error;
pub(in crate::remote) mod exception;
pub(in crate::remote) mod function;
mod module;
mod multicall;
mod register;

pub(crate) use applied::FunctionCall;
pub use args::FunctionArgs;
pub use call::RpcCall;
pub use client::Rpc;
pub use error::RpcError;
pub use exception::Exception;
pub(crate) use function::Asker;
pub use function::{Functions, IntoOutcome};
pub use module::RpcModule;
pub use multicall::Multicall;
