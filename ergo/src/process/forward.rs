//! Handing on to another process what came from the wire: it answers the caller itself.

use std::sync::Arc;

use tokio::sync::oneshot;

use crate::etf::{EncodeError, Encoded, Encoder, Term};
use crate::process::actor::Behavior;
use crate::process::handle::Place;
use crate::process::host::{AnyProcess, Incoming};
use crate::process::mailbox::Cell;
use crate::process::queue::Other;
use crate::process::{CastError, Ref, ReplyTo, wire};

impl ReplyTo {
    /// The request as it came, with its caller, for a process that answers it.
    pub(crate) fn forwarded(&self, request: &Encoded) -> Result<Encoded, EncodeError> {
        wire::encode(&mut |encoder: &mut Encoder<'_>| {
            encoder.write_tuple(3)?;
            encoder.write_atom("$gen_call")?;
            self.write_from(encoder)?;
            encoder.write_encoded(request)
        })
    }

    /// Answers `{error, Word}`.
    pub(crate) fn refuse(&self, word: &'static str) {
        self.answer(&mut wire::body_of(&Term::tuple([
            Term::atom("error"),
            Term::atom(word),
        ])));
    }
}

/// A cast as it came.
pub(crate) fn forwarded_cast(request: &Encoded) -> Result<Encoded, EncodeError> {
    wire::encode(&mut |encoder: &mut Encoder<'_>| {
        wire::write_cast(encoder, &mut |encoder| encoder.write_encoded(request))
    })
}

impl<A: Behavior> Ref<A> {
    fn cell_here(&self) -> Result<&Arc<Cell<A>>, CastError> {
        match &self.0 {
            Place::Local(cell) => Ok(cell),
            _ => Err(CastError::LocalOnly),
        }
    }

    /// Puts a message into the mailbox of a process of this node as if it had come from the wire.
    pub(crate) fn deliver(&self, message: &Encoded) -> Result<(), CastError> {
        self.cell_here()?
            .deliver(Incoming::Wire(message.clone(), None))
    }

    /// How many messages wait, for a process of this node that lives.
    pub(crate) fn waiting_here(&self) -> Option<usize> {
        let cell = self.cell_here().ok()?;
        cell.exit_reason().is_none().then(|| cell.queue_len())
    }

    /// Whether a process of this node lives and takes another message.
    pub(crate) fn takes_more(&self) -> Result<(), CastError> {
        self.cell_here()?.takes_more()
    }

    /// Waits until a process of this node has handled what is in its mailbox now, or has ended.
    pub(crate) async fn handled_all(&self) {
        let (fence, passed) = oneshot::channel();
        if let Ok(cell) = self.cell_here()
            && cell.push_signal(Other::Fence(fence))
        {
            // An error says that it has ended.
            let _ = passed.await;
        }
    }
}
