//! What a process writes through `tracing` goes no further than its log level.
//!
//! Around each poll of a process with a level stands a [`Gate`] in place of the subscriber that is current, which lets
//! through what is within the level and hands it on to that one. Gates are kept, one for each level, since `tracing`
//! asks every place in the program anew what interests whenever it gets another subscriber. Processes without a level
//! have none: they pay for one look at a flag.

use std::future::Future;
use std::pin::Pin;
use std::sync::{PoisonError, RwLock};
use std::task::{Context as TaskContext, Poll};

use tracing::dispatcher::{self, DefaultGuard, Dispatch, WeakDispatch};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{Interest, NoSubscriber, Subscriber};
use tracing::{Event, Metadata};
use tracing_core::span::Current;

use crate::process::actor::Behavior;
use crate::process::host::HostRef;
use crate::process::mailbox::{Cell, LEVELLED};
use crate::sync::atomic::Ordering;

/// The gates of a node, by level.
///
/// All of them lead to the subscriber that was current when they were first needed: that of the program, as a rule. Once
/// there is no such subscriber any more they are made again.
#[derive(Debug, Default)]
pub struct Gates(RwLock<[Option<Dispatch>; LEVELS]>);

/// The levels that keep something back: all but `TRACE`.
const LEVELS: usize = 5;

fn index(level: LevelFilter) -> Option<usize> {
    const BY_INDEX: [LevelFilter; LEVELS] = [
        LevelFilter::OFF,
        LevelFilter::ERROR,
        LevelFilter::WARN,
        LevelFilter::INFO,
        LevelFilter::DEBUG,
    ];
    BY_INDEX.iter().position(|each| *each == level)
}

impl Gates {
    /// Puts the gate for this level in place until what is returned is dropped. None is needed without a subscriber,
    /// and where that gate is in place already.
    pub(super) fn enter(&self, level: LevelFilter) -> Option<DefaultGuard> {
        let current = dispatcher::get_default(Dispatch::clone);
        let within = current.downcast_ref::<Gate>();
        let outer = match within {
            Some(gate) if gate.level == level => return None,
            Some(gate) => gate.outer.upgrade()?,
            None if current.is::<NoSubscriber>() => return None,
            None => current.clone(),
        };
        let Some(index) = index(level) else {
            // Everything gets through, also inside of a process with another level.
            return within.map(|_| dispatcher::set_default(&outer));
        };
        let kept = self.kept(index);
        let gate = kept.unwrap_or_else(|| self.make(index, level, &outer));
        Some(dispatcher::set_default(&gate))
    }

    fn kept(&self, index: usize) -> Option<Dispatch> {
        let gates = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let gate = gates.get(index)?.clone()?;
        leads_somewhere(&gate).then_some(gate)
    }

    fn make(&self, index: usize, level: LevelFilter, outer: &Dispatch) -> Dispatch {
        // Not under the lock: the subscriber is asked about every place in the program.
        let made = Dispatch::new(Gate {
            level,
            outer: outer.downgrade(),
        });
        let mut gates = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match gates.get_mut(index) {
            Some(Some(kept)) if leads_somewhere(kept) => kept.clone(),
            Some(place) => place.insert(made).clone(),
            None => made,
        }
    }
}

fn leads_somewhere(gate: &Dispatch) -> bool {
    gate.downcast_ref::<Gate>()
        .is_some_and(|gate| gate.outer.upgrade().is_some())
}

/// Leaves the gate that is in place, if one is: what runs meanwhile is no part of the process it is for.
pub(super) fn leave() -> Option<DefaultGuard> {
    let current = dispatcher::get_default(Dispatch::clone);
    let outer = current.downcast_ref::<Gate>()?.outer.upgrade()?;
    Some(dispatcher::set_default(&outer))
}

impl<A: Behavior> Cell<A> {
    /// Holds back what the process writes above its log level, until what is returned is dropped.
    #[inline]
    pub(super) fn gate(&self) -> Option<DefaultGuard> {
        let level = self.level()?;
        self.host().log_gates().enter(level)
    }

    #[inline]
    pub(super) fn level(&self) -> Option<LevelFilter> {
        if self.flags().load(Ordering::Relaxed) & LEVELLED == 0 {
            return None;
        }
        self.level_set()
    }

    #[cold]
    fn level_set(&self) -> Option<LevelFilter> {
        let queue = self.lock();
        queue.heritage.as_ref()?.log_level()
    }
}

/// Lets through what is within a level, to the subscriber that it stands before.
///
/// That one may end before it: then nothing gets through.
struct Gate {
    level: LevelFilter,
    outer: WeakDispatch,
}

impl Gate {
    fn lets_through(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.level
    }
}

impl Subscriber for Gate {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        match self.outer.upgrade() {
            Some(outer) if self.lets_through(metadata) => outer.register_callsite(metadata),
            _ => Interest::never(),
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let outer = || self.outer.upgrade();
        self.lets_through(metadata) && outer().is_some_and(|outer| outer.enabled(metadata))
    }

    /// Never more than what the subscriber behind it lets through, which speaks for itself.
    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::OFF)
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        match self.outer.upgrade() {
            Some(outer) => outer.new_span(span),
            // As without a subscriber: nobody will look at it.
            None => NoSubscriber::default().new_span(span),
        }
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        if let Some(outer) = self.outer.upgrade() {
            outer.record(span, values);
        }
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        if let Some(outer) = self.outer.upgrade() {
            outer.record_follows_from(span, follows);
        }
    }

    fn event(&self, event: &Event<'_>) {
        if let Some(outer) = self.outer.upgrade() {
            outer.event(event);
        }
    }

    fn enter(&self, span: &Id) {
        if let Some(outer) = self.outer.upgrade() {
            outer.enter(span);
        }
    }

    fn exit(&self, span: &Id) {
        if let Some(outer) = self.outer.upgrade() {
            outer.exit(span);
        }
    }

    fn clone_span(&self, span: &Id) -> Id {
        let outer = self.outer.upgrade();
        outer.map_or_else(|| span.clone(), |outer| outer.clone_span(span))
    }

    fn try_close(&self, span: Id) -> bool {
        let outer = self.outer.upgrade();
        outer.is_some_and(|outer| outer.try_close(span))
    }

    fn current_span(&self) -> Current {
        let outer = self.outer.upgrade();
        outer.map_or_else(Current::none, |outer| outer.current_span())
    }
}

/// A future that runs beside a process, as part of it: what it writes goes no further, either.
pub(super) struct Gated {
    pub(super) host: HostRef,
    pub(super) level: LevelFilter,
    pub(super) future: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Future for Gated {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<()> {
        let this = &mut *self;
        let _gate = this.host.log_gates().enter(this.level);
        this.future.as_mut().poll(cx)
    }
}
