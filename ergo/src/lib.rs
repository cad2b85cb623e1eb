//! Supervised actors in Rust that are full members of an Erlang cluster.
//!
//! A program that uses ergo starts a [`Node`]; on it run processes, each with a mailbox and a state of its own, that
//! talk to each other and to processes of other nodes in Rust, Erlang or Elixir, by the same methods. Supervisors start
//! them, and start them again when they fail.
//!
//! ```
//! use ergo::prelude::*;
//!
//! #[derive(Actor)]
//! struct Counter {
//!     value: i64,
//! }
//!
//! #[ergo::server]
//! impl Counter {
//!     fn init(start: i64) -> Result<Self, ExitReason> {
//!         Ok(Counter { value: start })
//!     }
//!
//!     #[call]
//!     fn add(&mut self, n: i64) -> i64 {
//!         self.value += n;
//!         self.value
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> ergo::Result {
//! let node = Node::builder("doc@127.0.0.1").local_only().start().await?;
//! let counter = node.spawn::<Counter>(1).await?;
//! assert_eq!(counter.add(41).await?, 42);
//! # Ok(())
//! # }
//! ```
//!
//! # Layout
//!
//! Modules in dependency order, lowest first: a module uses only those above it.

mod error;

mod sync;

pub mod wire;

pub mod etf;

pub mod epmd;

pub mod dist;

pub mod process;

pub mod net;

pub mod behaviour;

pub mod node;

pub mod remote;

pub mod system;

#[cfg(feature = "testing")]
pub mod testing;

mod time;

pub mod prelude;

#[doc(hidden)]
pub mod __private;

pub use async_trait::async_trait;
pub use behaviour::{
    Application, ApplicationContext, ApplicationError, ApplicationInfo, ApplicationTerminated,
    Audience, ChildSpec, Entered, Event, EventContext, EventError, EventFlow, EventHandler,
    EventManager, EventManagerRef, EventStream, EventType, HandlerId, Machine, Pool, PoolRef,
    Publisher, Replacement, Request, Server, ServerMessage, ServerTypes, Spec, StartType, Statem,
    StatemMessage, StatemTypes, Subscription, Supervisor, SupervisorRef, TermCall, Terminated,
    Topic, TopicError, TopicEvent, TopicInfo, TopicOptions, Transition, WorkerInfo,
};
#[cfg(feature = "testing")]
pub use ergo_macros::test;
pub use ergo_macros::{
    Actor, Request, ServerBehavior, StatemBehavior, main, protocol, rpc, server,
};
pub use error::{Error, Result};
pub use etf::{Decode, Encode};
pub use node::{
    AccessError, Admit, Authentication, AutoConnect, Candidate, ConnectError, MonitorNodes, Node,
    NodeBuilder, NodeEvent, NodeInfo, NodeType, SpawnPolicy, SpawnTarget, SpawnWanted, StartError,
    TickTimeChange, Visibility, WhereisError,
};
pub use process::{
    Actor, AliasMode, AliasOptions, Behavior, BlockingContext, Call, CallError, CastError,
    CastWait, Context, DeadLetter, DeadLetterReason, DeadLetters, Destination, Down, EnvError,
    EnvValue, Exit, ExitReason, Flow, Full, Handle, Label, Message, MessageKind, MissPolicy,
    MonitorOptions, Options, Overflow, PlainContext, ProcessInfo, ProcessStatus, Ref,
    RegisterError, Reply, ReplyTo, Serves, Snapshot, SpawnError, SpawnOptions, Timer, sys,
    yield_now,
};
pub use remote::{
    Access, AccessChange, AccessListError, Exception, Factory, Multicall, RemoteApplicationError,
    RemoteNode, RemoteSpawnError, Rpc, RpcCall, RpcError, RpcModule,
};
pub use system::{KeptConnection, Signal, Signals};
pub use time::{millis, secs};
