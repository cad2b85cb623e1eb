//! OTP's behaviours: the server, the state machine, the supervisor and the application; worker pools, and topics to
//! publish in.
//!
//! Mirrors gen_server (<https://www.erlang.org/doc/apps/stdlib/gen_server.html>), gen_statem
//! (<https://www.erlang.org/doc/apps/stdlib/gen_statem.html>) and supervisor
//! (<https://www.erlang.org/doc/apps/stdlib/supervisor.html>).
//!
//! # Invariants
//!
//! - Behaviours use a process only through its [`Context`](crate::process::Context): none has a private door, except
//!   that pools and topics hand on to others what came from the wire as it is.
//! - The supervisor is a behaviour like a user's own.

pub mod application;
pub mod event;
pub mod pool;
pub mod protocol;
pub mod pubsub;
pub mod server;
pub mod statem;
pub mod supervisor;

pub use application::{
    Application, ApplicationContext, ApplicationError, ApplicationInfo, ApplicationTerminated,
    StartType,
};
pub use event::{
    EventContext, EventError, EventFlow, EventHandler, EventManager, EventManagerProcess,
    EventManagerRef, EventMessage, EventType, HandlerId, Replacement, Terminated,
};
pub use pool::{Pool, PoolRef, WorkerInfo};
pub use pubsub::{
    Audience, EventStream, Publisher, Subscription, Topic, TopicError, TopicEvent, TopicInfo,
    TopicOptions,
};
pub use server::{Request, Server, ServerMessage, ServerTypes, TermCall};
pub use statem::{Entered, Event, Machine, Statem, StatemMessage, StatemTypes, Transition};
pub use supervisor::{
    AutoShutdown, Backoff, ChildArgs, ChildError, ChildSpec, Restart, Shutdown, Spec, Strategy,
    Supervisor, SupervisorRef,
};
