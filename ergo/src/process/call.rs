//! A call: the request, its deadline, and its one outcome.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::etf::{DecodeOwned, Decoder, Encode, Encoded, Term};
use crate::process::actor::{Behavior, CALL_TIMEOUT};
use crate::process::deadline::Deadline;
use crate::process::handle::{Place, Ref};
use crate::process::host::{AnyProcess, EndTicket, HostRef, Slot};
use crate::process::mailbox::Cell;
use crate::process::overflow::{Policy, Sent};
use crate::process::queue::Envelope;
use crate::process::room::Admission;
use crate::process::send::{RemoteCall, call_error};
use crate::process::serving::Called;
use crate::process::{CallError, CastError, Destination, ExitReason, Reply, current, wire};
use crate::sync::Mutex;

/// What a caller gets.
pub(super) enum Answer<T> {
    Value(T),
    Wire(Encoded),
    Down(ExitReason),
}

struct OneSlot<T>(Mutex<Option<oneshot::Sender<Answer<T>>>>);

impl<T: Send> OneSlot<T> {
    fn fill(&self, answer: Answer<T>) {
        let sender = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take();
        if let Some(sender) = sender {
            // The caller has given up waiting.
            let _ = sender.send(answer);
        }
    }
}

impl<T: Send> Slot for OneSlot<T> {
    fn answer(&self, value: Encoded) {
        self.fill(Answer::Wire(value));
    }

    fn down(&self, reason: ExitReason) {
        self.fill(Answer::Down(reason));
    }
}

/// Reads the value out of `{Tag, Value}`.
type DecodeAnswer<R> = fn(&Encoded, &HostRef) -> Result<R, CallError>;

fn decode_answer<R: DecodeOwned>(encoded: &Encoded, host: &HostRef) -> Result<R, CallError> {
    let mut decoder: Decoder<'_> = encoded.decoder().with_extension(host);
    let read = |decoder: &mut Decoder<'_>| {
        decoder.expect_tuple(2)?;
        decoder.skip()?;
        R::decode(decoder)
    };
    read(&mut decoder).map_err(CallError::BadReply)
}

/// Sends a system message and waits for the answer, as long as a call waits.
pub(super) async fn system(
    host: &HostRef,
    to: &Destination,
    request: &Term,
) -> Result<Term, CallError> {
    let (sender, receiver) = oneshot::channel();
    let slot = Arc::new(OneSlot(Mutex::new(Some(sender))));
    let from = current::id_on(host);
    let mut request = |encoder: &mut crate::etf::Encoder<'_>| request.encode(encoder);
    let sent = std::future::poll_fn(|cx| {
        let (slot, waker) = (slot.clone(), cx.waker());
        let sent = RemoteCall::start(host, from, to, slot, wire::SYSTEM, &mut request, waker);
        Poll::Ready(sent)
    });
    // Held until the answer: dropping it takes the monitor back.
    let (_call, admission) = sent.await?;
    let answer = async {
        if let Some(admission) = admission {
            // When the process ends meanwhile, that is told below.
            let _ = admission.await;
        }
        receiver.await
    };
    match tokio::time::timeout(CALL_TIMEOUT, answer).await {
        Err(_) => Err(CallError::Timeout),
        Ok(Err(_)) => Err(CallError::NoReply),
        Ok(Ok(Answer::Value(value))) => Ok(value),
        Ok(Ok(Answer::Wire(encoded))) => decode_answer(&encoded, host),
        Ok(Ok(Answer::Down(reason))) => Err(call_error(reason)),
    }
}

/// A call that is sent when it is first polled, and given up when it is dropped.
///
/// It ends within its timeout, 5 seconds unless [`Call::timeout`] says otherwise, with the answer or the reason
/// why there is none; a late answer reaches nobody.
///
/// # Cancel safety
/// Dropping it after the first poll gives the answer up; the server may still do the work.
#[must_use = "a call is sent when it is awaited"]
pub struct Call<'a, A: Behavior, R> {
    to: &'a Ref<A>,
    message: Option<A::Message>,
    receiver: oneshot::Receiver<Answer<R>>,
    /// The other end of the receiver while the call goes by destination.
    sender: Option<oneshot::Sender<Answer<R>>>,
    remote: Option<RemoteCall>,
    decode: Option<DecodeAnswer<R>>,
    fence: Option<oneshot::Receiver<()>>,
    /// The process of a name of this node, once it has the request.
    named: Option<Arc<Cell<A>>>,
    /// While the request waits for room in the mailbox.
    admission: Option<Admission>,
    deadline: Deadline,
}

impl<A: Behavior, R> Unpin for Call<'_, A, R> {}

impl<'a, A: Behavior, R: Send + 'static> Call<'a, A, R> {
    #[inline]
    pub(super) fn new(
        to: &'a Ref<A>,
        decode: Option<DecodeAnswer<R>>,
        make: impl FnOnce(Reply<R>) -> A::Message,
    ) -> Self {
        let (sender, receiver) = oneshot::channel();
        let (reply, sender) = match &to.0 {
            Place::Local(_) | Place::Through(_) => (Reply::local(sender), None),
            Place::Remote(far) if far.direct => (Reply::local(sender), None),
            Place::Remote(_) => (Reply::nowhere(), Some(sender)),
        };
        let deadline = Deadline::new(CALL_TIMEOUT);
        Call {
            to,
            message: Some(make(reply)),
            receiver,
            sender,
            remote: None,
            decode,
            fence: None,
            named: None,
            admission: None,
            deadline,
        }
    }

    #[inline]
    pub(super) fn by_term(to: &'a Ref<A>, make: impl FnOnce(Reply<R>) -> A::Message) -> Self
    where
        R: DecodeOwned,
    {
        Call::new(to, Some(decode_answer::<R>), make)
    }

    /// Gives the call this long instead of 5 seconds; [`Duration::MAX`] is OTP's `infinity`.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.deadline = Deadline::new(timeout);
        self
    }

    fn start(&mut self, message: A::Message, cx: &mut TaskContext<'_>) -> Result<(), CallError> {
        let to = self.to;
        match &to.0 {
            Place::Local(cell) => self.start_here(cell, message, cx),
            Place::Through(through) => {
                let door = through.0.clone();
                if current::id_on(door.node()) == door.id() {
                    return Err(CallError::CallsItself);
                }
                self.admission = door.put_or_wait(message, Sent::Call, cx.waker())?;
                Ok(())
            }
            Place::Remote(far) => match far.here::<A>() {
                Some(cell) => {
                    self.named = Some(cell.clone());
                    self.start_here(&cell, message, cx)
                }
                None => self.start_far(&far.host, &far.to, &message, cx),
            },
        }
    }

    /// Hands the request to a process of this node.
    #[inline]
    fn start_here(
        &mut self,
        cell: &Arc<Cell<A>>,
        message: A::Message,
        cx: &mut TaskContext<'_>,
    ) -> Result<(), CallError> {
        if current::id_on(cell.host()) == cell.id() {
            return Err(CallError::CallsItself);
        }
        match cell.push(Envelope::Message(message)) {
            Ok(()) => Ok(()),
            Err((error, envelope)) => self.not_taken(cell, error, envelope, cx),
        }
    }

    #[cold]
    fn not_taken(
        &mut self,
        cell: &Arc<Cell<A>>,
        error: CastError,
        envelope: Envelope<A::Message>,
        cx: &mut TaskContext<'_>,
    ) -> Result<(), CallError> {
        match (error, cell.policy(), envelope) {
            // From there on by its term, which the fallback process can answer.
            (CastError::Full(full), Policy::Fallback, Envelope::Message(message)) => {
                let to = Destination::Pid(cell.pid());
                let sent = self.start_far(cell.host(), &to, &message, cx);
                sent.map_err(|error| match error {
                    CallError::LocalOnly => CallError::Full(full),
                    error => error,
                })
            }
            (CastError::Full(_), Policy::Wait, envelope) => {
                match cell.push_or_wait(envelope, cx.waker()) {
                    Ok(ticket) => {
                        let admission = |ticket| Admission::new(cell.clone(), ticket);
                        self.admission = ticket.map(admission);
                        Ok(())
                    }
                    Err((error, envelope)) => Ok(cell.not_taken(error, envelope, Sent::Call)?),
                }
            }
            (error, _, envelope) => Ok(cell.not_taken(error, envelope, Sent::Call)?),
        }
    }

    /// Sends the request as a term.
    fn start_far(
        &mut self,
        host: &HostRef,
        to: &Destination,
        message: &A::Message,
        cx: &mut TaskContext<'_>,
    ) -> Result<(), CallError> {
        if self.decode.is_none() {
            return Err(CallError::LocalOnly);
        }
        let sender = match self.sender.take() {
            Some(sender) => sender,
            // The other end is in the message, which does not travel. The new one finds a waker, too.
            None => {
                let (sender, receiver) = oneshot::channel();
                self.receiver = receiver;
                let _ = Pin::new(&mut self.receiver).poll(cx);
                sender
            }
        };
        let slot = Arc::new(OneSlot(Mutex::new(Some(sender))));
        let mut request =
            |encoder: &mut crate::etf::Encoder<'_>| A::encode_message(message, encoder);
        let (from, tag) = (current::id_on(host), wire::call_tag(A::PROTOCOL));
        let (call, admission) =
            RemoteCall::start(host, from, to, slot, tag, &mut request, cx.waker())?;
        self.remote = Some(call);
        self.admission = admission;
        Ok(())
    }

    fn outcome(&mut self, answer: Answer<R>) -> Result<R, CallError> {
        match answer {
            Answer::Value(value) => Ok(value),
            Answer::Down(reason) => Err(call_error(reason)),
            Answer::Wire(encoded) => match self.decode {
                Some(decode) => decode(&encoded, self.to.host()),
                None => Err(CallError::LocalOnly),
            },
        }
    }

    /// The `Reply` is gone: the server has ended, or lives and dropped it, which a fence through its mailbox tells.
    fn poll_dropped(&mut self, cx: &mut TaskContext<'_>) -> Poll<CallError> {
        let cell: Arc<dyn Called> = match (&self.to.0, &self.named) {
            (Place::Through(through), _) => through.0.clone(),
            (Place::Local(cell), _) | (_, Some(cell)) => cell.clone(),
            _ => return Poll::Ready(CallError::NoReply),
        };
        if self.fence.is_none() {
            let (fence, receiver) = oneshot::channel();
            cell.fence(fence);
            self.fence = Some(receiver);
        }
        let Some(fence) = &mut self.fence else {
            return Poll::Ready(CallError::NoReply);
        };
        let closed = fence.is_terminated()
            || match Pin::new(fence).poll(cx) {
                Poll::Ready(Ok(())) => return Poll::Ready(CallError::NoReply),
                Poll::Ready(Err(_)) => true,
                Poll::Pending => false,
            };
        // Its end is told when nothing of it is left, as by a monitor: whoever hears of it finds its name free.
        let ending = if closed { cell.exit_reason() } else { None };
        match ending {
            None if closed => return Poll::Ready(CallError::NoReply),
            None => {}
            Some(_) => {
                // It is being taken apart: what it keeps of this it keeps for no time.
                if let Poll::Ready(reason) = cell.poll_end(&mut EndTicket::None, cx) {
                    return Poll::Ready(call_error_of_exit(reason));
                }
            }
        }
        let late = ending.map_or(CallError::NoReply, call_error_of_exit);
        self.deadline.poll(self.to.host(), cx).map(|()| late)
    }
}

/// A server that ended while it had the request: also `noproc` and `noconnection` are its own reasons here.
fn call_error_of_exit(reason: ExitReason) -> CallError {
    CallError::Exit(reason)
}

impl<A: Behavior, R: Send + 'static> Future for Call<'_, A, R> {
    type Output = Result<R, CallError>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if let Some(message) = this.message.take() {
            // Registered before it is sent: the answer finds a waker, and the second look is not needed.
            let _ = Pin::new(&mut this.receiver).poll(cx);
            if let Err(error) = this.start(message, cx) {
                return Poll::Ready(Err(error));
            }
            return this
                .deadline
                .poll(this.to.host(), cx)
                .map(|()| Err(CallError::Timeout));
        }
        if this.fence.is_some() {
            return this.poll_dropped(cx).map(Err);
        }
        if let Some(admission) = &mut this.admission
            && Pin::new(admission).poll(cx).is_ready()
        {
            // When the process has ended meanwhile, the reply has gone with the request.
            this.admission = None;
        }
        match Pin::new(&mut this.receiver).poll(cx) {
            Poll::Ready(Ok(answer)) => Poll::Ready(this.outcome(answer)),
            Poll::Ready(Err(_)) => this.poll_dropped(cx).map(Err),
            Poll::Pending => this
                .deadline
                .poll(this.to.host(), cx)
                .map(|()| Err(CallError::Timeout)),
        }
    }
}

impl<A: Behavior, R> Drop for Call<'_, A, R> {
    fn drop(&mut self) {
        self.deadline.end(self.to.host());
    }
}
