//! Applications of a node that other nodes may start.
//!
//! Corresponds to `rpc:call(Node, application, start, [Name, Type])`
//! (<https://www.erlang.org/doc/apps/kernel/application.html#start/2>), with a list of the nodes that may, an environment
//! and a log level.

mod access;
mod asked;
mod error;
mod start;

pub(crate) use asked::{Asked, NO_APP_FILE};
pub use error::RemoteApplicationError;
pub use start::RemoteApplicationStart;
