//! What happens between two messages: what a callback returned or asked for, timeouts, and what is no typed message.

use std::any::Any;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use tokio::time::Instant;

use crate::etf::{Atom, DecodeError, Encoded};
use crate::process::actor::{Behavior, Flow};
use crate::process::queue::{Envelope, Other};
use crate::process::wire::{self, Wrapped};
use crate::process::{Context, Exit, ExitReason, current};

/// How many messages a process handles before it lets others run.
const BUDGET: u32 = 256;

/// A callback in progress. Boxed, so that the rare ones do not make every idle process bigger.
type Callback<'a> = Pin<Box<dyn Future<Output = Flow> + Send + 'a>>;

/// The run loop's own part of a process.
pub(super) struct Turn<'a, A: Behavior> {
    pub(super) cx: &'a Context<A>,
    pub(super) state: &'a mut A,
    rare: Option<Box<Rare>>,
    budget: u32,
    hibernates: bool,
}

/// What most processes never have.
#[derive(Default)]
struct Rare {
    /// How long nothing may arrive, and until when.
    idle: Option<(Duration, Option<Instant>)>,
    continues: VecDeque<Box<dyn Any + Send>>,
}

/// What the loop woke up for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Woken {
    /// There are messages.
    Messages,
    /// Nothing has come for long enough.
    Idle,
    /// Something was asked for, or the deadline of the behaviour has passed.
    Rare,
}

/// What follows a callback.
pub(super) enum Next {
    /// The next message.
    Message,
    /// Other processes first.
    Yield,
    /// More callbacks first, or the end by an exit signal.
    Rare,
    Stop(ExitReason),
}

/// How a message was handled.
pub(super) enum Handled {
    /// By a callback, which has returned this.
    Flow(Flow),
    /// It has been dealt with, and the process does not know.
    Quietly,
    /// It ends the process.
    Stop(ExitReason),
}

/// What is no typed message, sorted.
pub(super) enum Sorted<'a> {
    Callback(Callback<'a>),
    Handled(Handled),
}

impl<'a, A: Behavior> Turn<'a, A> {
    pub(super) fn new(cx: &'a Context<A>, state: &'a mut A) -> Self {
        Turn {
            cx,
            state,
            rare: None,
            budget: BUDGET,
            hibernates: false,
        }
    }

    /// Waits for messages, or for a point in time.
    pub(super) fn poll_next(
        &mut self,
        batch: &mut VecDeque<Envelope<A::Message>>,
        task: &mut TaskContext<'_>,
    ) -> Poll<Woken> {
        let cell = self.cx.cell();
        if self.hibernates {
            *batch = VecDeque::new();
            cell.shrink();
        }
        if cell.poll_batch(batch, task).is_ready() {
            return Poll::Ready(Woken::Messages);
        }
        // Looked at after the process has parked: whoever asks later wakes it.
        if cell.is_asked() {
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

    /// Handles a typed message.
    #[inline]
    pub(super) fn dispatch(
        &mut self,
        message: A::Message,
    ) -> impl Future<Output = Flow> + Send + use<'_, 'a, A> {
        self.cx.cell().took_one();
        self.state.dispatch(message, self.cx)
    }

    /// After a message: whether the next one is next and nothing else, as it nearly always is.
    #[inline]
    pub(super) fn goes_on(&mut self, handled: &Handled) -> bool {
        let goes_on = matches!(handled, Handled::Flow(Flow::Continue))
            && self.rare.is_none()
            && !self.hibernates
            && self.budget > 1
            && !self.cx.cell().wants_attention()
            && !self.deadline_is_over();
        if goes_on {
            self.budget -= 1;
        }
        goes_on
    }

    /// After a message that [`Turn::goes_on`] does not know: what is next.
    #[inline(never)]
    pub(super) fn after(&mut self, handled: Handled) -> Next {
        match handled {
            Handled::Flow(Flow::Continue) if self.rare.is_none() && !self.hibernates => {}
            Handled::Flow(flow) => {
                if let Flow::Stop(reason) = self.note(flow) {
                    return Next::Stop(reason);
                }
            }
            Handled::Quietly => {}
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
                    if rare.continues.is_empty() {
                        self.rare = None;
                    }
                }
            }
        }
    }

    /// Does what was asked for, what has become due, and lets others run. The reason when the process is to stop.
    pub(super) async fn rare(&mut self) -> Option<ExitReason> {
        loop {
            if self.budget == 0 || self.cx.cell().is_exiting() {
                self.budget = BUDGET;
                // Where it ends if an exit signal has come.
                yield_now().await;
            }
            if let Some(reason) = self.take_asked() {
                return Some(reason);
            }
            let flow = if let Some(what) = self.next_continue() {
                self.state.on_continue(what, self.cx).await
            } else if self.deadline_is_over() {
                self.state.on_deadline(self.cx).await
            } else {
                return None;
            };
            if let Next::Stop(reason) = self.after(Handled::Flow(flow)) {
                return Some(reason);
            }
        }
    }

    /// The idle timeout is over.
    pub(super) fn idle(&mut self) -> Callback<'_> {
        self.set_idle(None);
        Box::pin(self.state.on_timeout(self.cx))
    }

    fn take_asked(&mut self) -> Option<ExitReason> {
        let asked = self.cx.cell().take_asked()?;
        if asked.stop.is_some() {
            return asked.stop;
        }
        self.hibernates |= asked.hibernate;
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

    /// Finds out what came that is no typed message.
    pub(super) fn sort(&mut self, other: Other) -> Sorted<'_> {
        self.cx.cell().took_one();
        match other {
            Other::Down(down) if self.cx.cell().is_flushed(&down.reference) => {
                Sorted::Handled(Handled::Quietly)
            }
            Other::Down(down) => Sorted::Callback(Box::pin(self.state.on_down(down, self.cx))),
            Other::Exit(exit) => self.sort_exit(exit),
            Other::Wire(encoded, from) => self.sort_wire(encoded, from),
            Other::Fence(fence) => {
                // Nobody waits when the caller's deadline has passed.
                let _ = fence.send(());
                Sorted::Handled(Handled::Quietly)
            }
        }
    }

    /// The exit of the parent stops a behaviour, whatever it does with other exits.
    fn sort_exit(&mut self, exit: Exit) -> Sorted<'_> {
        if self.cx.parent() == exit.from {
            Sorted::Handled(Handled::Stop(exit.reason))
        } else {
            Sorted::Callback(Box::pin(self.state.on_exit(exit, self.cx)))
        }
    }

    /// A term from the wire: a call, a cast, a system message, or anything else.
    fn sort_wire(&mut self, encoded: Encoded, from: Option<Atom>) -> Sorted<'_> {
        let cx = self.cx;
        let (wrapped, request) = wire::unwrap(cx.host(), &encoded);
        let mut reply_to = match wrapped {
            Wrapped::Call(reply_to) => Some(reply_to),
            Wrapped::Cast => None,
            Wrapped::System(reply_to) => {
                reply_to.unknown_system_message(&request);
                return Sorted::Handled(Handled::Quietly);
            }
            Wrapped::Info => return self.sort_info(encoded, from),
        };
        let decoded = A::decode_message(
            &mut request.decoder().with_extension(cx.host()),
            &mut reply_to,
        );
        match (decoded, reply_to) {
            (Ok(message), _) => Sorted::Callback(Box::pin(self.state.dispatch(message, cx))),
            (Err(error), Some(reply_to)) => {
                tracing::warn!(pid = %cx.pid(), actor = std::any::type_name::<A>(), %error, "unknown request");
                reply_to.unknown_request(&request);
                Sorted::Callback(Box::pin(std::future::ready(Flow::Continue)))
            }
            (Err(error), None) => {
                tracing::warn!(pid = %cx.pid(), actor = std::any::type_name::<A>(), %error, "unknown cast");
                self.sort_info(encoded, from)
            }
        }
    }

    fn sort_info(&mut self, encoded: Encoded, from: Option<Atom>) -> Sorted<'_> {
        match encoded.to_term() {
            Ok(term) => Sorted::Callback(Box::pin(self.state.on_info(term, self.cx))),
            Err(error) => {
                corrupt(self.cx, &error, from);
                Sorted::Handled(Handled::Quietly)
            }
        }
    }
}

/// What came is no term at all: not the process's fault, but the connection's.
pub(super) fn corrupt<A: Behavior>(cx: &Context<A>, error: &DecodeError, from: Option<Atom>) {
    tracing::warn!(pid = %cx.pid(), %error, "a message is not a valid Erlang term");
    if let Some(node) = from {
        cx.host().corrupt(&node);
    }
}

/// Lets other tasks run.
pub(super) async fn yield_now() {
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
