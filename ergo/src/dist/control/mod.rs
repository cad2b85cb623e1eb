//! Control messages: the signals between processes of two nodes.
//!
//! [`Control`] names what happens, not the operation that says so on the wire: a link exit is one variant, whether its
//! reason came inside the tuple (`EXIT`) or as a payload (`PAYLOAD_EXIT`), with or without a trace token. Reading accepts
//! every form at any time; writing chooses the form by what was negotiated.
//!
//! Mirrors "Protocol between Connected Nodes" in the chapter on the distribution protocol of the ERTS user's guide.
//!
//! - Trace tokens are read and dropped: ergo takes no part in sequential tracing.
//! - Payloads are neither read nor checked here.
//! - Who may send what to whom is checked as OTP does, and a breach closes the connection.

mod decode;
mod encode;
mod message;
mod operation;
mod spawn;
#[cfg(test)]
mod tests;

pub use encode::SendError;
pub use message::{AltactTarget, Control, Monitored};
pub use spawn::{SpawnOptions, SpawnReply, SpawnRequest};

#[cfg(test)]
use decode::read_control;
pub(super) use decode::{Parties, PayloadPlace, Read, open};
pub(super) use encode::{Placement, write_control};
