//! What can be spawned, and what drives it.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use crate::etf::{DecodeError, Decoder, Encode, EncodeError, Encoder, Pid, Term};
use crate::process::host::AsHost;
use crate::process::warn_about;
use crate::process::{
    CallError, Context, Destination, Down, Exit, ExitReason, Overflow, Protocol, Ref, ReplyTo,
    Serves,
};

/// A type whose values are the state of a process. Written by `derive(Actor)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an actor",
    note = "add `#[derive(Actor)]` to `{Self}`, and `#[ergo::server]` to an impl block of it"
)]
pub trait Actor: Sized + Send + 'static {
    /// The typed handle, `StockRef` for an actor `Stock`.
    type Handle: Handle<Actor = Self>;
    /// What `#[actor(..)]` said.
    const OPTIONS: Options = Options::DEFAULT;

    /// The state as a term; `None` unless `#[actor(snapshot)]` opted in to it.
    fn state_term(&self) -> Option<Term> {
        None
    }

    /// Takes another state, as [`Snapshot::restore`](crate::Snapshot::restore).
    ///
    /// # Errors
    /// The actor has not opted in to it, or the term is no state of it.
    fn restore_term(&mut self, state: Term) -> Result<(), DecodeError> {
        let _ = state;
        Err(DecodeError::custom("the actor has no snapshot"))
    }
}

/// How a process of an actor starts, unless the spawn says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// The name it registers on its node.
    pub name: Option<&'static str>,
    /// The largest number of messages that wait; `u32::MAX` is no bound, as in OTP.
    pub mailbox: u32,
    /// What happens to a message when that many wait.
    pub overflow: Overflow,
    /// Whether exit signals arrive as messages.
    pub trap_exit: bool,
    /// Whether crash reports show the last message, and not only its name.
    pub last_message: bool,
}

impl Options {
    /// No name, no bound, exit signals end the process: as Erlang spawns.
    pub const DEFAULT: Options = Options {
        name: None,
        mailbox: u32::MAX,
        overflow: Overflow::Refuse,
        trap_exit: false,
        last_message: false,
    };

    /// Registers the process under `name`.
    pub const fn name(mut self, name: &'static str) -> Options {
        self.name = Some(name);
        self
    }

    /// Bounds the mailbox: a send to a full one is refused with `Full`, unless [`Options::overflow`] says otherwise.
    pub const fn mailbox(mut self, messages_max: u32) -> Options {
        self.mailbox = messages_max;
        self
    }

    /// What happens to a message when the mailbox is full.
    pub const fn overflow(mut self, overflow: Overflow) -> Options {
        self.overflow = overflow;
        self
    }

    /// Makes exit signals arrive as messages.
    pub const fn trap_exit(mut self) -> Options {
        self.trap_exit = true;
        self
    }

    /// Makes crash reports show the last message. Each message is then written as a term before it is handled.
    pub const fn last_message(mut self) -> Options {
        self.last_message = true;
        self
    }
}

impl Default for Options {
    fn default() -> Self {
        Options::DEFAULT
    }
}

/// A typed reference to a process, here or on another node. Written by `derive(Actor)`.
///
/// Cloning is cheap, dropping the last one does not stop the process, and a handle travels in messages as a pid
/// or as `{Name, Node}`. The methods of this trait give way to a user's own of the same name.
pub trait Handle:
    Clone + Send + Sync + 'static + From<Ref<Self::Actor>> + AsRef<Ref<Self::Actor>>
{
    /// The actor it refers to.
    type Actor: Behavior<Handle = Self>;

    /// A handle to `destination` as seen from `node`.
    ///
    /// Nothing is checked or sent: whether such a process exists, and whether it understands these methods, shows
    /// when one is used.
    fn at(node: &impl AsHost, destination: impl Into<Destination>) -> Self {
        Ref::at(&node.host(), destination.into()).into()
    }

    /// The pid, or `None` for a handle made from a name.
    fn pid(&self) -> Option<Pid> {
        self.as_ref().pid()
    }

    /// Waits until the process has ended and nothing of it is left, and says why: [`Ref::ended`].
    fn ended(&self) -> impl Future<Output = ExitReason> + Send {
        self.as_ref().ended()
    }

    /// `exit/2`: sends an exit signal: [`Ref::exit`].
    fn exit(&self, reason: ExitReason) {
        self.as_ref().exit(reason);
    }

    /// `gen_server:stop/3`: has the server end, after what is in its mailbox, and waits for that: [`Ref::stop`].
    ///
    /// # Errors
    /// As there.
    fn stop(
        &self,
        reason: ExitReason,
        timeout: Duration,
    ) -> impl Future<Output = Result<(), CallError>> + Send {
        self.as_ref().stop(reason, timeout)
    }

    /// The handle of a protocol that the actor serves, to the same process: `let stocks: StocksHandle = shelf.serving();`
    fn serving<H: Handle>(&self) -> H
    where
        Self::Actor: Serves<H::Actor>,
    {
        self.as_ref().serving().into()
    }
}

/// What the run loop drives. Written by `#[ergo::server]` and `derive(ServerBehavior)`.
///
/// Each method is the long form of a callback; a type that implements it by hand is a behaviour of its own, on the
/// same footing as the server.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no behaviour",
    note = "put `#[ergo::server]` on an impl block of `{Self}`, or derive `ServerBehavior` and implement `Server`"
)]
pub trait Behavior: Actor {
    /// What `spawn` takes and `init` gets.
    type Args: Send + 'static;
    /// The messages, stored inline in the mailbox.
    type Message: Send + 'static;
    /// What [`Context::continue_with`] takes; [`Infallible`](std::convert::Infallible) where nothing is continued.
    type Continue: Send + 'static;

    /// The module of OTP that this behaviour is like, as `sys:get_status` names it.
    const MODULE: &'static str = "gen_server";
    /// What the header of `sys:get_status` says before the name of the process.
    const STATUS_HEADER: &'static str = "Status for generic server";

    /// What is wrapped around its requests on the wire.
    const PROTOCOL: Protocol = Protocol::Gen;

    /// Whether [`Behavior::start_now`] is the init: it runs in the spawner and needs no acknowledgement.
    const SYNC_INIT: bool = false;

    /// The init of a process; an `Err` ends it and reaches the starter.
    fn start(
        args: Self::Args,
        cx: &Context<Self>,
    ) -> impl Future<Output = Result<Self, ExitReason>> + Send;

    /// The init when [`Behavior::SYNC_INIT`] is set.
    ///
    /// # Errors
    /// The reason why the process does not start.
    fn start_now(args: Self::Args, cx: &Context<Self>) -> Result<Self, ExitReason> {
        let _ = (args, cx);
        Err(ExitReason::from("start_now is not implemented"))
    }

    /// Handles one message.
    fn dispatch(
        &mut self,
        message: Self::Message,
        cx: &Context<Self>,
    ) -> impl Future<Output = Flow> + Send;

    /// A monitored process ended. Logged unless overridden.
    fn on_down(&mut self, down: Down, cx: &Context<Self>) -> impl Future<Output = Flow> + Send {
        warn_about!(cx, object = %down.object, reason = %down.reason, "unhandled DOWN");
        async { Flow::Continue }
    }

    /// An exit signal arrived and the process traps exits. Logged unless overridden; the parent's exit never comes
    /// here, it stops the process.
    fn on_exit(&mut self, exit: Exit, cx: &Context<Self>) -> impl Future<Output = Flow> + Send {
        warn_about!(cx, from = %exit.from, reason = %exit.reason, "unhandled EXIT");
        async { Flow::Continue }
    }

    /// Anything else arrived. Logged unless overridden.
    fn on_info(&mut self, message: Term, cx: &Context<Self>) -> impl Future<Output = Flow> + Send {
        warn_about!(cx, %message, "unexpected message");
        async { Flow::Continue }
    }

    /// Goes on with what [`Context::continue_with`] was given, before any other message. Logged unless overridden.
    fn on_continue(
        &mut self,
        what: Self::Continue,
        cx: &Context<Self>,
    ) -> impl Future<Output = Flow> + Send {
        drop(what);
        warn_about!(cx, "unhandled continue");
        async { Flow::Continue }
    }

    /// Nothing has come for as long as [`Flow::Timeout`] or [`Context::idle_timeout`] said. Logged unless
    /// overridden.
    fn on_timeout(&mut self, cx: &Context<Self>) -> impl Future<Output = Flow> + Send {
        warn_about!(cx, "unhandled timeout");
        async { Flow::Continue }
    }

    /// When [`Behavior::on_deadline`] is to be called, whatever arrives until then; `None` is never.
    ///
    /// It is asked after each callback and has to be cheap.
    #[inline]
    fn deadline(&self) -> Option<tokio::time::Instant> {
        None
    }

    /// The instant that [`Behavior::deadline`] named has passed. It is called between messages, before those that wait;
    /// a deadline that it leaves in the past is due again at once.
    fn on_deadline(&mut self, cx: &Context<Self>) -> impl Future<Output = Flow> + Send {
        let _ = cx;
        async { Flow::Continue }
    }

    /// The state as a term, for `sys:get_state`, `sys:get_status` and crash reports; `None` when it has no such form.
    ///
    /// What the actor opted in to with `#[actor(snapshot)]` unless overridden.
    fn snapshot(&self) -> Option<Term> {
        self.state_term()
    }

    /// Takes another state, from `sys:replace_state`.
    ///
    /// # Errors
    /// The behaviour cannot, or the term is no state of it.
    fn restore(&mut self, state: Term) -> Result<(), DecodeError> {
        self.restore_term(state)
    }

    /// What `sys:get_status` shows of this behaviour besides what it shows of all: `[{data, [{"State", State}]}]`.
    ///
    /// Empty when there is no form of the state.
    fn status(&self) -> Vec<Term> {
        let state = |state| crate::process::sys::data([("State", state)]);
        self.snapshot().map(state).into_iter().collect()
    }

    /// What a message is, in a word, for crash reports and statistics. It is asked before each message and has to be
    /// cheap.
    #[inline]
    fn label(message: &Self::Message) -> Label {
        let _ = message;
        Label::OTHER
    }

    /// The last callback of a process that stops by itself or on its parent's shutdown.
    ///
    /// It cannot run after a panic or an exit signal that is not trapped: the state went with the future that
    /// held it.
    fn stop(self, reason: &ExitReason, cx: &Context<Self>) -> impl Future<Output = ()> + Send {
        let _ = (reason, cx);
        async {}
    }

    /// Writes the request of a message, without the `$gen_call` or `$gen_cast` around it.
    ///
    /// # Errors
    /// [`EncodeError::LocalOnly`] for a local method, or whatever an argument cannot be encoded with.
    fn encode_message(
        message: &Self::Message,
        encoder: &mut Encoder<'_>,
    ) -> Result<(), EncodeError>;

    /// Reads a request. For a call `reply_to` is `Some` and is taken once every argument has been read.
    ///
    /// # Errors
    /// [`DecodeError::unknown_request`] when no method matches, or what is wrong with an argument.
    fn decode_message(
        decoder: &mut Decoder<'_>,
        reply_to: &mut Option<ReplyTo>,
    ) -> Result<Self::Message, DecodeError>;
}

/// What a message is, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label {
    /// Whether it is answered.
    pub kind: MessageKind,
    /// The method or variant it is for: `take`.
    pub name: &'static str,
}

impl Label {
    /// A message of which nothing is known.
    pub const OTHER: Label = Label {
        kind: MessageKind::Other,
        name: "message",
    };

    /// A call of this name.
    #[inline]
    pub const fn call(name: &'static str) -> Label {
        Label {
            kind: MessageKind::Call,
            name,
        }
    }

    /// A cast of this name.
    #[inline]
    pub const fn cast(name: &'static str) -> Label {
        Label {
            kind: MessageKind::Cast,
            name,
        }
    }

    /// Any other message, by what it is: `timeout`.
    #[inline]
    pub const fn other(name: &'static str) -> Label {
        Label {
            kind: MessageKind::Other,
            name,
        }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            MessageKind::Call => write!(f, "call {}", self.name),
            MessageKind::Cast => write!(f, "cast {}", self.name),
            MessageKind::Other => f.write_str(self.name),
        }
    }
}

/// Whether and how a message is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    /// It is answered.
    Call,
    /// It is not.
    Cast,
    /// It is no request.
    Other,
}

/// What a callback wants to happen next: gen_server's return tuples.
#[derive(Debug, Clone, PartialEq, Default)]
#[must_use = "a Flow does nothing unless it is returned from a callback"]
pub enum Flow {
    /// `{noreply, State}`: wait for the next message.
    #[default]
    Continue,
    /// `{noreply, State, hibernate}`: as `Continue`, and give memory back while waiting.
    Hibernate,
    /// `{noreply, State, Timeout}`: as `Continue`, and when nothing arrives for this long, the timeout callback is
    /// called. Anything that arrives ends the waiting; the callback for it says anew.
    ///
    /// Source: <https://www.erlang.org/doc/apps/stdlib/gen_server.html#t:action/0>.
    Timeout(Duration),
    /// `{stop, Reason, State}`: call `terminate` and end with this reason.
    Stop(ExitReason),
}

/// What a cast, info, down or exit handler may return: `()` or [`Flow`].
#[diagnostic::on_unimplemented(
    message = "a cast, info, down or exit handler returns `()` or `Flow`, not `{Self}`"
)]
pub trait IntoFlow {
    /// The flow it stands for; `()` is [`Flow::Continue`].
    fn into_flow(self) -> Flow;
}

impl IntoFlow for () {
    #[inline]
    fn into_flow(self) -> Flow {
        Flow::Continue
    }
}

impl IntoFlow for Flow {
    #[inline]
    fn into_flow(self) -> Flow {
        self
    }
}

/// A call's deadline unless it says otherwise: 5 seconds, as in OTP.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(5);

/// `shop::Stock` is `Stock`.
pub(crate) fn short_type_name<A>() -> &'static str {
    let name = std::any::type_name::<A>();
    let base = name.split('<').next().unwrap_or(name);
    base.rsplit("::").next().unwrap_or(base)
}

/// Lets generated code print a handle without knowing its actor.
pub(crate) fn fmt_handle<A: Behavior>(of: &Ref<A>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{}({})", std::any::type_name::<A>(), of.destination())
}

impl<A: Behavior> Encode for Ref<A> {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        match self.destination() {
            Destination::Pid(pid) => encoder.write_pid(&pid),
            Destination::Alias(alias) => encoder.write_reference(&alias),
            Destination::Name(name) => {
                encoder.write_tuple(2)?;
                encoder.write_atom(name.as_str())?;
                encoder.write_atom(self.host().name().as_str())
            }
            Destination::NameNode(name, node) => {
                encoder.write_tuple(2)?;
                encoder.write_atom(name.as_str())?;
                encoder.write_atom(node.as_str())
            }
        }
    }
}
