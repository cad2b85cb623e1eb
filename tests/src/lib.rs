//! What the tests share: real Erlang nodes, programs of this workspace, free ports, unique names and deadlines.
//!
//! ```no_run
//! use ergo_tests::erlang::{Epmd, Node, each_release};
//!
//! # async fn example() {
//! each_release(async |release| {
//!     let epmd = Epmd::start().await.unwrap();
//!     let a = Node::builder(release, "a", epmd.port()).cookie("secret").start().await.unwrap();
//!     let b = Node::builder(release, "b", epmd.port()).cookie("secret").hidden().start().await.unwrap();
//!     assert_eq!(a.eval(&format!("net_adm:ping('{}')", b.name())).await.unwrap(), "pong");
//! })
//! .await;
//! # }
//! ```
//!
//! # Layout
//!
//! - [`deadline()`] and [`wait_until`]: every wait of a test ends.
//! - [`failure`]: the error of everything here; its `Debug` is readable, so `unwrap` is.
//! - [`ports`], [`unique_name`]: nothing two tests can collide on.
//! - [`Captured`]: what is traced.
//! - [`process`]: a child process with captured output; ends with its value.
//! - [`program`]: a binary of this workspace, built and started.
//! - [`erlang`]: releases, nodes and EPMD of a real Erlang/OTP.
//! - [`hostile`]: what must hold for every input, however hostile; for property tests and fuzz targets.

pub mod erlang;
pub mod failure;
pub mod hostile;
pub mod ports;
pub mod process;
pub mod program;

mod captured;
mod deadline;
mod name;
mod output;

pub use captured::Captured;
pub use deadline::{PATIENCE, deadline, wait_until};
pub use failure::Failure;
pub use name::unique_name;
pub use program::Program;
