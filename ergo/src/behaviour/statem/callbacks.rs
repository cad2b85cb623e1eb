//! What a person writes of a state machine.

use std::future::Future;

use crate::behaviour::server::Request;
use crate::behaviour::statem::{Entered, Event, Machine, StatemMessage, Transition};
use crate::etf::{DecodeError, Term};
use crate::process::{Behavior, Context, ExitReason};

/// The types of a state machine, and where its [`Machine`] is. Written by `derive(StatemBehavior)`.
pub trait StatemTypes: Behavior {
    /// The states. Two that are equal are the same state: going from one to the other is no state change.
    type State: PartialEq + Send + Sync + 'static;
    /// The calls.
    type Call: Request;
    /// The casts.
    type Cast: Request;
    /// Anything else that arrives as a term.
    type Info: Send + 'static + From<Term>;
    /// Events that the machine inserts itself.
    type Internal: Send + 'static;
    /// The names of generic timeouts.
    type TimeoutName: PartialEq + Send + 'static;
    /// What timeouts carry.
    type Timeout: Send + 'static;

    /// The field that holds the machine.
    fn machine(&self) -> &Machine<Self>;
    /// The same, to run it.
    fn machine_mut(&mut self) -> &mut Machine<Self>;

    /// The state as a term, where `#[actor(snapshot)]` opts in to it.
    fn state_to_term(state: &Self::State) -> Option<Term> {
        let _ = state;
        None
    }

    /// Reads a state, where `#[actor(snapshot)]` opts in to it.
    ///
    /// # Errors
    /// It is no state.
    fn state_from_term(term: Term) -> Result<Self::State, DecodeError> {
        let _ = term;
        Err(DecodeError::custom("the machine has no snapshot"))
    }
}

/// gen_statem's callbacks. The type itself is the data of the machine; its state is of a type of its own.
///
/// Source: <https://www.erlang.org/doc/apps/stdlib/gen_statem.html#callbacks>.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a state machine",
    note = "derive `StatemBehavior` for `{Self}`, and write `impl Statem for {Self}`"
)]
pub trait Statem:
    StatemTypes
    + Behavior<Message = StatemMessage<<Self as StatemTypes>::Call, <Self as StatemTypes>::Cast>>
{
    /// What `spawn` takes and `init` gets.
    type Args: Send + 'static;

    /// Makes the data, with a [`Machine`] that stands in its first state. The starter waits for it and gets the
    /// reason of a refusal.
    ///
    /// The enter call of the first state, and what the machine was given to do first, come after the start has
    /// returned, as in OTP.
    fn init(
        args: <Self as Statem>::Args,
        cx: &Context<Self>,
    ) -> impl Future<Output = Result<Self, ExitReason>> + Send;

    /// Handles one event in a state: `Module:handle_event/4`.
    fn handle(
        &mut self,
        state: &Self::State,
        event: Event<Self>,
        cx: &Context<Self>,
    ) -> impl Future<Output = Transition<Self>> + Send;

    /// The state enter call: the machine has come from `old` into `state`. At the start, and after
    /// [`Transition::repeat`], both are the same.
    ///
    /// It runs after the transition's replies and before anything else of it. Unless written it does nothing, which is
    /// the same as a machine without state enter calls.
    fn enter(
        &mut self,
        old: &Self::State,
        state: &Self::State,
        cx: &Context<Self>,
    ) -> impl Future<Output = Entered<Self>> + Send {
        let _ = (old, state, cx);
        async { Entered::keep() }
    }

    /// Cleans up, after the machine has stopped itself or its parent has told a trapping one to stop.
    ///
    /// As in OTP it is not called when an exit signal that is not trapped ends the process, nor after a panic.
    fn terminate(
        self,
        reason: &ExitReason,
        state: Self::State,
        cx: &Context<Self>,
    ) -> impl Future<Output = ()> + Send {
        let _ = (reason, state, cx);
        async {}
    }
}
