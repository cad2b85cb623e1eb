//! Publish and subscribe: events of one type under a name, for whoever wants them, on this node and on others.
//!
//! Every topic is a process: what is published goes through its mailbox, so that all subscribers see the events of one
//! publisher in the order it published them. A topic of another node is a process here too, a relay: it alone subscribes
//! over there, so that an event crosses the network once for each node, however many subscribers that node has.
//!
//! # Invariants
//!
//! - The process `ergo_pubsub` of each node knows its topics and relays, and is their parent.
//! - A topic lives as long as its owner, and ends with the owner's reason; a relay ends with the reason of its topic, or
//!   when nobody is subscribed to it any more.
//! - A subscriber that takes no more keeps nobody waiting: it misses the event.

mod error;
mod fan_out;
mod message;
mod options;
mod process;
mod publisher;
mod registry;
mod relay;
mod stream;
mod topic;

pub use error::TopicError;
pub use message::{PubSubMessage, TopicInfo, TopicMessage};
pub use options::{Audience, TopicOptions};
pub use process::{TopicProcess, TopicRef};
pub use publisher::Publisher;
pub use registry::{PubSub, PubSubRef};
pub use stream::EventStream;
pub use topic::{Subscription, Topic, TopicEvent};

pub(crate) use registry::spec;
