//! What a person writes of an event handler, and the same behind a box.

use std::future::Future;
use std::pin::Pin;

use crate::behaviour::event::flow::{EventFlow, Terminated};
use crate::behaviour::event::process::EventManagerProcess;
use crate::etf::{DecodeOwned, Encode, Term};
use crate::process::Context;

/// What can be an event: anything that has a form as a term and can be shared by handlers.
pub trait EventType: Encode + DecodeOwned + Send + Sync + 'static {}

impl<T: Encode + DecodeOwned + Send + Sync + 'static> EventType for T {}

/// What a handler can do: everything a process can.
pub type EventContext<E> = Context<EventManagerProcess<E>>;

/// gen_event's callbacks. The type itself is the state of the handler; `init` is whatever makes it.
///
/// The callbacks of all handlers of a manager run one after the other, in the manager's process: one that waits makes
/// the others wait.
///
/// Source: <https://www.erlang.org/doc/apps/stdlib/gen_event.html#callbacks>.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no handler of events `{E}`",
    note = "write `impl EventHandler<{E}> for {Self}`"
)]
pub trait EventHandler<E: EventType>: Sized + Send + 'static {
    /// Handles an event.
    fn handle_event(
        &mut self,
        event: &E,
        cx: &EventContext<E>,
    ) -> impl Future<Output = EventFlow<E>> + Send;

    /// Handles a request to this very handler, and answers it.
    ///
    /// Unless written the answer is `{error, {unknown_request, Request}}`.
    fn handle_call(
        &mut self,
        request: Term,
        cx: &EventContext<E>,
    ) -> impl Future<Output = (Term, EventFlow<E>)> + Send {
        tracing::warn!(pid = %cx.pid(), %request, "a call was not handled");
        let unknown = Term::tuple([Term::atom("unknown_request"), request]);
        async {
            let answer = Term::tuple([Term::atom("error"), unknown]);
            (answer, EventFlow::Continue)
        }
    }

    /// Handles any other message to the manager: `{'EXIT', Pid, Reason}` and `{'DOWN', Reference, process, Object,
    /// Reason}` among them, and events of another shape. Logged unless written.
    fn handle_info(
        &mut self,
        message: &Term,
        cx: &EventContext<E>,
    ) -> impl Future<Output = EventFlow<E>> + Send {
        tracing::warn!(pid = %cx.pid(), %message, "a message was not handled");
        async { EventFlow::Continue }
    }

    /// Cleans up, whatever the reason, and says something to whoever deletes or replaces the handler: `ok` unless
    /// written.
    fn terminate(self, why: Terminated, cx: &EventContext<E>) -> impl Future<Output = Term> + Send {
        let _ = (why, cx);
        async { Term::atom("ok") }
    }

    /// The state as a term, for `sys:get_state`; `None` when nobody may see it.
    fn snapshot(&self) -> Option<Term> {
        None
    }
}

pub(super) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A handler of any type.
pub(super) trait AnyHandler<E: EventType>: Send {
    fn event<'a>(&'a mut self, event: &'a E, cx: &'a EventContext<E>) -> Boxed<'a, EventFlow<E>>;
    fn call<'a>(
        &'a mut self,
        request: Term,
        cx: &'a EventContext<E>,
    ) -> Boxed<'a, (Term, EventFlow<E>)>;
    fn info<'a>(
        &'a mut self,
        message: &'a Term,
        cx: &'a EventContext<E>,
    ) -> Boxed<'a, EventFlow<E>>;
    fn end<'a>(self: Box<Self>, why: Terminated, cx: &'a EventContext<E>) -> Boxed<'a, Term>
    where
        Self: 'a;
    fn state(&self) -> Option<Term>;
}

// Each future calls the handler when it is polled, and not before: a panic is then always in the poll.
impl<E: EventType, H: EventHandler<E>> AnyHandler<E> for H {
    fn event<'a>(&'a mut self, event: &'a E, cx: &'a EventContext<E>) -> Boxed<'a, EventFlow<E>> {
        Box::pin(async move { self.handle_event(event, cx).await })
    }

    fn call<'a>(
        &'a mut self,
        request: Term,
        cx: &'a EventContext<E>,
    ) -> Boxed<'a, (Term, EventFlow<E>)> {
        Box::pin(async move { self.handle_call(request, cx).await })
    }

    fn info<'a>(
        &'a mut self,
        message: &'a Term,
        cx: &'a EventContext<E>,
    ) -> Boxed<'a, EventFlow<E>> {
        Box::pin(async move { self.handle_info(message, cx).await })
    }

    fn end<'a>(self: Box<Self>, why: Terminated, cx: &'a EventContext<E>) -> Boxed<'a, Term>
    where
        Self: 'a,
    {
        Box::pin(async move { self.terminate(why, cx).await })
    }

    fn state(&self) -> Option<Term> {
        self.snapshot()
    }
}
