//! A process that does what it is told and writes down what it sees.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ergo::prelude::*;
use ergo::testing::TestNode;

/// One line of what an actor did and saw, in its own order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Entry {
    /// Message number to the actor.
    Sent(u64, u64),
    /// A message: from the actor, to the actor, its number, and how many bytes came with it.
    Got(u64, u64, u64, usize),
    Monitored(Reference),
    Demonitored(Reference),
    Down(Reference, ExitReason),
    Linked(Pid),
    Unlinked(Pid),
    Exited(Pid, ExitReason),
    /// From now on every loss of the connection to that actor is seen.
    Guarded(u64),
    /// Messages to it may have been lost before this.
    Lost(u64),
}

/// What an actor is told to do.
#[derive(Debug, Clone)]
pub(crate) enum Command {
    /// To the actor, with so many bytes.
    Send(u64, Pid, usize),
    Monitor(Pid),
    /// The one that was made so many ago.
    Demonitor(usize),
    Link(Pid),
    Unlink(Pid),
}

#[derive(Default)]
struct Shared {
    commands: Vec<Command>,
    history: Vec<Entry>,
}

/// An actor, alive or not.
#[derive(Clone)]
pub(crate) struct Actor {
    pub(crate) number: u64,
    pub(crate) pid: Pid,
    node: TestNode,
    shared: Arc<Mutex<Shared>>,
}

impl Actor {
    /// Starts one on a node.
    pub(crate) fn start(node: &TestNode, number: u64) -> Actor {
        let shared: Arc<Mutex<Shared>> = Arc::default();
        let body = Body {
            number,
            shared: shared.clone(),
            next: HashMap::new(),
            guards: HashMap::new(),
            monitors: Vec::new(),
        };
        let pid = node.spawn_fn(async move |cx| body.run(cx).await);
        Actor {
            number,
            pid: pid.unwrap(),
            node: node.clone(),
            shared,
        }
    }

    /// Has it do something, after all that has reached it before.
    pub(crate) fn tell(&self, command: Command) {
        let index = {
            let mut shared = lock(&self.shared);
            shared.commands.push(command);
            shared.commands.len() - 1
        };
        self.node
            .try_send(&self.pid, Term::from(index as u64))
            .unwrap();
    }

    pub(crate) fn history(&self) -> Vec<Entry> {
        lock(&self.shared).history.clone()
    }
}

fn lock<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Body {
    number: u64,
    shared: Arc<Mutex<Shared>>,
    /// The number of the next message, by actor.
    next: HashMap<u64, u64>,
    /// Monitors that tell of lost connections: which actor each is on.
    guards: HashMap<Reference, u64>,
    monitors: Vec<Reference>,
}

impl Body {
    async fn run(mut self, mut cx: PlainContext) {
        cx.trap_exit(true);
        while let Some(message) = cx.receive().await {
            match message {
                Message::Term(Term::Integer(index)) => {
                    let command = lock(&self.shared).commands[index as usize].clone();
                    self.perform(&mut cx, command).await;
                }
                Message::Term(term) => self.got(&term),
                Message::Down(down) => self.down(&down),
                Message::Exit(exit) => self.note(Entry::Exited(exit.from, exit.reason)),
                other => panic!("{other:?}"),
            }
        }
    }

    fn note(&self, entry: Entry) {
        lock(&self.shared).history.push(entry);
    }

    async fn perform(&mut self, cx: &mut PlainContext, command: Command) {
        match command {
            Command::Send(number, to, bytes) => {
                if !self.guards.values().any(|guarded| *guarded == number) {
                    let reference = cx.monitor(&to);
                    self.note(Entry::Guarded(number));
                    self.guards.insert(reference, number);
                }
                let next = self.next.entry(number).or_default();
                *next += 1;
                let next = *next;
                let numbers = [self.number, number, next].map(Term::from);
                let filler = Term::binary(vec![7; bytes]);
                self.note(Entry::Sent(number, next));
                let message = Term::tuple(numbers.into_iter().chain([filler]));
                // An error is an actor of this node that is gone.
                let _ = cx.send(&to, message);
            }
            Command::Monitor(to) => {
                let reference = cx.monitor(&to);
                self.note(Entry::Monitored(reference.clone()));
                self.monitors.push(reference);
            }
            Command::Demonitor(ago) => {
                let Some(index) = self.monitors.len().checked_sub(1 + ago) else {
                    return;
                };
                let reference = self.monitors.remove(index);
                cx.demonitor_flush(&reference);
                self.note(Entry::Demonitored(reference));
            }
            Command::Link(to) => {
                self.note(Entry::Linked(to.clone()));
                cx.link(&to);
            }
            Command::Unlink(from) => {
                cx.unlink(&from);
                // One that has come before is in the mailbox: it goes, as OTP's documentation of `unlink/1` does it.
                let came =
                    |message: &Message| matches!(message, Message::Exit(exit) if exit.from == from);
                let flush = cx.receive_match(came);
                let _ = tokio::time::timeout(Duration::ZERO, flush).await;
                self.note(Entry::Unlinked(from));
            }
        }
    }

    fn got(&self, term: &Term) {
        let Some(
            [
                Term::Integer(from),
                Term::Integer(to),
                Term::Integer(number),
                bytes,
            ],
        ) = term.as_tuple()
        else {
            panic!("{term}");
        };
        let bytes = bytes.as_binary().map_or(0, |bytes| bytes.len());
        let entry = Entry::Got(*from as u64, *to as u64, *number as u64, bytes);
        self.note(entry);
    }

    fn down(&mut self, down: &Down) {
        let (reference, reason) = (down.reference.clone(), down.reason.clone());
        // Made anew with the next message.
        let entry = match self.guards.remove(&reference) {
            Some(number) => Entry::Lost(number),
            None => Entry::Down(reference, reason),
        };
        self.note(entry);
    }
}
