//! The reference behind a typed handle.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::etf::{Decode, DecodeError, DecodeOwned, Decoder, Kind, Pid};
use crate::process::actor::{Behavior, fmt_handle};
use crate::process::host::{AnyProcess, AsHost, Ending, HostRef, RemoteSignal};
use crate::process::links::{self, Target};
use crate::process::mailbox::Cell;
use crate::process::serving::Through;
use crate::process::{
    Call, CallError, CastError, CastWait, Destination, ExitReason, Reply, current, send, stop, wire,
};

/// A reference to a process of a known type: direct on this node, by destination elsewhere.
///
/// Users meet it as the handle that `derive(Actor)` writes around it.
pub struct Ref<A: Behavior>(pub(super) Place<A>);

pub(super) enum Place<A: Behavior> {
    Local(Arc<Cell<A>>),
    Remote(Arc<Far>),
    /// A process of this node of another type, which takes the messages of `A`.
    Through(Arc<Through<A>>),
}

/// A process known by its destination.
pub(super) struct Far {
    pub(super) host: HostRef,
    pub(super) to: Destination,
    /// Whether a name of this node leads straight into the mailbox of a process of the handle's type.
    pub(super) direct: bool,
}

impl<A: Behavior> Clone for Ref<A> {
    #[inline]
    fn clone(&self) -> Self {
        match &self.0 {
            Place::Local(cell) => Ref(Place::Local(cell.clone())),
            Place::Remote(far) => Ref(Place::Remote(far.clone())),
            Place::Through(through) => Ref(Place::Through(through.clone())),
        }
    }
}

impl<A: Behavior> Ref<A> {
    pub(super) fn local(cell: Arc<Cell<A>>) -> Self {
        Ref(Place::Local(cell))
    }

    /// The process at `to`, as seen from a node. A pid of a live process of this node and type becomes a direct
    /// reference; a name is looked up at each use, so it survives restarts, and one of this node
    /// leads straight to a process of this type.
    pub fn at(host: &HostRef, to: Destination) -> Self {
        if let (Destination::Pid(_), Target::Local(id)) = (&to, links::resolve(host, &to))
            && let Some(cell) = typed::<A>(host, id)
        {
            return Ref(Place::Local(cell));
        }
        let direct = match &to {
            Destination::Name(_) => true,
            Destination::NameNode(_, node) => node == host.name(),
            Destination::Pid(_) | Destination::Alias(_) => false,
        };
        Ref(Place::Remote(Arc::new(Far {
            host: host.clone(),
            to,
            direct,
        })))
    }

    /// The process at `to`, always by its destination.
    pub(super) fn by_destination(host: &HostRef, to: Destination) -> Self {
        Ref(Place::Remote(Arc::new(Far {
            host: host.clone(),
            to,
            direct: false,
        })))
    }

    /// A process of this node, if it is one of `A`.
    pub(crate) fn of_process(process: Arc<dyn AnyProcess>) -> Option<Self> {
        downcast::<A>(process).map(Ref::local)
    }

    pub(crate) fn host(&self) -> &HostRef {
        match &self.0 {
            Place::Local(cell) => cell.host(),
            Place::Remote(far) => &far.host,
            Place::Through(through) => through.0.node(),
        }
    }

    /// The pid, or `None` when it is known by a name or an alias.
    pub fn pid(&self) -> Option<Pid> {
        match self.destination() {
            Destination::Pid(pid) => Some(pid),
            _ => None,
        }
    }

    /// Where its messages go.
    pub fn destination(&self) -> Destination {
        match &self.0 {
            Place::Local(cell) => Destination::Pid(cell.pid()),
            Place::Remote(far) => far.to.clone(),
            Place::Through(through) => Destination::Pid(self.host().pid(through.0.id())),
        }
    }

    /// Sends a message, without waiting.
    ///
    /// # Errors
    /// [`CastError::Closed`] and [`CastError::Full`] for a process of this node; to another node, as in Erlang,
    /// only what cannot be encoded and a full outbound buffer.
    #[inline]
    pub fn cast(&self, message: A::Message) -> Result<(), CastError> {
        match &self.0 {
            Place::Local(cell) => cell.send(message),
            Place::Remote(far) => far.cast::<A>(message),
            Place::Through(through) => through.0.put(message),
        }
    }

    /// Sends a message, and waits for room first where the mailbox says so: [`Overflow::Wait`](crate::Overflow::Wait).
    ///
    /// To another node it waits while too much is on its way there.
    pub fn cast_wait(&self, message: A::Message) -> CastWait<'_, A> {
        CastWait::new(self, message)
    }

    /// Makes a call of a message that carries the reply.
    #[inline]
    pub fn call<R: DecodeOwned + Send + 'static>(
        &self,
        make: impl FnOnce(Reply<R>) -> A::Message,
    ) -> Call<'_, A, R> {
        Call::by_term(self, make)
    }

    /// Makes a call whose answer never travels: it fails with `LocalOnly` for a process on another node.
    #[inline]
    pub fn call_local<R: Send + 'static>(
        &self,
        make: impl FnOnce(Reply<R>) -> A::Message,
    ) -> Call<'_, A, R> {
        Call::new(self, None, make)
    }

    /// Waits until the process has ended and nothing of it is left, and says why it ended.
    ///
    /// For a process on another node this is `noproc` at once: monitor it instead.
    pub async fn ended(&self) -> ExitReason {
        match &self.0 {
            Place::Local(cell) => Ending::of(cell.clone()).await,
            Place::Remote(far) => match links::local_process(&far.host, &far.to) {
                Some(process) => Ending::of(process).await,
                None => ExitReason::NoProc,
            },
            Place::Through(through) => Ending::of(through.0.clone()).await,
        }
    }

    /// Sends an exit signal, as `exit/2` does.
    ///
    /// As in Erlang it needs a pid: for a name of another node nothing is sent.
    pub fn exit(&self, reason: ExitReason) {
        let host = self.host();
        let from = current::id_on(host);
        match &self.0 {
            Place::Local(cell) => cell.exit_signal(&host.pid(from), reason, false),
            Place::Remote(far) => links::exit(host, from, &far.to, reason, false),
            Place::Through(through) => through.0.exit_signal(&host.pid(from), reason, false),
        }
    }

    /// `gen_server:stop/3`: has the server end with `reason`, after what is in its mailbox, and waits for its end.
    ///
    /// Its `terminate` runs. A plain process takes no system messages, so only the timeout ends this.
    ///
    /// <https://www.erlang.org/doc/apps/stdlib/gen_server.html#stop/3>
    ///
    /// # Errors
    /// [`CallError::Exit`] when it ended for another reason, [`CallError::NoProcess`] and [`CallError::NoConnection`]
    /// when it is not there, [`CallError::Timeout`]; it may still stop then.
    pub async fn stop(&self, reason: ExitReason, timeout: Duration) -> Result<(), CallError> {
        stop::stop(self.host(), &self.destination(), reason, timeout).await
    }

    /// A direct reference when the process is one of this node now, whatever it is known by.
    pub(crate) fn resolved(&self) -> Self {
        let found = match &self.0 {
            Place::Local(_) | Place::Through(_) => None,
            Place::Remote(far) => links::local_process(&far.host, &far.to),
        };
        found
            .and_then(Ref::of_process)
            .unwrap_or_else(|| self.clone())
    }
}

fn typed<A: Behavior>(host: &HostRef, id: u64) -> Option<Arc<Cell<A>>> {
    host.process(id).and_then(downcast::<A>)
}

fn downcast<A: Behavior>(process: Arc<dyn AnyProcess>) -> Option<Arc<Cell<A>>> {
    let process: Arc<dyn std::any::Any + Send + Sync> = process;
    process.downcast::<Cell<A>>().ok()
}

impl Far {
    /// The process of this node behind the name, if it is one of `A`.
    pub(super) fn here<A: Behavior>(&self) -> Option<Arc<Cell<A>>> {
        match links::resolve(&self.host, &self.to) {
            Target::Local(id) if self.direct => typed::<A>(&self.host, id),
            _ => None,
        }
    }

    #[cold]
    fn cast<A: Behavior>(&self, message: A::Message) -> Result<(), CastError> {
        if let Some(cell) = self.here::<A>() {
            return cell.send(message);
        }
        let from = current::id_on(&self.host);
        let mut body =
            |encoder: &mut crate::etf::Encoder<'_>| wire::write_message::<A>(encoder, &message);
        match links::resolve(&self.host, &self.to) {
            Target::Remote => self.host.clone().remote(RemoteSignal::Send {
                from,
                to: &self.to,
                body: &mut body,
                priority: false,
            }),
            _ => send::body(&self.host, from, &self.to, &mut body),
        }
    }
}

impl<A: Behavior> fmt::Debug for Ref<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_handle(self, f)
    }
}

impl<A: Behavior> AsHost for Ref<A> {
    fn host(&self) -> HostRef {
        Ref::host(self).clone()
    }
}

/// A handle is read from a pid or from `{Name, Node}`, and needs a node to live on: it can be decoded in a message
/// that a process of a node receives, not on its own.
impl<'de, A: Behavior> Decode<'de> for Ref<A> {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        let host = decoder
            .extension()
            .and_then(|extension| extension.downcast_ref::<HostRef>())
            .cloned();
        let host = host.ok_or_else(|| {
            DecodeError::custom("a handle can only be decoded by a process of a node")
        })?;
        let to = match decoder.peek_kind()? {
            Kind::Tuple => {
                decoder.expect_tuple(2)?;
                Destination::NameNode(decoder.read_atom()?, decoder.read_atom()?)
            }
            Kind::Reference => Destination::Alias(decoder.read_reference()?),
            _ => Destination::Pid(decoder.read_pid()?),
        };
        Ok(Ref::at(&host, to))
    }
}
