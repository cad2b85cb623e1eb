//! What an item means, with every rule checked: the form between the syntax and the expansion.

pub(crate) mod actor;
pub(crate) mod bounds;
pub(crate) mod case;
pub(crate) mod etf;
pub(crate) mod field;
pub(crate) mod handler;
pub(crate) mod main_fn;
pub(crate) mod protocol;
pub(crate) mod request;
pub(crate) mod rpc;
pub(crate) mod server;
pub(crate) mod signature;
pub(crate) mod statem;
pub(crate) mod test_fn;
pub(crate) mod ty;
pub(crate) mod variant;
