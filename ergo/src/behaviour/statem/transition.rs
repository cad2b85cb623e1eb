//! What a callback wants to happen next: gen_statem's return tuples and actions.

use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use crate::behaviour::statem::actions::common_actions;
use crate::behaviour::statem::callbacks::StatemTypes;
use crate::behaviour::statem::event::Event;
use crate::behaviour::statem::timeouts::{Change, Kind, Setting};
use crate::process::{ExitReason, Reply};

/// Where a machine goes.
pub(super) enum Next<T> {
    Keep,
    To(T),
    Repeat,
    Stop(ExitReason),
}

/// The actions of a callback, collected until it has returned.
pub(super) struct Actions<S: StatemTypes> {
    pub(super) postponed: Option<Event<S>>,
    pub(super) inserted: Vec<Event<S>>,
    pub(super) timeouts: Vec<Setting<S::TimeoutName, S::Timeout>>,
    pub(super) hibernate: bool,
}

impl<S: StatemTypes> Default for Actions<S> {
    fn default() -> Self {
        Actions {
            postponed: None,
            inserted: Vec::new(),
            timeouts: Vec::new(),
            hibernate: false,
        }
    }
}

/// What happens after an event was handled: where the machine goes, and what it does on the way.
///
/// The methods are gen_statem's actions. A reply is sent by the method itself; the others are carried out when the
/// callback has returned, in OTP's order: the state enter call, `postpone`, the postponed events again after a state
/// change, the timeouts, the inserted events.
///
/// Source: <https://www.erlang.org/doc/apps/stdlib/gen_statem.html#t:transition_option/0>.
#[must_use = "a transition does nothing unless it is returned from a callback"]
pub struct Transition<S: StatemTypes> {
    pub(super) next: Next<S::State>,
    pub(super) actions: Actions<S>,
}

impl<S: StatemTypes> Transition<S> {
    fn new(next: Next<S::State>) -> Self {
        Transition {
            next,
            actions: Actions::default(),
        }
    }

    /// `keep_state`: stays in the state.
    pub fn keep() -> Self {
        Transition::new(Next::Keep)
    }

    /// `next_state`: goes to a state. It is a state change when the two are not equal: postponed events come again,
    /// the state timeout is cancelled, and the state enter call is made.
    pub fn to(state: S::State) -> Self {
        Transition::new(Next::To(state))
    }

    /// `repeat_state`: stays in the state, and makes its enter call again.
    pub fn repeat() -> Self {
        Transition::new(Next::Repeat)
    }

    /// `stop`: ends the process with this reason, after `terminate`. Other actions than replies are of no effect.
    pub fn stop(reason: ExitReason) -> Self {
        Transition::new(Next::Stop(reason))
    }

    fn actions(&mut self) -> &mut Actions<S> {
        &mut self.actions
    }

    /// `{reply, From, Reply}`: answers a call, this one or an earlier one. With [`Transition::stop`] it is
    /// `stop_and_reply`.
    pub fn reply<T>(self, to: Reply<T>, value: T) -> Self {
        to.send(value);
        self
    }

    /// `postpone`: keeps the event, and handles it again after the next state change, before newer ones. It takes the
    /// event back, so none is postponed that was answered.
    pub fn postpone(mut self, event: Event<S>) -> Self {
        self.actions.postponed = Some(event);
        self
    }

    /// `{next_event, Type, Content}`: inserts an event. All that one transition inserts are handled in the order
    /// given, before events that wait already and before any message.
    pub fn next_event(mut self, event: Event<S>) -> Self {
        self.actions.inserted.push(event);
        self
    }

    /// `{next_event, internal, Content}`.
    pub fn internal(self, content: S::Internal) -> Self {
        self.next_event(Event::Internal(content))
    }
}

common_actions!(Transition);

impl<S: StatemTypes> fmt::Debug for Transition<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let next = match &self.next {
            Next::Keep => "keep_state",
            Next::To(_) => "next_state",
            Next::Repeat => "repeat_state",
            Next::Stop(_) => "stop",
        };
        write!(f, "Transition({next})")
    }
}

/// What happens after a state enter call: as [`Transition`], without what OTP refuses there.
#[must_use = "it does nothing unless it is returned from `enter`"]
pub struct Entered<S: StatemTypes> {
    pub(super) next: EnteredNext,
    pub(super) actions: Actions<S>,
}

/// Where a machine goes from a state enter call.
pub(super) enum EnteredNext {
    Keep,
    Repeat,
    Stop(ExitReason),
}

impl<S: StatemTypes> Entered<S> {
    fn new(next: EnteredNext) -> Self {
        Entered {
            next,
            actions: Actions::default(),
        }
    }

    /// `keep_state`: stays in the state.
    pub fn keep() -> Self {
        Entered::new(EnteredNext::Keep)
    }

    /// `repeat_state`: makes the same enter call once more.
    pub fn repeat() -> Self {
        Entered::new(EnteredNext::Repeat)
    }

    /// `stop`: ends the process with this reason, after `terminate`.
    pub fn stop(reason: ExitReason) -> Self {
        Entered::new(EnteredNext::Stop(reason))
    }

    fn actions(&mut self) -> &mut Actions<S> {
        &mut self.actions
    }

    /// `{reply, From, Reply}`: answers an earlier call.
    pub fn reply<T>(self, to: Reply<T>, value: T) -> Self {
        to.send(value);
        self
    }
}

common_actions!(Entered);

impl<S: StatemTypes> fmt::Debug for Entered<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let next = match &self.next {
            EnteredNext::Keep => "keep_state",
            EnteredNext::Repeat => "repeat_state",
            EnteredNext::Stop(_) => "stop",
        };
        write!(f, "Entered({next})")
    }
}
