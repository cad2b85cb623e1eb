//! OTP's behaviours: the server, the state machine and the supervisor.
//!
//! Mirrors gen_server (<https://www.erlang.org/doc/apps/stdlib/gen_server.html>), gen_statem
//! (<https://www.erlang.org/doc/apps/stdlib/gen_statem.html>) and supervisor
//! (<https://www.erlang.org/doc/apps/stdlib/supervisor.html>).
//!
//! # Invariants
//!
//! - Behaviours use a process only through its [`Context`](crate::process::Context): none has a private door.
//! - The supervisor is a behaviour like a user's own.

pub mod application;
pub mod protocol;
pub mod server;
pub mod statem;
pub mod supervisor;

pub use application::{
    Application, ApplicationContext, ApplicationError, ApplicationInfo, ApplicationTerminated,
    StartType,
};
pub use server::{Request, Server, ServerMessage, ServerTypes, TermCall};
pub use statem::{Entered, Event, Machine, Statem, StatemMessage, StatemTypes, Transition};
pub use supervisor::{
    AutoShutdown, Backoff, ChildArgs, ChildError, ChildSpec, Restart, Shutdown, Spec, Strategy,
    Supervisor, SupervisorRef,
};
