//! Who gets the events of a topic, and how.

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::behaviour::pubsub::TopicEvent;
use crate::etf::{Atom, Encode, EncodeError, Encoded, Encoder, Pid, Reference};
use crate::process::{Behavior, CastError, Context};

/// After how many subscribers others may run.
const SHARE: usize = 512;

/// Takes an event, or says why not.
pub(super) type Deliver<T> = Box<dyn Fn(&T) -> Result<(), NotTaken> + Send + Sync>;

/// Why a subscriber did not take an event.
#[derive(Debug)]
pub enum NotTaken {
    /// It is there no more.
    Gone,
    /// It has missed it.
    Missed,
}

impl From<CastError> for NotTaken {
    fn from(error: CastError) -> Self {
        match error {
            CastError::Closed => NotTaken::Gone,
            _ => NotTaken::Missed,
        }
    }
}

/// How a subscriber takes its events.
pub enum Sink<T> {
    /// As they are.
    #[doc(hidden)]
    Typed(Deliver<T>),
    /// As a message `{event, {Topic, Node}, Event}`.
    #[doc(hidden)]
    Term(Pid),
    /// As a cast to a relay.
    #[doc(hidden)]
    Relay(Pid),
}

struct Subscriber<T> {
    pid: Option<Pid>,
    sink: Sink<T>,
}

/// The subscribers of a topic in the order in which they came, and its last events.
pub(super) struct FanOut<T> {
    name: Atom,
    subscribers: BTreeMap<u64, Subscriber<T>>,
    by_reference: BTreeMap<Reference, u64>,
    next: u64,
    buffer: VecDeque<Arc<T>>,
    pub(super) buffer_max: usize,
    pub(super) published: u64,
    pub(super) missed: u64,
}

/// An event in the forms its subscribers need, each made when the first of them needs it.
struct Forms<'a, T> {
    event: &'a T,
    topic: [Atom; 2],
    term: Option<Result<Encoded, EncodeError>>,
    cast: Option<Result<Encoded, EncodeError>>,
}

impl<T: TopicEvent> Forms<'_, T> {
    fn term(&mut self) -> Result<Encoded, EncodeError> {
        let (event, [name, node]) = (self.event, &self.topic);
        let make = || {
            crate::process::encode(&mut |encoder: &mut Encoder<'_>| {
                encoder.write_tuple(3)?;
                encoder.write_atom("event")?;
                (name, node).encode(encoder)?;
                event.encode(encoder)
            })
        };
        self.term.get_or_insert_with(make).clone()
    }

    fn cast(&mut self) -> Result<Encoded, EncodeError> {
        let event = self.event;
        let make = || {
            crate::process::encode(&mut |encoder: &mut Encoder<'_>| {
                encoder.write_tuple(2)?;
                encoder.write_atom("$gen_cast")?;
                encoder.write_tuple(2)?;
                encoder.write_atom("event")?;
                event.encode(encoder)
            })
        };
        self.cast.get_or_insert_with(make).clone()
    }
}

impl<T: TopicEvent> FanOut<T> {
    pub(super) fn new(name: Atom, buffer_max: usize) -> Self {
        FanOut {
            name,
            subscribers: BTreeMap::new(),
            by_reference: BTreeMap::new(),
            next: 0,
            buffer: VecDeque::new(),
            buffer_max,
            published: 0,
            missed: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.subscribers.len()
    }

    /// Adds a subscriber, which gets the last events at once. Its monitor is how it is known.
    pub(super) fn add<A: Behavior>(
        &mut self,
        pid: Option<Pid>,
        sink: Sink<T>,
        cx: &Context<A>,
    ) -> Reference {
        let reference = match &pid {
            Some(pid) => cx.monitor(pid),
            None => cx.host().reference(cx.host().next_number()),
        };
        for event in &self.buffer {
            let mut forms = forms(&self.name, &**event, cx);
            if deliver(&sink, &mut forms, cx).is_err() {
                self.missed += 1;
            }
        }
        let number = self.next;
        self.next += 1;
        self.by_reference.insert(reference.clone(), number);
        self.subscribers.insert(number, Subscriber { pid, sink });
        reference
    }

    /// Takes a subscriber away; false when it was not there.
    pub(super) fn remove(&mut self, reference: &Reference) -> bool {
        let number = self.by_reference.remove(reference);
        number.is_some_and(|number| self.subscribers.remove(&number).is_some())
    }

    /// The subscriptions of a process.
    pub(super) fn of_pid(&self, pid: &Pid) -> Vec<Reference> {
        self.those(|subscriber| subscriber.pid.as_ref() == Some(pid))
    }

    /// Those of them that were made by a message of the process, or of somebody in its name.
    pub(super) fn terms_of(&self, pid: &Pid) -> Vec<Reference> {
        self.those(|subscriber| match &subscriber.sink {
            Sink::Term(to) | Sink::Relay(to) => to == pid,
            Sink::Typed(_) => false,
        })
    }

    fn those(&self, which: impl Fn(&Subscriber<T>) -> bool) -> Vec<Reference> {
        let found = self.by_reference.iter().filter(|(_, number)| {
            let subscriber = self.subscribers.get(number);
            subscriber.is_some_and(&which)
        });
        found.map(|(reference, _)| reference.clone()).collect()
    }

    /// Hands an event to everyone, and says how many took it. What nobody can read any more is told afterwards.
    pub(super) async fn publish<A: Behavior>(
        &mut self,
        event: T,
        cx: &Context<A>,
    ) -> (usize, Vec<u64>) {
        self.published += 1;
        let (mut taken, mut gone) = (0, Vec::new());
        let mut forms = forms(&self.name, &event, cx);
        for (at, (number, subscriber)) in self.subscribers.iter().enumerate() {
            match deliver(&subscriber.sink, &mut forms, cx) {
                Ok(()) => taken += 1,
                Err(NotTaken::Gone) => gone.push(*number),
                Err(NotTaken::Missed) => self.missed += 1,
            }
            if at % SHARE == SHARE - 1 {
                tokio::task::yield_now().await;
            }
        }
        drop(forms);
        if self.buffer_max > 0 {
            if self.buffer.len() == self.buffer_max {
                self.buffer.pop_front();
            }
            self.buffer.push_back(Arc::new(event));
        }
        (taken, gone)
    }

    /// Takes away those that are not processes and take nothing any more; of a process its end tells.
    pub(super) fn sweep(&mut self, gone: &[u64]) {
        let subscribers = &mut self.subscribers;
        let is_over = |number: &u64| subscribers.get(number).is_some_and(|it| it.pid.is_none());
        let over: Vec<u64> = gone.iter().copied().filter(is_over).collect();
        if over.is_empty() {
            return;
        }
        for number in &over {
            self.subscribers.remove(number);
        }
        self.by_reference.retain(|_, number| !over.contains(number));
    }
}

fn forms<'a, T: TopicEvent, A: Behavior>(
    name: &Atom,
    event: &'a T,
    cx: &Context<A>,
) -> Forms<'a, T> {
    Forms {
        event,
        topic: [name.clone(), cx.host().name().clone()],
        term: None,
        cast: None,
    }
}

fn deliver<T: TopicEvent, A: Behavior>(
    sink: &Sink<T>,
    forms: &mut Forms<'_, T>,
    cx: &Context<A>,
) -> Result<(), NotTaken> {
    let sent = match sink {
        // It is the subscriber's own code, whose panic is not to end the topic of all others.
        Sink::Typed(deliver) => {
            return catch_unwind(AssertUnwindSafe(|| deliver(forms.event))).unwrap_or_else(|_| {
                tracing::error!(topic = %forms.topic[0], "a subscriber panicked over an event, and has missed it");
                Err(NotTaken::Missed)
            });
        }
        Sink::Term(pid) => forms.term().map(|event| cx.send(pid, event)),
        Sink::Relay(pid) => forms.cast().map(|event| cx.send(pid, event)),
    };
    Ok(sent.map_err(CastError::from)??)
}
