//! A real Erlang/OTP: which releases there are, nodes that evaluate expressions, and their EPMD.
//!
//! All of it is on 127.0.0.1. A node is started without EPMD of its own (`-start_epmd false`): the test starts one,
//! real or ours, and passes its port. The machine's EPMD is never touched.

mod epmd;
mod node;
mod oracle;
mod release;

pub use epmd::{Epmd, Registered};
pub use node::{Builder, Node};
pub use oracle::Oracle;
pub use release::{Release, each_release};
