//! What happens to a state machine, and what lies in its mailbox.

use std::fmt;

use crate::behaviour::server::Request;
use crate::behaviour::statem::callbacks::StatemTypes;
use crate::etf::{DecodeError, Decoder, EncodeError, Encoder};
use crate::process::{Down, Exit, Label, ReplyTo};

/// What a state machine is told: an event type and its content in one.
///
/// Source: <https://www.erlang.org/doc/apps/stdlib/gen_statem.html#t:event_type/0>.
pub enum Event<S: StatemTypes> {
    /// `{call, From}`: a request that is answered through the [`Reply`](crate::Reply) it carries.
    Call(S::Call),
    /// `cast`: a request that is not answered.
    Cast(S::Cast),
    /// `info`: any other message.
    Info(S::Info),
    /// `info`: a monitored process ended.
    Down(Down),
    /// `info`: an exit signal, while the process traps exits. The parent's exit does not come here: it stops the
    /// machine.
    Exit(Exit),
    /// `internal`: inserted by the machine itself, with
    /// [`Transition::internal`](crate::behaviour::statem::Transition::internal).
    Internal(S::Internal),
    /// `state_timeout`: the machine has been in one state for this long.
    StateTimeout(S::Timeout),
    /// `timeout`: no event has come for this long.
    EventTimeout(S::Timeout),
    /// `{timeout, Name}`: the time of this name is over.
    Timeout(S::TimeoutName, S::Timeout),
}

impl<S: StatemTypes> Event<S> {
    /// The event type in OTP's words: `call`, `cast`, `info`, `internal`, `state_timeout`, or `timeout`.
    pub fn kind(&self) -> &'static str {
        match self {
            Event::Call(_) => "call",
            Event::Cast(_) => "cast",
            Event::Info(_) | Event::Down(_) | Event::Exit(_) => "info",
            Event::Internal(_) => "internal",
            Event::StateTimeout(_) => "state_timeout",
            Event::EventTimeout(_) | Event::Timeout(..) => "timeout",
        }
    }
}

impl<S: StatemTypes> fmt::Debug for Event<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Event({})", self.kind())
    }
}

/// What lies in the mailbox of a state machine.
#[derive(Debug)]
pub enum StatemMessage<C, D> {
    /// A request that is answered.
    Call(C),
    /// A request that is not.
    Cast(D),
    /// From the machine to itself: the time of a timeout is over.
    #[doc(hidden)]
    Due,
}

impl<C: Request, D: Request> StatemMessage<C, D> {
    /// What it is, in a word.
    pub fn label(&self) -> Label {
        match self {
            StatemMessage::Call(call) => Label::call(call.request_name()),
            StatemMessage::Cast(cast) => Label::cast(cast.request_name()),
            StatemMessage::Due => Label::other("timeout"),
        }
    }
}

impl<C: Request, D: Request> Request for StatemMessage<C, D> {
    fn encode_request(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        match self {
            StatemMessage::Call(call) => call.encode_request(encoder),
            StatemMessage::Cast(cast) => cast.encode_request(encoder),
            StatemMessage::Due => Err(EncodeError::LocalOnly),
        }
    }

    fn decode_request(
        decoder: &mut Decoder<'_>,
        reply_to: &mut Option<ReplyTo>,
    ) -> Result<Self, DecodeError> {
        if reply_to.is_some() {
            C::decode_request(decoder, reply_to).map(StatemMessage::Call)
        } else {
            D::decode_request(decoder, reply_to).map(StatemMessage::Cast)
        }
    }
}
