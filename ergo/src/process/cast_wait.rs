//! A cast that waits for room.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use crate::process::actor::Behavior;
use crate::process::handle::{Far, Place, Ref};
use crate::process::mailbox::Cell;
use crate::process::overflow::Sent;
use crate::process::queue::Envelope;
use crate::process::room::Admission;
use crate::process::send::{self, How};
use crate::process::{CastError, Destination, current, links, wire};

/// A message that is sent when this is first polled, and waits for room where the mailbox says so:
/// [`Overflow::Wait`](crate::Overflow::Wait). Made by [`Ref::cast_wait`] and methods marked `#[cast(wait)]`.
///
/// Those who wait get in one after the other, in the order in which they came.
///
/// # Errors
/// As [`Ref::cast`]; [`CastError::Closed`] also when the process ends meanwhile. A process that waited for room in its
/// own mailbox would wait for ever: it gets [`CastError::Full`].
///
/// # Cancel safety
/// Dropped while it waits, the message is not sent.
#[must_use = "a message that waits for room is sent when it is awaited"]
pub struct CastWait<'a, A: Behavior> {
    to: &'a Ref<A>,
    message: Option<A::Message>,
    waits: Waits,
}

/// What a cast waits for.
enum Waits {
    Nothing,
    /// Room in a mailbox of this node.
    Room(Admission),
    /// Less to be on its way to another node.
    Connection(Pin<Box<dyn Future<Output = ()> + Send>>),
}

impl<A: Behavior> Unpin for CastWait<'_, A> {}

impl<'a, A: Behavior> CastWait<'a, A> {
    pub(super) fn new(to: &'a Ref<A>, message: A::Message) -> Self {
        CastWait {
            to,
            message: Some(message),
            waits: Waits::Nothing,
        }
    }

    fn start(
        &mut self,
        message: A::Message,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Result<(), CastError>> {
        let to = self.to;
        match &to.0 {
            Place::Local(cell) => self.start_here(cell, message, cx),
            Place::Through(through) => {
                let door = through.0.clone();
                match door.put_or_wait(message, Sent::Cast, cx.waker()) {
                    Ok(None) => Poll::Ready(Ok(())),
                    Ok(Some(admission)) => self.wait(admission),
                    Err(error) => Poll::Ready(Err(error)),
                }
            }
            Place::Remote(far) => match far.here::<A>() {
                Some(cell) => self.start_here(&cell, message, cx),
                None => self.start_far(far, message, cx),
            },
        }
    }

    fn start_here(
        &mut self,
        cell: &Arc<Cell<A>>,
        message: A::Message,
        cx: &TaskContext<'_>,
    ) -> Poll<Result<(), CastError>> {
        match cell.push_or_wait(Envelope::Message(message), cx.waker()) {
            Ok(None) => Poll::Ready(Ok(())),
            Ok(Some(ticket)) => self.wait(Admission::new(cell.clone(), ticket)),
            Err((error, envelope)) => Poll::Ready(cell.not_taken(error, envelope, Sent::Cast)),
        }
    }

    fn wait(&mut self, admission: Admission) -> Poll<Result<(), CastError>> {
        self.waits = Waits::Room(admission);
        Poll::Pending
    }

    fn start_far(
        &mut self,
        far: &Far,
        message: A::Message,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Result<(), CastError>> {
        if let (links::Target::Remote, Some(node)) =
            (links::resolve(&far.host, &far.to), far.to.node())
            && let Some(mut room) = far.host.clone().not_busy(node)
            && room.as_mut().poll(cx).is_pending()
        {
            self.message = Some(message);
            self.waits = Waits::Connection(room);
            return Poll::Pending;
        }
        match send_far::<A>(far, &message, cx) {
            Ok(None) => Poll::Ready(Ok(())),
            Ok(Some(admission)) => self.wait(admission),
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

fn send_far<A: Behavior>(
    far: &Far,
    message: &A::Message,
    cx: &TaskContext<'_>,
) -> Result<Option<Admission>, CastError> {
    let from = current::id_on(&far.host);
    let to: &Destination = &far.to;
    let mut body =
        |encoder: &mut crate::etf::Encoder<'_>| wire::write_message::<A>(encoder, message);
    send::offer(&far.host, from, to, &mut body, How::waiting(cx.waker()))
}

impl<A: Behavior> Future for CastWait<'_, A> {
    type Output = Result<(), CastError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        match &mut this.waits {
            Waits::Nothing => {}
            Waits::Room(admission) => return Pin::new(admission).poll(cx),
            Waits::Connection(room) => {
                if room.as_mut().poll(cx).is_pending() {
                    return Poll::Pending;
                }
                this.waits = Waits::Nothing;
            }
        }
        match this.message.take() {
            Some(message) => this.start(message, cx),
            // Polled again after its end.
            None => Poll::Ready(Ok(())),
        }
    }
}
