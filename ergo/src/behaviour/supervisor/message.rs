//! What lies in the mailbox of a supervisor, and its forms as terms.

use crate::behaviour::supervisor::children::Place;
use crate::behaviour::supervisor::start::New;
use crate::behaviour::supervisor::{ChildCount, ChildError, ChildInfo, ChildSpecInfo, NewChild};
use crate::etf::{Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Pid, Term};
use crate::process::{Reply, ReplyTo};

/// What lies in the mailbox of a supervisor: its requests are those of OTP's `supervisor`.
#[derive(Debug)]
#[doc(hidden)]
pub enum SupervisorMessage {
    WhichChildren(Reply<Vec<ChildInfo>>),
    WhichChild(Term, Reply<Result<ChildInfo, ChildError>>),
    CountChildren(Reply<ChildCount>),
    StartChild(NewChild, Reply<StartReply>),
    TerminateChild(Term, Reply<Result<(), ChildError>>),
    RestartChild(Term, Reply<StartReply>),
    DeleteChild(Term, Reply<Result<(), ChildError>>),
    ChildSpec(Term, Reply<Result<ChildSpecInfo, ChildError>>),
    /// The restart of this child has failed: to itself, so that what came meanwhile has its turn.
    TryAgain(Place),
    /// The wait with this number, before a restart of this child, is over.
    Resume(Place, u64),
    Stop,
    /// Answered when it ends because it was asked to.
    Join(Reply<()>),
}

/// What a start answers: `{ok, Pid}`, `{ok, undefined}` for an `ignore`, `{error, Reason}`.
#[derive(Debug)]
#[doc(hidden)]
pub struct StartReply {
    pub(super) result: Result<Option<Pid>, ChildError>,
    /// The record of the child that OTP puts beside the reason of `start_child`.
    pub(super) record: Option<Term>,
}

impl From<Result<Option<Pid>, ChildError>> for StartReply {
    fn from(result: Result<Option<Pid>, ChildError>) -> Self {
        StartReply {
            result,
            record: None,
        }
    }
}

impl Encode for StartReply {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_tuple(2)?;
        match (&self.result, &self.record) {
            (Ok(pid), _) => {
                encoder.write_atom("ok")?;
                match pid {
                    Some(pid) => pid.encode(encoder),
                    None => encoder.write_atom("undefined"),
                }
            }
            (Err(error), Some(record)) => {
                encoder.write_atom("error")?;
                encoder.write_tuple(2)?;
                error.encode(encoder)?;
                record.encode(encoder)
            }
            (Err(error), None) => {
                encoder.write_atom("error")?;
                error.encode(encoder)
            }
        }
    }
}

/// Also `{ok, Pid, Info}`, as children in Erlang may say.
impl<'de> Decode<'de> for StartReply {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        let arity = decoder.read_tuple()?;
        let result = match (&*decoder.read_atom_text()?, arity) {
            ("ok", 2) => Ok(Option::<Pid>::decode(decoder)?),
            ("ok", 3) => {
                let pid = Option::<Pid>::decode(decoder)?;
                decoder.skip()?;
                Ok(pid)
            }
            ("error", 2) => Err(ChildError::decode(decoder)?),
            _ => {
                return Err(DecodeError::custom(
                    "{ok, Pid} or {error, Reason} is expected",
                ));
            }
        };
        Ok(StartReply::from(result))
    }
}

impl SupervisorMessage {
    pub(super) fn encode_to(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        let mut pair = |name: &str, argument: &Term| {
            encoder.write_tuple(2)?;
            encoder.write_atom(name)?;
            argument.encode(encoder)
        };
        match self {
            SupervisorMessage::WhichChildren(_) => encoder.write_atom("which_children"),
            SupervisorMessage::CountChildren(_) => encoder.write_atom("count_children"),
            SupervisorMessage::WhichChild(id, _) => pair("which_child", id),
            SupervisorMessage::TerminateChild(id, _) => pair("terminate_child", id),
            SupervisorMessage::RestartChild(id, _) => pair("restart_child", id),
            SupervisorMessage::DeleteChild(id, _) => pair("delete_child", id),
            SupervisorMessage::ChildSpec(id, _) => pair("get_childspec", id),
            SupervisorMessage::StartChild(child, _) => pair(
                "start_child",
                &travelling(child).ok_or(EncodeError::LocalOnly)?,
            ),
            SupervisorMessage::TryAgain(_)
            | SupervisorMessage::Resume(..)
            | SupervisorMessage::Stop
            | SupervisorMessage::Join(_) => Err(EncodeError::LocalOnly),
        }
    }

    pub(super) fn decode_from(
        decoder: &mut Decoder<'_>,
        reply_to: &mut Option<ReplyTo>,
    ) -> Result<SupervisorMessage, DecodeError> {
        let (name, arity) = decoder.read_method()?;
        let argument = match arity {
            0 => None,
            1 => Some(decoder.read_term()?),
            _ => return Err(DecodeError::unknown_request()),
        };
        let Some(to) = reply_to.take_if(|_| is_request(&name, arity)) else {
            return Err(DecodeError::unknown_request());
        };
        Ok(match (&*name, argument) {
            ("which_children", None) => SupervisorMessage::WhichChildren(to.reply()),
            ("count_children", None) => SupervisorMessage::CountChildren(to.reply()),
            ("which_child", Some(id)) => SupervisorMessage::WhichChild(id, to.reply()),
            ("terminate_child", Some(id)) => SupervisorMessage::TerminateChild(id, to.reply()),
            ("restart_child", Some(id)) => SupervisorMessage::RestartChild(id, to.reply()),
            ("delete_child", Some(id)) => SupervisorMessage::DeleteChild(id, to.reply()),
            ("get_childspec", Some(id)) => SupervisorMessage::ChildSpec(id, to.reply()),
            ("start_child", Some(child)) => {
                SupervisorMessage::StartChild(NewChild(New::Term(child)), to.reply())
            }
            _ => return Err(DecodeError::unknown_request()),
        })
    }
}

fn is_request(name: &str, arity: usize) -> bool {
    match arity {
        0 => matches!(name, "which_children" | "count_children"),
        _ => matches!(
            name,
            "which_child"
                | "terminate_child"
                | "restart_child"
                | "delete_child"
                | "get_childspec"
                | "start_child"
        ),
    }
}

/// The list of arguments or the specification that a supervisor on another node is asked to start.
fn travelling(child: &NewChild) -> Option<Term> {
    match &child.0 {
        New::Spec(_) => None,
        New::Args(args) => args.as_terms().map(Term::list),
        New::Term(term) => Some(term.clone()),
    }
}
