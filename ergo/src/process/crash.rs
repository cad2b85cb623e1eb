//! Crash reports: what is logged when a process ends for a reason nobody planned.

use std::fmt;

use crate::etf::{Atom, Encoded, Pid, Term};
use crate::process::actor::{Behavior, Label, short_type_name};
use crate::process::host::AnyProcess;
use crate::process::mailbox::Cell;
use crate::process::relations::Ties;
use crate::process::{Destination, ExitReason};

/// The most characters of a term in the text of a report.
const TERM_CHARACTERS: usize = 2_048;

/// What a behaviour was doing when it failed.
#[derive(Debug)]
pub(super) struct Last {
    pub(super) label: Label,
    /// The message itself, when the actor opted in to that.
    pub(super) message: Option<Encoded>,
    /// The state, when the actor opted in to that.
    pub(super) state: Option<Term>,
    /// How many messages of the batch in progress were left.
    pub(super) left: usize,
}

/// What is known of a process at its end.
pub(super) struct End<'a> {
    pub(super) reason: &'a ExitReason,
    /// Whether an exit signal has ended it: others have their report of that.
    pub(super) signalled: bool,
    pub(super) waiting: usize,
    pub(super) ties: Option<&'a Ties>,
}

/// Logs the end of a process, in the words of OTP's crash report.
///
/// As in OTP, clean reasons (`normal`, `shutdown`, `{shutdown, _}`) and ends by an exit signal are not worth an error; a
/// panic always is.
pub(super) fn report<A: Behavior>(cell: &Cell<A>, end: &End<'_>) {
    let panicked = matches!(end.reason, ExitReason::Panic(_));
    // A plain process that ends with a reason of its own has said all there is to say, as one that calls `exit/1`.
    let said_all = cell.is_plain() && !panicked;
    if end.reason.is_clean() || end.signalled || said_all {
        let (actor, id, reason) = (cell.type_name(), cell.id(), end.reason);
        let registered_name = end
            .ties
            .and_then(|ties| ties.name.as_ref())
            .map_or("", Atom::as_str);
        let level = if end.reason.is_clean() {
            tracing::Level::TRACE
        } else {
            tracing::Level::DEBUG
        };
        if !cell.logs(level) {
            return;
        }
        if end.reason.is_clean() {
            tracing::trace!(actor, id, registered_name, %reason, "process ended");
        } else {
            tracing::debug!(actor, id, registered_name, %reason, "process ended");
        }
        return;
    }
    if cell.logs(tracing::Level::ERROR) {
        Report::new(cell, end, panicked).log(cell.type_name());
    }
}

/// A report in OTP's layout.
struct Report {
    initial_call: String,
    pid: Pid,
    registered_name: Option<Atom>,
    class: &'static str,
    reason: String,
    ancestors: String,
    waiting: usize,
    links: String,
    trap_exit: bool,
    last_message: Option<String>,
    state: Option<String>,
}

impl Report {
    fn new<A: Behavior>(cell: &Cell<A>, end: &End<'_>, panicked: bool) -> Report {
        let host = cell.host();
        let last = end.ties.and_then(|ties| ties.last.as_ref());
        let ancestors = cell.heritage();
        let ancestors = ancestors.map_or_else(Vec::new, |heritage| heritage.ancestors(&**host));
        let links = end.ties.map_or_else(Vec::new, |ties| {
            let here = ties.links.iter().map(|id| host.pid(id));
            here.chain(ties.remote_links.keys().cloned()).collect()
        });
        let name = short_type_name::<A>();
        Report {
            initial_call: if cell.is_plain() {
                "fun".to_owned()
            } else {
                format!("{name}:init/1")
            },
            pid: cell.pid(),
            registered_name: end.ties.and_then(|ties| ties.name.clone()),
            class: if panicked { "panic" } else { "exit" },
            reason: match end.reason {
                ExitReason::Panic(message) => message.to_string(),
                reason => cut(reason.to_string()),
            },
            ancestors: list(ancestors.iter().map(Destination::to_string)),
            waiting: end.waiting + last.map_or(0, |last| last.left),
            links: list(links.iter().map(Pid::to_string)),
            trap_exit: cell.traps_exit(),
            last_message: last.map(|last| last_message(last)),
            state: last.and_then(|last| Some(cut(last.state.as_ref()?.to_string()))),
        }
    }

    fn log(&self, actor: &'static str) {
        tracing::error!(
            actor,
            initial_call = self.initial_call,
            pid = %self.pid,
            registered_name = self.registered_name.as_ref().map_or("", Atom::as_str),
            class = self.class,
            reason = self.reason,
            ancestors = self.ancestors,
            message_queue_len = self.waiting,
            links = self.links,
            trap_exit = self.trap_exit,
            last_message = self.last_message,
            state = self.state,
            "{self}"
        );
    }
}

/// The message with its kind, or its name alone.
fn last_message(last: &Last) -> String {
    let message = last.message.as_ref();
    match message.and_then(|message| message.to_term().ok()) {
        Some(term) => cut(term.to_string()),
        None => last.label.to_string(),
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "CRASH REPORT")?;
        writeln!(f, "  crasher:")?;
        writeln!(f, "    initial call: {}", self.initial_call)?;
        writeln!(f, "    pid: {}", self.pid)?;
        match &self.registered_name {
            Some(name) => writeln!(f, "    registered_name: {name}")?,
            None => writeln!(f, "    registered_name: []")?,
        }
        writeln!(f, "    exception {}: {}", self.class, self.reason)?;
        if let Some(message) = &self.last_message {
            writeln!(f, "    last message: {message}")?;
        }
        if let Some(state) = &self.state {
            writeln!(f, "    state: {state}")?;
        }
        writeln!(f, "    ancestors: {}", self.ancestors)?;
        writeln!(f, "    message_queue_len: {}", self.waiting)?;
        writeln!(f, "    links: {}", self.links)?;
        write!(f, "    trap_exit: {}", self.trap_exit)
    }
}

fn list(elements: impl Iterator<Item = String>) -> String {
    format!("[{}]", elements.collect::<Vec<_>>().join(","))
}

/// A term may be as large as it likes, a log line may not.
fn cut(mut text: String) -> String {
    if let Some((at, _)) = text.char_indices().nth(TERM_CHARACTERS) {
        text.truncate(at);
        text.push_str("...");
    }
    text
}
