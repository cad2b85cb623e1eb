//! What a pool is asked, and what it says of its workers.

use std::sync::Arc;

use crate::behaviour::pool::workers::Workers;
use crate::behaviour::supervisor::ChildError;
use crate::etf::{Decode, DecodeError, Decoder, Encode, EncodeError, Encoded, Encoder, Kind, Pid};
use crate::process::{Behavior, Reply, ReplyTo};

/// One worker of a pool: `{Number, Pid, Waiting, Restarts}`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct WorkerInfo {
    /// The number of its place, from 1 on; it keeps it when it is started again.
    pub number: u64,
    /// Its pid; `None` while it is being started again.
    pub pid: Option<Pid>,
    /// How many messages wait for it.
    pub waiting: usize,
    /// How often it was started again.
    pub restarts: u64,
}

impl Encode for WorkerInfo {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_tuple(4)?;
        self.number.encode(encoder)?;
        match &self.pid {
            Some(pid) => pid.encode(encoder)?,
            None => encoder.write_atom("restarting")?,
        }
        self.waiting.encode(encoder)?;
        self.restarts.encode(encoder)
    }
}

impl<'de> Decode<'de> for WorkerInfo {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        decoder.expect_tuple(4)?;
        let number = u64::decode(decoder)?;
        let pid = if decoder.peek_kind()? == Kind::Atom {
            decoder.skip()?;
            None
        } else {
            Some(decoder.read_pid()?)
        };
        Ok(WorkerInfo {
            number,
            pid,
            waiting: usize::decode(decoder)?,
            restarts: u64::decode(decoder)?,
        })
    }
}

/// What lies in the mailbox of a pool.
pub enum PoolMessage<W: Behavior> {
    /// A request of the workers, from someone who knows the pool as one server.
    #[doc(hidden)]
    Request(Encoded, Option<ReplyTo>),
    #[doc(hidden)]
    WhichWorkers(Reply<Vec<WorkerInfo>>),
    #[doc(hidden)]
    AddWorkers(usize, Reply<Result<usize, ChildError>>),
    #[doc(hidden)]
    RemoveWorkers(usize, Reply<Result<usize, ChildError>>),
    /// The list itself, for callers of the same node.
    #[doc(hidden)]
    Share(Reply<Arc<Workers<W>>>),
    #[doc(hidden)]
    Stop,
}

/// Around what is for the pool itself, so that it is never taken for a request of the workers.
const TAG: &str = "$pool";

impl<W: Behavior> PoolMessage<W> {
    pub(super) fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        let (word, count) = match self {
            PoolMessage::Request(request, _) => return encoder.write_encoded(request),
            PoolMessage::Share(_) | PoolMessage::Stop => return Err(EncodeError::LocalOnly),
            PoolMessage::WhichWorkers(_) => ("which_workers", None),
            PoolMessage::AddWorkers(count, _) => ("add_workers", Some(count)),
            PoolMessage::RemoveWorkers(count, _) => ("remove_workers", Some(count)),
        };
        encoder.write_tuple(2)?;
        encoder.write_atom(TAG)?;
        match count {
            None => encoder.write_atom(word),
            Some(count) => {
                encoder.write_tuple(2)?;
                encoder.write_atom(word)?;
                count.encode(encoder)
            }
        }
    }

    pub(super) fn decode(
        decoder: &mut Decoder<'_>,
        reply_to: &mut Option<ReplyTo>,
    ) -> Result<Self, DecodeError> {
        let request = decoder.read_encoded()?;
        match own(&request) {
            Some(own) => Self::decode_own(&mut own.decoder(), reply_to),
            None => Ok(PoolMessage::Request(request, reply_to.take())),
        }
    }

    fn decode_own(
        decoder: &mut Decoder<'_>,
        reply_to: &mut Option<ReplyTo>,
    ) -> Result<Self, DecodeError> {
        let (name, arity) = decoder.read_method()?;
        let count = match (&*name, arity) {
            ("which_workers", 0) => 0,
            ("add_workers" | "remove_workers", 1) => usize::decode(decoder)?,
            _ => return Err(DecodeError::unknown_request()),
        };
        let to = reply_to.take().ok_or_else(DecodeError::unknown_request)?;
        Ok(match &*name {
            "which_workers" => PoolMessage::WhichWorkers(to.reply()),
            "add_workers" => PoolMessage::AddWorkers(count, to.reply()),
            _ => PoolMessage::RemoveWorkers(count, to.reply()),
        })
    }
}

/// What is in `{'$pool', Request}`.
fn own(request: &Encoded) -> Option<Encoded> {
    let mut decoder = request.decoder();
    if decoder.peek_kind().ok()? != Kind::Tuple || decoder.read_tuple().ok()? != 2 {
        return None;
    }
    if decoder.peek_kind().ok()? != Kind::Atom || decoder.read_atom_text().ok()? != TAG {
        return None;
    }
    decoder.read_encoded().ok()
}
