//! What a handler's callback wants to happen next, and what its end is about.

use std::fmt;

use crate::behaviour::event::handler::{AnyHandler, EventHandler, EventType};
use crate::behaviour::event::id::HandlerId;
use crate::etf::Term;

/// What a callback of a handler returns.
#[must_use = "an EventFlow does nothing unless it is returned from a callback"]
pub enum EventFlow<E: EventType> {
    /// `{ok, State}`: the handler stays.
    Continue,
    /// `{ok, State, hibernate}`: the handler stays, and the manager gives memory back while it waits.
    Hibernate,
    /// `remove_handler`: the handler goes, after `terminate`.
    Remove,
    /// `{swap_handler, Args, State, Handler, Args2}`: another handler takes the place of this one.
    Swap(Replacement<E>),
    /// The handler has failed: it is removed and reported with this reason, as one that returns something else in
    /// Erlang.
    Fail(Term),
}

impl<E: EventType> EventFlow<E> {
    /// Another handler in the place of this one, made of what `terminate` returns.
    pub fn swap<H: EventHandler<E>>(
        args: impl Into<Term>,
        make: impl FnOnce(Term) -> Result<H, Term> + Send + 'static,
    ) -> Self {
        EventFlow::Swap(Replacement::new(HandlerId::of::<H>(), args, make))
    }
}

impl<E: EventType> fmt::Debug for EventFlow<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EventFlow::Continue => f.write_str("Continue"),
            EventFlow::Hibernate => f.write_str("Hibernate"),
            EventFlow::Remove => f.write_str("Remove"),
            EventFlow::Swap(replacement) => write!(f, "Swap({})", replacement.id),
            EventFlow::Fail(reason) => write!(f, "Fail({reason})"),
        }
    }
}

type Make<E> = dyn FnOnce(Term) -> Result<Box<dyn AnyHandler<E>>, Term> + Send;

/// A handler that is to take the place of another one.
pub struct Replacement<E: EventType> {
    pub(super) id: HandlerId,
    pub(super) args: Term,
    pub(super) make: Box<Make<E>>,
}

impl<E: EventType> Replacement<E> {
    /// `args` go to the `terminate` of the old handler, what that returns goes to `make`.
    pub fn new<H: EventHandler<E>>(
        id: HandlerId,
        args: impl Into<Term>,
        make: impl FnOnce(Term) -> Result<H, Term> + Send + 'static,
    ) -> Self {
        Replacement {
            id,
            args: args.into(),
            make: Box::new(move |state| Ok(Box::new(make(state)?))),
        }
    }
}

impl<E: EventType> fmt::Debug for Replacement<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Replacement({})", self.id)
    }
}

/// Why a handler's `terminate` is called.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Terminated {
    /// `Args`: somebody deleted it, and said this.
    Deleted(Term),
    /// `remove_handler`: it wanted to go.
    Removed,
    /// `Args`: another handler takes its place, and gets what `terminate` returns.
    Swapped(Term),
    /// `{error, Reason}`: it has failed. After a panic its state may be half changed.
    Failed(Term),
    /// `{stop, Reason}`: the process that supervises it has ended.
    SupervisorDown(Term),
    /// `stop`: the manager ends.
    Stopped,
}

impl Terminated {
    /// What gen_event gives to `Module:terminate/2`.
    pub fn to_term(&self) -> Term {
        let pair = |tag, term: &Term| Term::tuple([Term::atom(tag), term.clone()]);
        match self {
            Terminated::Deleted(args) | Terminated::Swapped(args) => args.clone(),
            Terminated::Removed => Term::atom("remove_handler"),
            Terminated::Failed(reason) => pair("error", reason),
            Terminated::SupervisorDown(reason) => pair("stop", reason),
            Terminated::Stopped => Term::atom("stop"),
        }
    }
}
