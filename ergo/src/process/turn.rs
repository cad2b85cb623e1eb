//! What happens between two messages: what a callback returned or asked for, timeouts, and what is no typed message.

use std::any::Any;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use tokio::time::Instant;

use crate::etf::{DecodeError, Encoded, Term};
use crate::process::actor::{Behavior, Flow, Label, MessageKind};
use crate::process::crash::Last;
use crate::process::host::{AnyProcess, Origin};
use crate::process::queue::{Envelope, Other};
use crate::process::sys::{self, Then};
use crate::process::warn_about;
use crate::process::wire::{self, Wrapped};
use crate::process::{Context, ExitReason, current};

/// How many messages a process handles before it lets others run.
const BUDGET: u32 = 256;

/// A callback in progress. Boxed, so that the rare ones do not make every idle process bigger.
type Callback<'a> = Pin<Box<dyn Future<Output = Flow> + Send + 'a>>;

/// The run loop's own part of a process.
pub(super) struct Turn<'a, A: Behavior> {
    pub(super) cx: &'a Context<A>,
    pub(super) state: &'a mut A,
    /// The messages that have been taken out of the mailbox and wait here.
    pub(super) batch: VecDeque<Envelope<A::Message>>,
    /// The name of what is being handled, or was last.
    name: &'static str,
    rare: Option<Box<Rare>>,
    budget: u32,
    kind: MessageKind,
    hibernates: bool,
}

/// What most processes never have.
#[derive(Default)]
struct Rare {
    /// How long nothing may arrive, and until when.
    idle: Option<(Duration, Option<Instant>)>,
    continues: VecDeque<Box<dyn Any + Send>>,
    /// What `sys` has switched on.
    debug: Option<sys::Debug>,
    /// The message that is being handled, of an actor that opted in to showing it.
    message: Option<Encoded>,
}

impl Rare {
    fn is_empty(&self) -> bool {
        let quiet = self.idle.is_none() && self.continues.is_empty();
        quiet && self.debug.is_none() && self.message.is_none()
    }
}

/// What the loop woke up for.
pub(super) enum Woken {
    /// There are messages.
    Messages,
    /// Nothing has come for long enough.
    Idle,
    /// Something was asked for, or the deadline of the behaviour has passed.
    Rare,
}

/// How a message was handled.
pub(super) enum Handled {
    /// By a callback, which has returned this.
    Flow(Flow),
    /// It has been dealt with, and the process does not know.
    Quietly,
    /// There was none, and other things are to be done.
    Rare,
    /// A system message wants the process to handle nothing else.
    Suspend,
    /// It ends the process.
    Stop(ExitReason),
}

/// What follows a message.
pub(super) enum Next {
    /// The next one.
    Message,
    /// Other processes first.
    Yield,
    /// More callbacks first, or the end by an exit signal.
    Rare,
    /// Nothing but system messages.
    Suspend,
    Stop(ExitReason),
}

/// What came as no typed message, once it has been looked at.
pub(super) enum Found<M> {
    /// It has become one.
    Message(M),
    /// For a callback of its own.
    Other(Other),
    /// It has been dealt with.
    Handled(Handled),
}

/// What is no typed message, sorted: a future that is ready at once when no callback is needed.
pub(super) enum Sorted<'a> {
    Callback(Callback<'a>),
    Handled(Handled),
}

impl Future for Sorted<'_> {
    type Output = Handled;

    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Handled> {
        match self.get_mut() {
            Sorted::Callback(callback) => callback.as_mut().poll(task).map(Handled::Flow),
            Sorted::Handled(handled) => Poll::Ready(std::mem::replace(handled, Handled::Quietly)),
        }
    }
}

impl<'a, A: Behavior> Turn<'a, A> {
    pub(super) fn new(cx: &'a Context<A>, state: &'a mut A) -> Self {
        Turn {
            cx,
            state,
            batch: VecDeque::new(),
            name: "nothing",
            rare: None,
            budget: BUDGET,
            kind: MessageKind::Other,
            hibernates: false,
        }
    }

    /// Waits for messages, or for a point in time.
    pub(super) fn poll_next(&mut self, task: &mut TaskContext<'_>) -> Poll<Woken> {
        let cell = self.cx.cell();
        if self.hibernates {
            self.batch = VecDeque::new();
            cell.shrink();
        }
        if cell.has_urgent() {
            return Poll::Ready(Woken::Rare);
        }
        if cell.poll_batch(&mut self.batch, task).is_ready() {
            return Poll::Ready(Woken::Messages);
        }
        // Looked at after the process has parked: whoever asks later wakes it.
        if cell.is_asked() || cell.has_urgent() {
            return Poll::Ready(Woken::Rare);
        }
        let idle = self.idle_deadline();
        let own = self.state.deadline();
        let Some(due) = idle.into_iter().chain(own).min() else {
            return Poll::Pending;
        };
        if due <= Instant::now() {
            let woken = if own == Some(due) {
                Woken::Rare
            } else {
                Woken::Idle
            };
            return Poll::Ready(woken);
        }
        // The loop is always polled with the process's own waker.
        current::wake_at(due.into_std(), task.waker());
        Poll::Pending
    }

    fn idle_deadline(&self) -> Option<Instant> {
        self.rare.as_ref()?.idle?.1
    }

    /// A typed message of the batch is about to be handled.
    #[inline]
    pub(super) fn take(&mut self, message: A::Message) -> A::Message {
        self.cx.cell().took_one();
        self.begin(&message);
        message
    }

    /// Handles a message.
    #[inline]
    pub(super) fn dispatch(
        &mut self,
        message: A::Message,
    ) -> impl Future<Output = Flow> + Send + use<'_, 'a, A> {
        self.state.dispatch(message, self.cx)
    }

    /// What is being handled, or was last.
    fn label(&self) -> Label {
        Label {
            kind: self.kind,
            name: self.name,
        }
    }

    fn set_label(&mut self, label: Label) {
        (self.kind, self.name) = (label.kind, label.name);
    }

    /// A typed message is about to be handled.
    #[inline]
    fn begin(&mut self, message: &A::Message) {
        self.set_label(A::label(message));
        if A::OPTIONS.last_message {
            let encoded = wire::encode(&mut |encoder| A::encode_message(message, encoder));
            self.keep_message(encoded.ok());
        }
        if self.rare.is_some() {
            let label = self.label();
            self.observe(label, || sys::typed::<A>(message, label));
        }
    }

    /// Keeps the message about to be handled for a crash report.
    fn keep_message(&mut self, message: Option<Encoded>) {
        self.rare.get_or_insert_default().message = message;
    }

    /// Keeps for the crash report what the process was doing.
    fn keep_last(&mut self) {
        // Code of the user, perhaps on a state that another panic has left half changed.
        let snapshot = current::caught(|| self.state.snapshot());
        let message = self.rare.as_mut().and_then(|rare| rare.message.take());
        let mut last = Some(Box::new(Last {
            label: self.label(),
            message,
            state: snapshot.unwrap_or_else(|| Some(Term::atom("snapshot_panicked"))),
            left: self.batch.len(),
        }));
        let cell = self.cx.cell();
        cell.with_relations(&mut |relations| relations.last = last.take());
    }

    /// The process is about to end with this reason, after its `terminate`.
    pub(super) fn ends(&mut self, reason: &ExitReason) {
        if !reason.is_clean() {
            self.keep_last();
        }
    }

    /// Something else is about to be handled.
    fn begin_other(&mut self, label: Label, event: impl FnOnce() -> Term) {
        self.set_label(label);
        if label.kind == MessageKind::Other
            && let Some(rare) = &mut self.rare
        {
            rare.message = None;
        }
        self.observe(label, event);
    }

    /// Shows a message to who debugs the process.
    #[cold]
    fn observe(&mut self, label: Label, message: impl FnOnce() -> Term) {
        let subject = self.wants_events().then(|| sys::subject(self));
        let Some(debug) = self.debug_mut() else {
            return;
        };
        debug.count(label.kind);
        if let Some(subject) = subject {
            let event = Term::tuple([Term::atom("in"), message()]);
            debug.note(event, &subject);
        }
    }

    /// Shows what a callback has made of the state.
    fn observe_state(&mut self) {
        let shown = self
            .wants_events()
            .then(|| (sys::subject(self), sys::state_or_reason(self)));
        let Some(debug) = self.debug_mut() else {
            return;
        };
        debug.count_callback();
        if let Some((subject, state)) = shown {
            let event = Term::tuple([Term::atom("noreply"), state]);
            debug.note(event, &subject);
        }
    }

    fn wants_events(&self) -> bool {
        self.debug().is_some_and(sys::Debug::wants_events)
    }

    pub(super) fn debug(&self) -> Option<&sys::Debug> {
        self.rare.as_ref()?.debug.as_ref()
    }

    fn debug_mut(&mut self) -> Option<&mut sys::Debug> {
        self.rare.as_mut()?.debug.as_mut()
    }

    /// Carries out what follows `debug` in a system message, and answers.
    pub(super) fn debug_command(&mut self, what: &Term) -> Term {
        let subject = sys::subject(self);
        let rare = self.rare.get_or_insert_default();
        let debug = rare.debug.get_or_insert_default();
        let answer = debug.command(what, &subject);
        if debug.is_off() {
            rare.debug = None;
            self.tidy();
        }
        answer
    }

    /// After a message: what is next. It is the next message, nearly always.
    #[inline(always)]
    pub(super) fn after(&mut self, handled: Handled) -> Next {
        if matches!(handled, Handled::Flow(Flow::Continue))
            && self.rare.is_none()
            && !self.hibernates
            && self.budget > 1
            && !self.cx.cell().wants_attention()
            && !self.deadline_is_over()
        {
            self.budget -= 1;
            return Next::Message;
        }
        self.not_just_after(handled)
    }

    #[inline(never)]
    fn not_just_after(&mut self, handled: Handled) -> Next {
        match handled {
            Handled::Flow(Flow::Continue) if self.rare.is_none() && !self.hibernates => {}
            Handled::Flow(flow) => {
                if let Flow::Stop(reason) = self.note(flow) {
                    return Next::Stop(reason);
                }
            }
            Handled::Quietly => {}
            Handled::Rare => return Next::Rare,
            Handled::Suspend => return Next::Suspend,
            Handled::Stop(reason) => return Next::Stop(reason),
        }
        self.budget = self.budget.saturating_sub(1);
        if self.cx.cell().wants_attention() || self.deadline_is_over() {
            return Next::Rare;
        }
        if self.budget == 0 {
            self.budget = BUDGET;
            return Next::Yield;
        }
        Next::Message
    }

    #[inline]
    fn deadline_is_over(&self) -> bool {
        self.state
            .deadline()
            .is_some_and(|deadline| deadline <= Instant::now())
    }

    /// Notes what a callback returned; gives it back when there is more to do with it.
    #[cold]
    fn note(&mut self, flow: Flow) -> Flow {
        self.hibernates = flow == Flow::Hibernate;
        let idle = match flow {
            Flow::Timeout(time) => Some(time),
            _ => None,
        };
        self.set_idle(idle);
        self.observe_state();
        flow
    }

    /// Starts to wait for `time` without a message, or stops to.
    fn set_idle(&mut self, time: Option<Duration>) {
        match time {
            // A time too long to be a point in time is none.
            Some(time) => {
                let until = Instant::now().checked_add(time);
                self.rare.get_or_insert_default().idle = Some((time, until));
            }
            None => {
                if let Some(rare) = &mut self.rare {
                    rare.idle = None;
                    self.tidy();
                }
            }
        }
    }

    /// Gives the rare things back once there are none.
    fn tidy(&mut self) {
        if self.rare.as_ref().is_some_and(|rare| rare.is_empty()) {
            self.rare = None;
        }
    }

    /// After a system message an idle timeout begins anew, as in OTP.
    pub(super) fn restart_idle(&mut self) {
        let idle = self.rare.as_ref().and_then(|rare| rare.idle);
        if let Some((time, _)) = idle {
            self.set_idle(Some(time));
        }
    }

    /// Does what was asked for, what has become due, and lets others run. Then comes the next message, unless the process
    /// is to stop or to be suspended.
    pub(super) async fn rare(&mut self) -> Next {
        loop {
            if self.budget == 0 || self.cx.cell().is_exiting() {
                self.budget = BUDGET;
                // Where it ends if an exit signal has come.
                yield_now().await;
            }
            if let Some(reason) = self.take_asked() {
                return Next::Stop(reason);
            }
            if self.budget == 0 {
                continue;
            }
            let handled = if let Some(what) = self.next_continue() {
                self.begin_other(Label::other("continue"), || Term::atom("continue"));
                Handled::Flow(self.state.on_continue(what, self.cx).await)
            } else if let Some(urgent) = self.cx.cell().take_urgent() {
                self.handle_urgent(urgent).await
            } else if self.deadline_is_over() {
                self.begin_other(Label::other("timeout"), || Term::atom("timeout"));
                Handled::Flow(self.state.on_deadline(self.cx).await)
            } else {
                return Next::Message;
            };
            match self.after(handled) {
                Next::Stop(reason) => return Next::Stop(reason),
                Next::Suspend => return Next::Suspend,
                Next::Message | Next::Yield | Next::Rare => {}
            }
        }
    }

    /// A message with priority, which is of no batch.
    async fn handle_urgent(&mut self, urgent: Envelope<A::Message>) -> Handled {
        match urgent {
            Envelope::Message(message) => {
                self.begin(&message);
                Handled::Flow(self.state.dispatch(message, self.cx).await)
            }
            Envelope::Other(other) => match self.sort_one(*other) {
                Found::Message(message) => {
                    Handled::Flow(self.state.dispatch(message, self.cx).await)
                }
                Found::Other(other) => self.call_back(other).await,
                Found::Handled(handled) => handled,
            },
        }
    }

    /// What the loop woke up for beside messages.
    pub(super) fn woken(&mut self, woken: Woken) -> Sorted<'_> {
        match woken {
            Woken::Messages | Woken::Rare => Sorted::Handled(Handled::Rare),
            Woken::Idle => {
                self.set_idle(None);
                self.begin_other(Label::other("timeout"), || Term::atom("timeout"));
                Sorted::Callback(Box::pin(self.state.on_timeout(self.cx)))
            }
        }
    }

    fn take_asked(&mut self) -> Option<ExitReason> {
        let asked = self.cx.cell().take_asked()?;
        if asked.stop.is_some() {
            if !asked.answers.is_empty() {
                // They wait on for the end of `terminate`.
                let answers = asked.answers;
                self.cx.cell().ask(|again| again.answers = answers);
            }
            return asked.stop;
        }
        self.hibernates |= asked.hibernate;
        if asked.yields {
            self.budget = 0;
        }
        if asked.idle_timeout.is_some() {
            self.set_idle(asked.idle_timeout);
        }
        if !asked.continues.is_empty() {
            let rare = self.rare.get_or_insert_default();
            rare.continues.extend(asked.continues);
        }
        None
    }

    fn next_continue(&mut self) -> Option<A::Continue> {
        let what = self.rare.as_mut()?.continues.pop_front()?;
        // The context takes nothing else.
        what.downcast().ok().map(|what| *what)
    }

    /// Finds out what the next message of the batch is, which is no typed one.
    pub(super) fn sort(&mut self, other: Other) -> Found<A::Message> {
        self.cx.cell().took_one();
        self.sort_one(other)
    }

    fn sort_one(&mut self, other: Other) -> Found<A::Message> {
        match other {
            Other::Wire(encoded, from) => self.sort_wire(encoded, from),
            Other::Down(down) if self.cx.cell().is_flushed(&down.reference) => {
                Found::Handled(Handled::Quietly)
            }
            // The exit of the parent stops a behaviour, whatever it does with other exits.
            Other::Exit(exit) if self.cx.parent() == exit.from => {
                Found::Handled(Handled::Stop(exit.reason))
            }
            Other::Fence(fence) => {
                // Nobody waits when the caller's deadline has passed.
                let _ = fence.send(());
                Found::Handled(Handled::Quietly)
            }
            other => Found::Other(other),
        }
    }

    /// Calls the callback for what is no typed message.
    pub(super) fn call_back(&mut self, other: Other) -> Sorted<'_> {
        match other {
            Other::Down(down) => {
                self.begin_other(Label::other("DOWN"), || down.to_term());
                Sorted::Callback(Box::pin(self.state.on_down(down, self.cx)))
            }
            Other::Exit(exit) => {
                self.begin_other(Label::other("EXIT"), || exit.to_term());
                Sorted::Callback(Box::pin(self.state.on_exit(exit, self.cx)))
            }
            Other::Wire(encoded, from) => self.call_info(&encoded, from),
            Other::Fence(_) => Sorted::Handled(Handled::Quietly),
        }
    }

    /// A term from the wire: a call, a cast, a system message, or anything else.
    fn sort_wire(&mut self, encoded: Encoded, from: Option<Origin>) -> Found<A::Message> {
        let cx = self.cx;
        let (wrapped, request) = wire::unwrap(cx.host(), &encoded, A::PROTOCOL);
        let mut reply_to = match wrapped {
            Wrapped::Call(reply_to) => Some(reply_to),
            Wrapped::Cast => None,
            Wrapped::System(reply_to) => {
                let request = encoded.last_element(request);
                let then = sys::answer(self, false, &reply_to, &request, from);
                self.restart_idle();
                return Found::Handled(match then {
                    Then::GoOn | Then::Resume => Handled::Quietly,
                    Then::Suspend => Handled::Suspend,
                    Then::Stop(reason) => Handled::Stop(reason),
                });
            }
            Wrapped::Info => return Found::Other(Other::Wire(encoded, from)),
        };
        let decoded = A::decode_message(
            &mut encoded.decoder_at(request).with_extension(cx.host()),
            &mut reply_to,
        );
        match (decoded, reply_to) {
            (Ok(message), _) => {
                let label = A::label(&message);
                if A::OPTIONS.last_message {
                    self.keep_message(Some(encoded.last_element(request)));
                }
                self.begin_other(label, || sys::wire(&encoded));
                Found::Message(message)
            }
            // It is no term: found out again, and told, where it is looked at as any other message.
            (Err(_), Some(_)) if encoded.decoder_at(request).skip().is_err() => {
                Found::Other(Other::Wire(encoded, from))
            }
            (Err(error), Some(reply_to)) => {
                warn_about!(cx, actor = std::any::type_name::<A>(), %error, "unknown request");
                self.begin_other(Label::call("unknown"), || sys::wire(&encoded));
                reply_to.unknown_request(&encoded.last_element(request));
                Found::Handled(Handled::Flow(Flow::Continue))
            }
            (Err(error), None) => {
                warn_about!(cx, actor = std::any::type_name::<A>(), %error, "unknown cast");
                Found::Other(Other::Wire(encoded, from))
            }
        }
    }

    fn call_info(&mut self, encoded: &Encoded, from: Option<Origin>) -> Sorted<'_> {
        match encoded.to_term() {
            Ok(term) => {
                self.begin_other(Label::other("info"), || term.clone());
                Sorted::Callback(Box::pin(self.state.on_info(term, self.cx)))
            }
            Err(error) => {
                corrupt(self.cx, &error, from);
                Sorted::Handled(Handled::Quietly)
            }
        }
    }
}

/// A panic in a callback passes through here, with the state as the callback has left it.
impl<A: Behavior> Drop for Turn<'_, A> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.keep_last();
        }
    }
}

/// What came is no term at all: not the process's fault, but the connection's.
pub(super) fn corrupt<A: Behavior>(cx: &Context<A>, error: &DecodeError, from: Option<Origin>) {
    warn_about!(cx, %error, "a message is not a valid Erlang term");
    if let Some(origin) = from {
        cx.host().clone().corrupt(&origin);
    }
}

/// Lets other processes and tasks run: for a callback that computes for long, between two parts of the work.
///
/// A process that never awaits keeps a thread of the runtime to itself, and cannot be ended meanwhile; after each
/// yield an exit signal that has come ends it. Between messages processes yield by themselves.
pub async fn yield_now() {
    let mut yielded = false;
    std::future::poll_fn(|cx| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
