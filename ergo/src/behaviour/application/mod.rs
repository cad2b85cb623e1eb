//! Applications: parts of a program that are started, stopped and configured as a whole.
//!
//! Mirrors application (<https://www.erlang.org/doc/apps/kernel/application.html>): an application is loaded, then
//! started after those it depends on, and stopped before them. One process, the `application_controller`, knows them
//! all; each that runs has a master, the parent of its top supervisor.
//!
//! # Invariants
//!
//! - An application runs exactly while its master lives; whatever ends the master, the controller hears of it by the
//!   exit signal and does the rest: tells who waits, ends what is left, and takes the node down if the type says so.
//! - The controller never waits in a callback for an application, so that one that starts may ask it anything.

mod context;
mod controller;
mod ending;
mod error;
mod master;
mod message;
mod plan;
mod spec;

pub use context::ApplicationContext;
pub use controller::{ApplicationController, ApplicationNode, ControllerRef, SpecEnv};
pub use error::{ApplicationError, ApplicationTerminated};
pub use master::{ApplicationMaster, MasterArgs, MasterRef};
pub use message::{ApplicationInfo, ControllerMessage, StartAs};
pub use spec::{Application, IntoTop, StartType};
