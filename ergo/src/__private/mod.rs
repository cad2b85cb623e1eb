//! What the macros of `ergo-macros` name in the code they write. Nothing here is for people; the
//! book shows the long form of each macro.
//!
//! Besides the items of the framework themselves there are functions that keep expansions small:
//! they read and write the forms that an attribute such as `#[etf(binary)]` asks for, and make the
//! errors that name a type.

mod either;
mod errors;
mod fields;
mod forms;
mod octets;
mod options;
mod snapshot;
mod terms;
mod time;
mod variants;

pub use crate::etf::{
    Atom, Decode, DecodeError, DecodeOwned, Decoder, Encode, EncodeError, Encoder, ImproperList,
    Term,
};

pub use crate::behaviour::protocol::{CallMethod, CastMethod, Letter, ServedBy};
pub use crate::behaviour::{Event as StatemEvent, Machine, Statem, StatemMessage, StatemTypes};
pub use crate::behaviour::{Request, Server, ServerMessage, ServerTypes, TermCall};
pub use crate::node::Node;
pub use crate::process::PlainContext;
pub use crate::process::answer;
pub use crate::process::{
    Actor, Behavior, Call, CastError, CastWait, Context, Down, Exit, ExitReason, Flow, Handle,
    IntoFlow, Label, Options, Overflow, Ref, Reply, ReplyTo, Serves, Snapshot,
};
pub use crate::remote::{AccessChange, Exception, RpcModule};
pub use crate::system::{CookieSource, MainOptions, run_main};
#[cfg(feature = "testing")]
pub use crate::testing::{Options as TestOptions, TestArgument, run as run_test};

pub use either::Either;
pub use tokio::time::Instant;

#[cfg(feature = "testing")]
pub use ergo_macros::pattern;
pub use ergo_macros::{args, atom, term};
pub use errors::{field, skipped_variant, unknown_tag, unknown_variant};
pub use fields::{DecodeFields, EncodeFields, Keys, flattened};
pub use forms::{atom, binary, charlist};
pub use octets::FromOctets;
pub use options::{option, tagged_option};
pub use snapshot::{from_term, to_term};
pub use terms::integer;
pub use time::{Time, microsecond, millisecond, nanosecond, second};
pub use variants::{attempt, find_tag, keyword, no_variant};
