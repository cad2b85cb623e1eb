//! What a probe has got.

use std::fmt;

use crate::etf::{DecodeError, DecodeOwned, Encode, Encoded, Pid, Term};
use crate::process::host::HostRef;
use crate::process::{Down, Exit, Message, ReplyTo};

/// One thing that has come to a probe.
#[derive(Debug)]
#[non_exhaustive]
pub enum Arrived {
    /// A call, which waits for its answer.
    Call(ProbeCall),
    /// A cast.
    Cast(Term),
    /// Any other message.
    Info(Term),
    /// A monitored process has ended.
    Down(Down),
    /// An exit signal, which a probe traps.
    Exit(Exit),
}

/// A call that a probe has got. Dropped without an answer, its caller waits until its timeout.
#[must_use = "the caller waits for the answer"]
pub struct ProbeCall {
    pub(super) request: Term,
    pub(super) to: ReplyTo,
}

impl ProbeCall {
    /// What is asked, as it came: `{take, 1, 2}`.
    pub fn request(&self) -> &Term {
        &self.request
    }

    /// Who asks.
    pub fn from(&self) -> &Pid {
        self.to.pid()
    }

    /// Answers.
    pub fn reply<T: Encode + 'static>(self, answer: T) {
        self.to.reply::<T>().send(answer);
    }
}

impl fmt::Debug for ProbeCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "call {} of {}", self.request, self.from())
    }
}

impl fmt::Display for Arrived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Arrived::Call(call) => write!(f, "{call:?}"),
            Arrived::Cast(request) => write!(f, "cast {request}"),
            Arrived::Info(term) => write!(f, "message {term}"),
            Arrived::Down(down) => write!(f, "down of {}: {}", down.object, down.reason),
            Arrived::Exit(exit) => write!(f, "exit of {}: {}", exit.from, exit.reason),
        }
    }
}

impl Arrived {
    pub(super) fn new(host: &HostRef, message: Message) -> Arrived {
        match message {
            Message::Down(down) => Arrived::Down(down),
            Message::Exit(exit) => Arrived::Exit(exit),
            Message::Term(term) => request(host, &term).unwrap_or(Arrived::Info(term)),
            #[allow(unreachable_patterns, reason = "more kinds may come")]
            other => Arrived::Info(Term::from(format!("{other:?}"))),
        }
    }
}

/// `{'$gen_call', {Pid, Tag}, Request}` and `{'$gen_cast', Request}`.
fn request(host: &HostRef, term: &Term) -> Option<Arrived> {
    match term.as_tuple()? {
        [tag, request] if tag.as_atom() == Some("$gen_cast") => {
            Some(Arrived::Cast(request.clone()))
        }
        [tag, from, request] if tag.as_atom() == Some("$gen_call") => {
            let [pid, tag] = from.as_tuple()? else {
                return None;
            };
            let tag = encoded(tag).ok()?;
            let to = ReplyTo::new(host.clone(), pid.as_pid()?.clone(), tag);
            let request = request.clone();
            Some(Arrived::Call(ProbeCall { request, to }))
        }
        _ => None,
    }
}

pub(super) fn encoded(term: &Term) -> Result<Encoded, crate::etf::EncodeError> {
    Encoded::build(|encoder| term.encode(encoder))
}

/// Reads a term as a value, which may hold handles.
pub(super) fn read<T: DecodeOwned>(host: &HostRef, term: &Term) -> Result<T, DecodeError> {
    let encoded = encoded(term).map_err(|error| DecodeError::custom(error.to_string()))?;
    T::decode(&mut encoded.decoder().with_extension(host))
}
