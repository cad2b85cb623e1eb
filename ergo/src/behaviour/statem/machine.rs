//! The engine of a state machine.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use crate::behaviour::statem::actions::common_actions;
use crate::behaviour::statem::timeouts::{Change, Kind, Setting, Timeouts};
use crate::behaviour::statem::transition::{Actions, EnteredNext, Next};
use crate::behaviour::statem::{Event, Statem, StatemMessage, StatemTypes, Transition};
use crate::etf::{DecodeError, Term};
use crate::process::{Context, ExitReason, Flow, Ref};

/// How many events a machine may insert and handle before it lets other processes run.
const BUDGET: u32 = 256;

/// How long the message that a timeout is due may take through the mailbox until another one is sent.
const TELL_AGAIN: Duration = Duration::from_millis(100);

/// What a state machine is besides its data: the state it is in, postponed and inserted events, and timeouts.
///
/// It is a field of the data. `init` makes it, in the first state and with the actions to begin with; from then on it is
/// the framework's.
///
/// ```
/// use ergo::prelude::*;
///
/// #[derive(Actor, StatemBehavior)]
/// #[statem(state = Light, call = LightCall)]
/// struct Switch {
///     machine: Machine<Self>,
///     turned_on: u32,
/// }
///
/// #[derive(PartialEq)]
/// enum Light {
///     Off,
///     On,
/// }
///
/// #[derive(Request)]
/// enum LightCall {
///     Push { reply: Reply<u32> },
/// }
///
/// impl Statem for Switch {
///     type Args = ();
///
///     async fn init((): (), _: &Context<Self>) -> Result<Self, ExitReason> {
///         Ok(Switch { machine: Machine::new(Light::Off), turned_on: 0 })
///     }
///
///     async fn handle(&mut self, state: &Light, event: Event<Self>, _: &Context<Self>) -> Transition<Self> {
///         match (state, event) {
///             (Light::Off, Event::Call(LightCall::Push { reply })) => {
///                 self.turned_on += 1;
///                 Transition::to(Light::On).reply(reply, self.turned_on).state_timeout(secs(60), ())
///             }
///             (Light::On, Event::Call(LightCall::Push { reply })) => {
///                 Transition::to(Light::Off).reply(reply, self.turned_on)
///             }
///             (Light::On, Event::StateTimeout(())) => Transition::to(Light::Off),
///             _ => Transition::keep(),
///         }
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> ergo::Result {
/// let node = Node::builder("light@127.0.0.1").local_only().start().await?;
/// let switch = node.spawn::<Switch>(()).await?;
/// assert_eq!(switch.call(|reply| LightCall::Push { reply }).await?, 1);
/// assert_eq!(switch.call(|reply| LightCall::Push { reply }).await?, 1);
/// assert_eq!(switch.call(|reply| LightCall::Push { reply }).await?, 2);
/// # Ok(())
/// # }
/// ```
pub struct Machine<S: StatemTypes>(
    /// `None` while it runs.
    Option<Box<Engine<S>>>,
);

struct Engine<S: StatemTypes> {
    state: S::State,
    /// In the order of arrival.
    postponed: Vec<Event<S>>,
    /// Inserted, or postponed once and due again; empty while the machine waits.
    queue: VecDeque<Event<S>>,
    timeouts: Timeouts<S::TimeoutName, S::Timeout>,
    /// What to begin with, until it has been done.
    beginning: Option<Beginning<S>>,
    /// A message of its own is in the mailbox that says that a timeout is due. When it has not come by then, it is sent
    /// again: a mailbox that drops what is newest says nothing.
    told: Option<Instant>,
}

struct Beginning<S: StatemTypes> {
    actions: Actions<S>,
    made: Instant,
}

impl<S: StatemTypes> Machine<S> {
    /// A machine that begins in `state`: its enter call is made first.
    pub fn new(state: S::State) -> Self {
        Machine(Some(Box::new(Engine {
            state,
            postponed: Vec::new(),
            queue: VecDeque::new(),
            timeouts: Timeouts::default(),
            beginning: Some(Beginning {
                actions: Actions::default(),
                made: Instant::now(),
            }),
            told: None,
        })))
    }

    /// `{next_event, Type, Content}`: an event to begin with.
    pub fn next_event(mut self, event: Event<S>) -> Self {
        self.actions().inserted.push(event);
        self
    }

    /// `{next_event, internal, Content}`.
    pub fn internal(self, content: S::Internal) -> Self {
        self.next_event(Event::Internal(content))
    }

    /// The actions of a machine that `init` is making: there is no other that a person can call this on.
    fn actions(&mut self) -> &mut Actions<S> {
        let engine = self.0.as_mut();
        let beginning = engine.and_then(|engine| engine.beginning.as_mut());
        match beginning {
            Some(beginning) => &mut beginning.actions,
            None => unreachable!("the builder consumes a machine that has not begun"),
        }
    }

    /// The state; `None` within a callback, which is told.
    pub fn state(&self) -> Option<&S::State> {
        self.0.as_ref().map(|engine| &engine.state)
    }
}

common_actions!(Machine);

impl<S: StatemTypes> fmt::Debug for Machine<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Machine")
    }
}

/// What the derive calls: each is the callback of [`Behavior`](crate::Behavior) with the same purpose.
impl<S: Statem> Machine<S> {
    /// Handles a message.
    pub async fn dispatch(data: &mut S, message: S::Message, cx: &Context<S>) -> Flow {
        match message {
            StatemMessage::Call(call) => Machine::deliver(data, Event::Call(call), cx).await,
            StatemMessage::Cast(cast) => Machine::deliver(data, Event::Cast(cast), cx).await,
            StatemMessage::Due => match data.machine_mut().0.take() {
                None => lost(),
                Some(mut engine) => {
                    engine.told = None;
                    let flow = engine.run_due(data, cx).await;
                    data.machine_mut().0 = Some(engine);
                    flow
                }
            },
        }
    }

    /// Handles an event, and whatever comes of it.
    pub async fn deliver(data: &mut S, event: Event<S>, cx: &Context<S>) -> Flow {
        let Some(mut engine) = data.machine_mut().0.take() else {
            return lost();
        };
        let mut flow = engine.begin(data, cx).await;
        if !matches!(flow, Flow::Stop(_)) {
            flow = engine.run(data, event, cx).await;
        }
        data.machine_mut().0 = Some(engine);
        flow
    }

    /// When the machine has something to do without a message.
    pub fn deadline(data: &S) -> Option<Instant> {
        let engine = data.machine().0.as_ref()?;
        match &engine.beginning {
            Some(beginning) => Some(beginning.made),
            None => engine.told.or_else(|| engine.timeouts.next()),
        }
    }

    /// Begins, or tells itself that a timeout is due: by a message behind those that wait, as OTP's timers do, so that
    /// none that came in time is overtaken. Without room for it the timeout is handled at once.
    pub async fn on_deadline(data: &mut S, cx: &Context<S>) -> Flow {
        let Some(mut engine) = data.machine_mut().0.take() else {
            return lost();
        };
        let flow = if engine.beginning.is_some() {
            engine.begin(data, cx).await
        } else if tell(cx) {
            engine.told = Instant::now().checked_add(TELL_AGAIN);
            Flow::Continue
        } else {
            engine.told = None;
            engine.run_due(data, cx).await
        };
        data.machine_mut().0 = Some(engine);
        flow
    }

    /// `{State, Data}`, as `sys:get_state/1` shows a gen_statem.
    pub fn snapshot(data: &S) -> Option<Term> {
        let engine = data.machine().0.as_ref()?;
        let state = S::state_to_term(&engine.state)?;
        Some(Term::tuple([state, data.state_term()?]))
    }

    /// Takes another state and other data. As in OTP this is no state change: nothing else happens.
    ///
    /// # Errors
    /// It is no `{State, Data}`, or one of the two cannot be read.
    pub fn restore(data: &mut S, term: Term) -> Result<(), DecodeError> {
        let Some([state, own]) = term.as_tuple() else {
            return Err(DecodeError::custom(
                "the state of a machine is {State, Data}",
            ));
        };
        let state = S::state_from_term(state.clone())?;
        data.restore_term(own.clone())?;
        if let Some(engine) = data.machine_mut().0.as_mut() {
            engine.state = state;
        }
        Ok(())
    }

    /// Ends.
    pub async fn stop(mut data: S, reason: &ExitReason, cx: &Context<S>) {
        if let Some(engine) = data.machine_mut().0.take() {
            data.terminate(reason, engine.state, cx).await;
        }
    }
}

/// Puts the message behind those that wait; false when there is no room for it.
fn tell<S: Statem>(cx: &Context<S>) -> bool {
    let handle = cx.handle();
    let me: &Ref<S> = handle.as_ref();
    me.cast(StatemMessage::Due).is_ok()
}

/// A callback has put a machine into its data that was running elsewhere.
fn lost() -> Flow {
    Flow::Stop(ExitReason::from("machine_replaced"))
}

impl<S: Statem> Engine<S> {
    /// The first enter call and the actions of `init`, once.
    async fn begin(&mut self, data: &mut S, cx: &Context<S>) -> Flow {
        let Some(beginning) = self.beginning.take() else {
            return Flow::Continue;
        };
        let mut transition = Transition::repeat();
        transition.actions = beginning.actions;
        match self.transit(data, transition, cx).await {
            Err(reason) => Flow::Stop(reason),
            Ok(hibernate) => match self.take_next() {
                Some(event) => self.run(data, event, cx).await,
                None => waiting(hibernate),
            },
        }
    }

    /// Handles every timeout that is due now. One that is set again for a time that has passed comes behind the messages
    /// that wait.
    async fn run_due(&mut self, data: &mut S, cx: &Context<S>) -> Flow {
        let now = Instant::now();
        let mut flow = Flow::Continue;
        for _ in 0..self.timeouts.len() {
            let Some((kind, content)) = self.timeouts.take_due(now) else {
                break;
            };
            flow = self.run(data, timeout(kind, content), cx).await;
            if matches!(flow, Flow::Stop(_)) {
                break;
            }
        }
        flow
    }

    /// Handles one event, then those it inserts, those that are no longer postponed, and timeouts of time zero.
    async fn run(&mut self, data: &mut S, first: Event<S>, cx: &Context<S>) -> Flow {
        let mut event = first;
        let mut budget = BUDGET;
        loop {
            let transition = data.handle(&self.state, event, cx).await;
            let hibernate = match self.transit(data, transition, cx).await {
                Ok(hibernate) => hibernate,
                Err(reason) => return Flow::Stop(reason),
            };
            event = match self.take_next() {
                Some(event) => event,
                None => return waiting(hibernate),
            };
            budget -= 1;
            if budget == 0 {
                budget = BUDGET;
                tokio::task::yield_now().await;
            }
        }
    }

    fn take_next(&mut self) -> Option<Event<S>> {
        self.queue.pop_front().or_else(|| {
            let (kind, content) = self.timeouts.take_zero()?;
            Some(timeout(kind, content))
        })
    }

    /// Carries out a transition: says whether to hibernate, or why to stop.
    async fn transit(
        &mut self,
        data: &mut S,
        transition: Transition<S>,
        cx: &Context<S>,
    ) -> Result<bool, ExitReason> {
        let Transition { next, mut actions } = transition;
        let (old, entered) = match next {
            Next::Stop(reason) => return Err(reason),
            Next::Keep => (None, false),
            Next::Repeat => (None, true),
            Next::To(state) if state == self.state => (None, false),
            Next::To(state) => (Some(std::mem::replace(&mut self.state, state)), true),
        };
        if entered {
            let old = old.as_ref().unwrap_or(&self.state);
            enter(data, old, &self.state, &mut actions, cx).await?;
        }
        let hibernate = actions.hibernate;
        self.settle(old.is_some(), actions);
        Ok(hibernate)
    }

    /// The order of OTP: postponed events, timeouts, inserted events.
    fn settle(&mut self, changed: bool, actions: Actions<S>) {
        self.postponed.extend(actions.postponed);
        if changed {
            for event in self.postponed.drain(..).rev() {
                self.queue.push_front(event);
            }
            self.timeouts.cancel(&Kind::State);
        }
        self.timeouts.cancel(&Kind::Event);
        if !actions.timeouts.is_empty() {
            self.timeouts.apply(actions.timeouts, Instant::now());
        }
        for event in actions.inserted.into_iter().rev() {
            self.queue.push_front(event);
        }
    }
}

/// The state enter call, again for as long as it wants to be repeated. Its actions come after those of the transition.
async fn enter<S: Statem>(
    data: &mut S,
    old: &S::State,
    state: &S::State,
    actions: &mut Actions<S>,
    cx: &Context<S>,
) -> Result<(), ExitReason> {
    loop {
        let entered = data.enter(old, state, cx).await;
        actions.timeouts.extend(entered.actions.timeouts);
        actions.hibernate |= entered.actions.hibernate;
        match entered.next {
            EnteredNext::Keep => return Ok(()),
            EnteredNext::Repeat => tokio::task::yield_now().await,
            EnteredNext::Stop(reason) => return Err(reason),
        }
    }
}

fn waiting(hibernate: bool) -> Flow {
    if hibernate {
        Flow::Hibernate
    } else {
        Flow::Continue
    }
}

fn timeout<S: StatemTypes>(kind: Kind<S::TimeoutName>, content: S::Timeout) -> Event<S> {
    match kind {
        Kind::State => Event::StateTimeout(content),
        Kind::Event => Event::EventTimeout(content),
        Kind::Named(name) => Event::Timeout(name, content),
    }
}
