//! From the model to tokens; nothing fails here.

pub(crate) mod actor;
pub(crate) mod behavior;
pub(crate) mod decode;
pub(crate) mod decode_map;
pub(crate) mod encode;
pub(crate) mod fallback;
pub(crate) mod handle;
pub(crate) mod handlers;
pub(crate) mod main_fn;
pub(crate) mod request;
pub(crate) mod server;
pub(crate) mod server_behavior;
pub(crate) mod term;
pub(crate) mod value;
