//! What is played with both supervisors: a tree, and what happens to it.
//!
//! Its term, as `{}` prints it, is read again by `ERGO_TREE`.

use ergo::etf::{Decode, Encode, Term};

/// A tree and what happens to it, one thing after the other. After each step everything comes to rest.
#[derive(Clone, Debug, Encode, Decode)]
pub(crate) struct Scenario {
    pub(crate) top: Sup,
    pub(crate) steps: Vec<Step>,
}

#[derive(Clone, Debug, Encode, Decode)]
pub(crate) struct Sup {
    pub(crate) id: u32,
    pub(crate) strategy: Strategy,
    pub(crate) intensity: u32,
    pub(crate) auto_shutdown: Auto,
    pub(crate) restart: Type,
    pub(crate) significant: bool,
    /// With `simple_one_for_one` the template, which is a worker.
    pub(crate) children: Vec<Child>,
}

#[derive(Clone, Debug, Encode, Decode)]
pub(crate) enum Child {
    Worker(Worker),
    Sup(Sup),
}

#[derive(Clone, Debug, Encode, Decode)]
pub(crate) struct Worker {
    pub(crate) id: u32,
    pub(crate) restart: Type,
    pub(crate) significant: bool,
    pub(crate) shutdown: Shutdown,
    pub(crate) manner: Manner,
    /// What becomes of its starts, one after the other; those beyond are `ok`.
    pub(crate) starts: Vec<Start>,
}

#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
pub(crate) enum Strategy {
    OneForOne,
    OneForAll,
    RestForOne,
    SimpleOneForOne,
}

#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
pub(crate) enum Auto {
    Never,
    AnySignificant,
    AllSignificant,
}

#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
pub(crate) enum Type {
    Permanent,
    Transient,
    Temporary,
}

#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[etf(untagged)]
pub(crate) enum Shutdown {
    Millis(u32),
    Word(ShutdownWord),
}

#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
pub(crate) enum ShutdownWord {
    BrutalKill,
    Infinity,
}

/// How a worker takes exit signals.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
pub(crate) enum Manner {
    /// It does not trap them.
    Plain,
    /// It traps them, and stops when it is told to.
    Trapping,
    /// It traps them, and never comes to an end of stopping.
    Stubborn,
}

#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
pub(crate) enum Start {
    Ok,
    Fail,
    Ignore,
}

#[derive(Clone, Debug, Encode, Decode)]
pub(crate) enum Step {
    /// The worker with this number among those that run, counted round, ends.
    End(u32, How),
    /// The supervisor with this number among those that run is killed. What that makes others do has no order.
    KillSup(u32),
    /// Requests: to which supervisor, of which child.
    Terminate(u32, u32),
    Restart(u32, u32),
    Delete(u32, u32),
    Add(u32, Worker),
    /// Start a child of a template with a number; stop the one with an index.
    Dynamic(u32, u32),
    TerminateDynamic(u32, u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
pub(crate) enum How {
    Normal,
    Shutdown,
    ShutdownWith,
    Boom,
    Kill,
    KillItself,
}

pub(crate) const HOWS: [How; 6] = [
    How::Normal,
    How::Shutdown,
    How::ShutdownWith,
    How::Boom,
    How::Kill,
    How::KillItself,
];

/// What is seen after the start, after each step, and after the end.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(crate) struct Seen {
    pub(crate) result: Term,
    /// Starts and stops of workers since the last look.
    pub(crate) events: Vec<Event>,
    /// What runs.
    pub(crate) state: Term,
}

#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(crate) enum Event {
    Started((u32, u32), Start),
    Stopped((u32, u32), Term),
}

impl Scenario {
    /// As text, to be played again.
    pub(crate) fn text(&self) -> String {
        Term::from_value(self).expect("it has a term").to_string()
    }
}
