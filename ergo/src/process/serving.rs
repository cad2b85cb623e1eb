//! Processes seen through a protocol: a set of messages that actors of several types take.

use std::sync::Arc;
use std::task::Waker;

use tokio::sync::oneshot;

use crate::process::actor::Behavior;
use crate::process::handle::Place;
use crate::process::host::{AnyProcess, HostRef};
use crate::process::mailbox::Cell;
use crate::process::overflow::Sent;
use crate::process::queue::{Envelope, Other};
use crate::process::room::Admission;
use crate::process::{CastError, Ref};

/// An actor that takes the messages of the protocol `P`, too.
///
/// `#[ergo::protocol]` makes a protocol, and `#[ergo::server(implements(Stocks))]` writes this for an actor. By hand:
///
/// ```
/// use ergo::prelude::*;
/// use ergo::{Serves, ServerMessage};
///
/// #[ergo::protocol]
/// trait Stocks {
///     #[cast]
///     fn restock(&self, qty: u32);
/// }
///
/// #[derive(Actor, ServerBehavior)]
/// #[server(cast = Change)]
/// struct Ledger;
///
/// #[derive(Request)]
/// enum Change {
///     Add(u32),
/// }
///
/// impl Server for Ledger {
///     type Args = ();
///     async fn init(_: (), _: &Context<Self>) -> Result<Self, ExitReason> {
///         Ok(Ledger)
///     }
/// }
///
/// impl Serves<Stocks> for Ledger {
///     fn accept(message: ServerMessage<StocksCall, StocksCast>) -> Self::Message {
///         match message {
///             ServerMessage::Call(call) => match call {},
///             ServerMessage::Cast(StocksCast::Restock { qty }) => ServerMessage::Cast(Change::Add(qty)),
///         }
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> ergo::Result {
/// let node = Node::builder("serves@127.0.0.1").local_only().start().await?;
/// let ledger = node.spawn::<Ledger>(()).await?;
/// let stocks: StocksHandle = ledger.serving();
/// stocks.restock(1)?;
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not serve the protocol `{P}`",
    note = "write `#[ergo::server(implements({P}))]` on the impl block of `{Self}`, or `impl ergo::Serves<{P}> for {Self}`"
)]
pub trait Serves<P: Behavior>: Behavior {
    /// The message of this actor that a message of the protocol is.
    fn accept(message: P::Message) -> Self::Message;
}

/// A process of this node that a call went to.
pub(super) trait Called: AnyProcess {
    /// Has it tell when it has come past what is in its mailbox now.
    fn fence(&self, fence: oneshot::Sender<()>);
    /// Its node.
    fn node(&self) -> &HostRef;
}

impl<A: Behavior> Called for Cell<A> {
    fn fence(&self, fence: oneshot::Sender<()>) {
        self.push_signal(Other::Fence(fence));
    }

    fn node(&self) -> &HostRef {
        self.host()
    }
}

/// A process of this node, as those see it who know the protocol `P` and not its type.
pub(super) trait Door<P: Behavior>: Called {
    /// Puts a message in.
    fn put(&self, message: P::Message) -> Result<(), CastError>;
    /// Puts a message in, or into the line of those who wait for room when that is its policy.
    fn put_or_wait(
        self: Arc<Self>,
        message: P::Message,
        sent: Sent,
        waker: &Waker,
    ) -> Result<Option<Admission>, CastError>;
}

impl<P: Behavior, A: Serves<P>> Door<P> for Cell<A> {
    fn put(&self, message: P::Message) -> Result<(), CastError> {
        self.send(A::accept(message))
    }

    fn put_or_wait(
        self: Arc<Self>,
        message: P::Message,
        sent: Sent,
        waker: &Waker,
    ) -> Result<Option<Admission>, CastError> {
        let envelope = Envelope::Message(A::accept(message));
        match self.push_or_wait(envelope, waker) {
            Ok(ticket) => Ok(ticket.map(|ticket| Admission::new(self, ticket))),
            Err((error, envelope)) => {
                self.not_taken(error, envelope, sent)?;
                Ok(None)
            }
        }
    }
}

/// The way to such a process. Behind a pointer of its own, so that the references that have none stay small.
pub(super) struct Through<P: Behavior>(pub(super) Arc<dyn Door<P>>);

impl<A: Behavior> Ref<A> {
    /// The same process through a protocol that its actor serves. On this node messages go to it as they are; nothing is
    /// encoded.
    pub fn serving<P: Behavior>(&self) -> Ref<P>
    where
        A: Serves<P>,
    {
        Ref(match &self.0 {
            Place::Local(cell) => {
                let door: Arc<dyn Door<P>> = cell.clone();
                Place::Through(Arc::new(Through(door)))
            }
            Place::Remote(far) => Place::Remote(far.clone()),
            // A protocol that serves another: by its pid.
            Place::Through(_) => return Ref::by_destination(self.host(), self.destination()),
        })
    }
}
