//! What `sys:statistics`, `sys:log` and `sys:trace` keep of the messages of a process.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::etf::{Encoded, Term};
use crate::process::actor::{Behavior, Label, MessageKind};
use crate::process::wire;

/// How many events a log keeps unless told otherwise, as in OTP.
const LOG_EVENTS: usize = 10;
/// The most it keeps, whatever it was told: the one who asks may be on another node.
const LOG_EVENTS_MAX: usize = 10_000;

/// The debugging that has been asked for.
#[derive(Default)]
pub(in crate::process) struct Debug {
    statistics: Option<Statistics>,
    log: Option<Log>,
    trace: bool,
}

struct Statistics {
    since: SystemTime,
    messages_in: u64,
    messages_out: u64,
    callbacks: u64,
}

struct Log {
    events: VecDeque<Term>,
    events_max: usize,
}

impl Debug {
    /// Whether nothing is asked for any more.
    pub(in crate::process) fn is_off(&self) -> bool {
        self.statistics.is_none() && self.log.is_none() && !self.trace
    }

    /// Whether events have to be made for it: counting needs none.
    pub(in crate::process) fn wants_events(&self) -> bool {
        self.log.is_some() || self.trace
    }

    /// A message has come.
    pub(in crate::process) fn count(&mut self, kind: MessageKind) {
        if let Some(statistics) = &mut self.statistics {
            statistics.messages_in += 1;
            statistics.messages_out += u64::from(kind == MessageKind::Call);
        }
    }

    /// A callback has returned.
    pub(in crate::process) fn count_callback(&mut self) {
        if let Some(statistics) = &mut self.statistics {
            statistics.callbacks += 1;
        }
    }

    /// Notes an event, `{in, Message}` or `{noreply, State}`.
    pub(in crate::process) fn note(&mut self, event: Term, subject: &Term) {
        if self.trace {
            tracing::info!(target: "ergo::sys", "{}", line(subject, &event));
        }
        if let Some(log) = &mut self.log {
            log.put(event);
        }
    }

    /// Carries out what follows `debug` in a system message, and answers.
    pub(in crate::process) fn command(&mut self, what: &Term, subject: &Term) -> Term {
        let (name, flag) = match what.as_tuple() {
            Some([name, flag]) => (name.as_atom().unwrap_or_default(), flag),
            _ if what.as_atom() == Some("no_debug") => {
                *self = Debug::default();
                return Term::atom("ok");
            }
            _ => return Term::atom("unknown_debug"),
        };
        match (name, flag.as_atom()) {
            // As in OTP, what is on already stays as it is.
            ("statistics", Some("true")) => {
                self.statistics.get_or_insert_with(Statistics::new);
            }
            ("statistics", Some("false")) => self.statistics = None,
            ("statistics", Some("get")) => return ok(self.statistics()),
            ("trace", Some("true")) => self.trace = true,
            ("trace", Some("false")) | ("log_to_file", Some("false")) => {
                self.trace &= name != "trace";
            }
            ("log", Some("true")) => self.start_log(LOG_EVENTS),
            ("log", Some("false")) => self.log = None,
            ("log", Some("get")) => return ok(self.events()),
            ("log", Some("print")) => self.print(subject),
            ("log", None) => match log_length(flag) {
                Some(events_max) => self.start_log(events_max),
                None => return Term::atom("unknown_debug"),
            },
            // Files are the matter of whoever reads the traces.
            ("log_to_file", _) => {
                return Term::tuple([Term::atom("error"), Term::atom("open_file")]);
            }
            _ => return Term::atom("unknown_debug"),
        }
        Term::atom("ok")
    }

    fn start_log(&mut self, events_max: usize) {
        self.log.get_or_insert_with(|| Log {
            events: VecDeque::new(),
            events_max,
        });
    }

    /// The logged events, oldest first.
    pub(super) fn events(&self) -> Term {
        Term::list(self.log.iter().flat_map(|log| log.events.iter().cloned()))
    }

    fn print(&self, subject: &Term) {
        for event in self.log.iter().flat_map(|log| &log.events) {
            tracing::info!(target: "ergo::sys", "{}", line(subject, event));
        }
    }

    fn statistics(&self) -> Term {
        let Some(statistics) = &self.statistics else {
            return Term::atom("no_statistics");
        };
        let entry = |key: &'static str, value: Term| Term::tuple([Term::atom(key), value]);
        Term::list([
            entry("start_time", date_time(statistics.since)),
            entry("current_time", date_time(SystemTime::now())),
            entry("reductions", Term::from(statistics.callbacks)),
            entry("messages_in", Term::from(statistics.messages_in)),
            entry("messages_out", Term::from(statistics.messages_out)),
        ])
    }

    /// The list of what is on, as `sys:get_status` shows it.
    pub(super) fn options(&self, subject: &Term) -> Term {
        let trace = self
            .trace
            .then(|| Term::tuple([Term::atom("trace"), Term::from(true)]));
        let log = self.log.as_ref().map(|log| {
            let newest_first = log.events.iter().rev();
            let items = newest_first.map(|event| {
                Term::tuple([event.clone(), subject.clone(), Term::atom("undefined")])
            });
            // OTP counts the places that are left.
            let left = log.events_max - log.events.len();
            let length = Term::from(left as u64);
            Term::tuple([
                Term::atom("log"),
                Term::list(std::iter::once(length).chain(items)),
            ])
        });
        let statistics = self.statistics.as_ref().map(|statistics| {
            let counted = Term::tuple([
                date_time(statistics.since),
                Term::tuple([Term::atom("reductions"), Term::from(statistics.callbacks)]),
                Term::from(statistics.messages_in),
                Term::from(statistics.messages_out),
            ]);
            Term::tuple([Term::atom("statistics"), counted])
        });
        Term::list(trace.into_iter().chain(log).chain(statistics))
    }
}

impl Statistics {
    fn new() -> Self {
        Statistics {
            since: SystemTime::now(),
            messages_in: 0,
            messages_out: 0,
            callbacks: 0,
        }
    }
}

impl Log {
    fn put(&mut self, event: Term) {
        if self.events.len() >= self.events_max {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }
}

/// A typed message as OTP shows one: who sent it is not known.
pub(in crate::process) fn typed<A: Behavior>(message: &A::Message, label: Label) -> Term {
    let encoded = wire::encode(&mut |encoder| A::encode_message(message, encoder));
    let request = encoded
        .ok()
        .and_then(|encoded| encoded.to_term().ok())
        .unwrap_or_else(|| Term::atom(label.name));
    let nobody = Term::tuple([Term::atom("undefined"), Term::atom("undefined")]);
    match label.kind {
        MessageKind::Call => Term::tuple([Term::atom(wire::CALL), nobody, request]),
        MessageKind::Cast => Term::tuple([Term::atom("$gen_cast"), request]),
        MessageKind::Other => request,
    }
}

/// A message that came as a term.
pub(in crate::process) fn wire(encoded: &Encoded) -> Term {
    encoded
        .to_term()
        .unwrap_or_else(|_| Term::atom("not_a_term"))
}

fn ok(value: Term) -> Term {
    Term::tuple([Term::atom("ok"), value])
}

/// The length in `{true, Length}`.
fn log_length(flag: &Term) -> Option<usize> {
    let [on, length] = flag.as_tuple()? else {
        return None;
    };
    let length = usize::try_from(length.as_integer()?).ok()?;
    (on.as_bool() == Some(true) && length > 0).then(|| length.min(LOG_EVENTS_MAX))
}

/// The line that OTP prints for an event.
fn line(subject: &Term, event: &Term) -> String {
    let text = match event.as_tuple() {
        Some([tag, message]) if tag.as_atom() == Some("in") => line_in(message),
        Some([tag, state]) if tag.as_atom() == Some("noreply") => format!("new state {state}"),
        _ => format!("dbg {event}"),
    };
    format!("*DBG* {subject} {text}")
}

fn line_in(message: &Term) -> String {
    match message.as_tuple() {
        Some([tag, from, request]) if tag.as_atom() == Some("$gen_call") => {
            let from = from.as_tuple().and_then(<[Term]>::first).unwrap_or(from);
            format!("got call {request} from {from}")
        }
        Some([tag, request]) if tag.as_atom() == Some("$gen_cast") => {
            format!("got cast {request}")
        }
        _ => format!("got {message}"),
    }
}

/// `{{Year, Month, Day}, {Hour, Minute, Second}}`, in UTC: the process does not know the time zone of who asks.
fn date_time(time: SystemTime) -> Term {
    let seconds = time
        .duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO)
        .as_secs();
    let (year, month, day) = date(seconds / 86_400);
    let triple = |one: u64, two: u64, three: u64| {
        Term::tuple([Term::from(one), Term::from(two), Term::from(three)])
    };
    Term::tuple([
        triple(year, month, day),
        triple(seconds / 3600 % 24, seconds / 60 % 60, seconds % 60),
    ])
}

/// The day of the Gregorian calendar so many days after 1970-01-01, counted in years that begin in March, of which
/// 400 are a cycle.
fn date(days: u64) -> (u64, u64, u64) {
    // From 0000-03-01.
    let days = days + 719_468;
    let (cycle, of_cycle) = (days / 146_097, days % 146_097);
    let year = (of_cycle - of_cycle / 1_460 + of_cycle / 36_524 - of_cycle / 146_096) / 365;
    let of_year = of_cycle - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, next_year) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    (cycle * 400 + year + next_year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        let check = |days: u64, expect: (u64, u64, u64)| assert_eq!(date(days), expect);
        check(0, (1970, 1, 1));
        check(58, (1970, 2, 28));
        check(59, (1970, 3, 1));
        check(11_016, (2000, 2, 29));
        check(20_778, (2026, 11, 21));
        check(47_540, (2100, 2, 28));
        check(47_541, (2100, 3, 1));
    }

    #[test]
    fn a_log_keeps_the_newest() {
        let mut debug = Debug::default();
        let subject = Term::atom("me");
        let length = Term::tuple([Term::from(true), Term::from(2)]);
        let on = Term::tuple([Term::atom("log"), length]);
        assert_eq!(debug.command(&on, &subject), Term::atom("ok"));
        for event in 0..5 {
            debug.note(Term::from(event), &subject);
        }
        assert_eq!(debug.events(), Term::list([Term::from(3), Term::from(4)]));
        assert_eq!(
            debug.command(&Term::atom("no_debug"), &subject),
            Term::atom("ok")
        );
        assert!(debug.is_off());
    }

    #[test]
    fn lines_as_otp_prints_them() {
        let call = Term::tuple([
            Term::atom("$gen_call"),
            Term::tuple([Term::atom("pid"), Term::atom("tag")]),
            Term::atom("hello"),
        ]);
        let check = |event: [Term; 2], expect: &str| {
            assert_eq!(line(&Term::atom("nm"), &Term::tuple(event)), expect);
        };
        check([Term::atom("in"), call], "*DBG* nm got call hello from pid");
        let cast = Term::tuple([Term::atom("$gen_cast"), Term::atom("hi")]);
        check([Term::atom("in"), cast], "*DBG* nm got cast hi");
        check([Term::atom("in"), Term::atom("foo")], "*DBG* nm got foo");
        check(
            [Term::atom("noreply"), Term::from(42)],
            "*DBG* nm new state 42",
        );
    }
}
