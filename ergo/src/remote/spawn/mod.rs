//! Processes of factories: who may start which, asking another node for one, and what comes of it.

pub(in crate::remote) mod asking;
pub(in crate::remote) mod child;
mod enable;
pub(in crate::remote) mod error;
pub(in crate::remote) mod factory;
pub(in crate::remote) mod here;
pub(in crate::remote) mod lease;
mod remote_node;

pub use error::RemoteSpawnError;
pub use factory::{Factory, HasFactory, IntoFactory};
pub(crate) use here::register as register_spawn;
pub use remote_node::{MonitoredSpawn, RemoteNode, RemoteSpawn};
