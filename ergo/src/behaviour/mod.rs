//! OTP's behaviours: the server and the supervisor.
//!
//! Mirrors gen_server (<https://www.erlang.org/doc/apps/stdlib/gen_server.html>) and supervisor
//! (<https://www.erlang.org/doc/apps/stdlib/supervisor.html>).
//!
//! # Invariants
//!
//! - Behaviours use a process only through its [`Context`](crate::process::Context): none has a private door.
//! - The supervisor is a behaviour like a user's own.

pub mod application;
pub mod server;
pub mod supervisor;

pub use application::{
    Application, ApplicationContext, ApplicationError, ApplicationInfo, ApplicationTerminated,
    StartType,
};
pub use server::{Request, Server, ServerMessage, ServerTypes, TermCall};
pub use supervisor::{
    AutoShutdown, Backoff, ChildArgs, ChildError, ChildSpec, Restart, Shutdown, Spec, Strategy,
    Supervisor, SupervisorRef,
};
