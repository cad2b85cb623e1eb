//! Where the answer to a call goes.

use std::fmt;

use tokio::sync::oneshot;

use crate::etf::{Encode, EncodeError, Encoded, Encoder, Pid, Reference};
use crate::process::call::Answer;
use crate::process::host::HostRef;
use crate::process::{Destination, current, send, wire};

/// The right to answer one call, and the duty: dropped without an answer, the caller gets
/// [`NoReply`](crate::CallError::NoReply), or the exit of a server that ended.
///
/// That is for a caller on this node with a typed handle. A call that came as a term, from another node or by
/// [`Node::call`](crate::Node::call), hears nothing of a dropped `Reply` and ends with its timeout, as in OTP.
///
/// A handler that takes a `Reply<T>` answers when it likes, from wherever it likes; the server goes on meanwhile.
/// It corresponds to gen_server's `From` and `reply/2`
/// (<https://www.erlang.org/doc/apps/stdlib/gen_server.html#reply/2>).
#[must_use = "the caller waits for the answer"]
pub struct Reply<T>(Inner<T>);

enum Inner<T> {
    Local(oneshot::Sender<Answer<T>>),
    Remote(Box<Remote<T>>),
    /// The caller is told by other means: its message never came this far.
    Nowhere,
}

struct Remote<T> {
    to: ReplyTo,
    // Captured where `T: Encode` was known, so that `Reply<T>` needs no bound.
    encode: fn(&T, &mut Encoder<'_>) -> Result<(), EncodeError>,
}

impl<T> Reply<T> {
    pub(super) fn local(sender: oneshot::Sender<Answer<T>>) -> Self {
        Reply(Inner::Local(sender))
    }

    pub(super) fn nowhere() -> Self {
        Reply(Inner::Nowhere)
    }

    /// Answers. A caller that has given up or is gone is no error.
    #[inline]
    pub fn send(self, value: T) {
        self.arrives(value);
    }

    /// As [`Reply::send`]; false when the caller is known to have given up. One that called with a term is never known.
    #[inline]
    pub(crate) fn arrives(self, value: T) -> bool {
        match self.0 {
            Inner::Local(sender) => sender.send(Answer::Value(value)).is_ok(),
            Inner::Remote(remote) => {
                let encode = remote.encode;
                remote.to.answer(&mut |encoder| encode(&value, encoder));
                true
            }
            Inner::Nowhere => false,
        }
    }

    /// Whether the caller is known to have given up.
    pub(crate) fn is_abandoned(&self) -> bool {
        match &self.0 {
            Inner::Local(sender) => sender.is_closed(),
            Inner::Remote(_) => false,
            Inner::Nowhere => true,
        }
    }
}

impl<T> fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let to = match &self.0 {
            Inner::Local(_) => "a caller on this node".to_owned(),
            Inner::Remote(remote) => remote.to.pid.to_string(),
            Inner::Nowhere => "nobody".to_owned(),
        };
        write!(f, "Reply({to})")
    }
}

/// Who made a call that came as a term: enough to answer it with a value of any type.
pub struct ReplyTo {
    host: HostRef,
    pid: Pid,
    tag: Encoded,
}

impl ReplyTo {
    pub(crate) fn new(host: HostRef, pid: Pid, tag: Encoded) -> Self {
        ReplyTo { host, pid, tag }
    }

    /// The typed right to answer.
    pub fn reply<T: Encode + 'static>(self) -> Reply<T> {
        Reply(Inner::Remote(Box::new(Remote {
            to: self,
            encode: |value, encoder| value.encode(encoder),
        })))
    }

    /// Who called.
    pub fn pid(&self) -> &Pid {
        &self.pid
    }

    /// Writes the caller as it came, `{Pid, Tag}`.
    pub(super) fn write_from(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_tuple(2)?;
        encoder.write_pid(&self.pid)?;
        encoder.write_encoded(&self.tag)
    }

    /// The alias the answer goes to, when the call has one.
    pub(super) fn alias(&self) -> Option<Reference> {
        wire::alias_of(&self.tag)
    }

    /// Sends `{Tag, Value}`.
    pub(crate) fn answer(
        &self,
        value: &mut dyn FnMut(&mut Encoder<'_>) -> Result<(), EncodeError>,
    ) {
        let Err(error) = self.try_answer(value) else {
            return;
        };
        tracing::error!(caller = %self.pid, %error, "an answer cannot be encoded");
        let text = error.to_string();
        let explained = self.try_answer(&mut |encoder| {
            encoder.write_tuple(2)?;
            encoder.write_atom("error")?;
            encoder.write_tuple(2)?;
            encoder.write_atom("reply_not_encodable")?;
            encoder.write_str(&text)
        });
        if let Err(error) = explained {
            tracing::error!(caller = %self.pid, %error, "the caller could not be told");
        }
    }

    fn try_answer(
        &self,
        value: &mut dyn FnMut(&mut Encoder<'_>) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        let to = match self.alias() {
            Some(alias) => Destination::Alias(alias),
            None => Destination::Pid(self.pid.clone()),
        };
        let from = current::id_on(&self.host);
        let sent = send::body(&self.host, from, &to, &mut |encoder| {
            encoder.write_tuple(2)?;
            encoder.write_encoded(&self.tag)?;
            value(encoder)
        });
        match sent {
            Err(crate::process::CastError::Encode(error)) => Err(error),
            Err(crate::process::CastError::Full(_)) => {
                tracing::warn!(caller = %self.pid, "an answer is lost: the caller's node does not read");
                Ok(())
            }
            // A caller that is gone needs no answer.
            _ => Ok(()),
        }
    }

    /// Answers `{error, {unknown_request, Request}}`.
    pub(crate) fn unknown_request(&self, request: &Encoded) {
        self.error("unknown_request", request);
    }

    fn error(&self, what: &str, request: &Encoded) {
        self.answer(&mut |encoder| {
            encoder.write_tuple(2)?;
            encoder.write_atom("error")?;
            encoder.write_tuple(2)?;
            encoder.write_atom(what)?;
            encoder.write_encoded(request)
        });
    }
}

impl fmt::Debug for ReplyTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReplyTo({})", self.pid)
    }
}
