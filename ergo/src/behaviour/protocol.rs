//! What `#[ergo::protocol]` and `implements(..)` meet in: for each handler an impl whose name is a type.
//!
//! A macro sees the trait of a protocol or the block of a server, never both. So the server says what it has, the protocol
//! what it wants, and the compiler brings them together.

use crate::process::{Behavior, Reply};

/// A letter of the name of a method; the name is a tuple of them.
#[derive(Debug)]
pub struct Letter<const C: char>;

/// A server has a `#[call]` of this name, these arguments and this reply.
pub trait CallMethod<Name, Arguments, R>: Behavior {
    /// Its message.
    fn message(arguments: Arguments, reply: Reply<R>) -> Self::Message;
}

/// A server has a `#[cast]` of this name and these arguments.
pub trait CastMethod<Name, Arguments>: Behavior {
    /// Its message.
    fn message(arguments: Arguments) -> Self::Message;
}

/// A protocol finds all its methods in the server `A`.
pub trait ServedBy<A: Behavior>: Behavior {
    /// The message of `A` that a message of the protocol is.
    fn accept(message: Self::Message) -> A::Message;
}
