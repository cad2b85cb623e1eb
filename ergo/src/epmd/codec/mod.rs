//! The bytes of EPMD as values, for both sides, without sockets or clock.
//!
//! Mirrors the section "Protocol between EPMD and nodes" of the chapter "Distribution Protocol" of
//! the ERTS user's guide. A request is a length of two bytes and that many bytes; a response has no
//! length and ends where its fields say, or where the server closes.
//!
//! [`RequestReader`] is the server's side of one connection and [`ResponseReader`] the client's:
//! each takes bytes in any chopping and costs time and memory linear in the bytes received.

mod entry;
mod fields;
mod listing;
mod name;
mod request;
mod request_reader;
mod response;
mod response_reader;

pub use entry::{NodeEntry, NodeType};
pub use listing::{DumpLine, DumpListing, ListedNode, NameListing};
pub use name::{AliveName, NameError};
pub use request::{Request, RequestEncodeError, RequestError, RequestKind};
pub use request_reader::RequestReader;
pub use response::{
    AliveResponse, KillResponse, Response, ResponseError, StopResponse, encode_port_response,
};
pub use response_reader::ResponseReader;
