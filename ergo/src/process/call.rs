//! A call: the request, its deadline, and its one outcome.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::etf::{DecodeOwned, Decoder, Encoded};
use crate::process::actor::{Behavior, CALL_TIMEOUT};
use crate::process::deadline::Deadline;
use crate::process::handle::{Place, Ref};
use crate::process::host::{AnyProcess, HostRef, Slot};
use crate::process::mailbox::Cell;
use crate::process::send::{RemoteCall, call_error};
use crate::process::serving::{Called, Door};
use crate::process::{CallError, ExitReason, Reply, current};
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
        match &self.to.0 {
            Place::Local(cell) => start_direct(cell, message),
            Place::Through(through) => start_through(&*through.0, message),
            Place::Remote(remote) => {
                if let Some(cell) = remote.here::<A>() {
                    self.named = Some(cell.clone());
                    return start_direct(&cell, message);
                }
                if self.decode.is_none() {
                    return Err(CallError::LocalOnly);
                }
                let from = current::id_on(&remote.host);
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
                let call =
                    RemoteCall::start(&remote.host, from, &remote.to, slot, &mut |encoder| {
                        A::encode_message(&message, encoder)
                    })?;
                self.remote = Some(call);
                Ok(())
            }
        }
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
                if let Poll::Ready(reason) = cell.poll_gone(cx) {
                    return Poll::Ready(call_error_of_exit(reason));
                }
            }
        }
        let late = ending.map_or(CallError::NoReply, call_error_of_exit);
        self.deadline.poll(self.to.host(), cx).map(|()| late)
    }
}

/// Hands a request to a process of this node.
#[inline]
fn start_direct<A: Behavior>(cell: &Cell<A>, message: A::Message) -> Result<(), CallError> {
    if current::id_on(cell.host()) == cell.id() {
        return Err(CallError::CallsItself);
    }
    cell.send(message).map_err(CallError::from)
}

/// The same for one that takes it as a message of a protocol.
fn start_through<A: Behavior>(door: &dyn Door<A>, message: A::Message) -> Result<(), CallError> {
    if current::id_on(door.node()) == door.id() {
        return Err(CallError::CallsItself);
    }
    door.put(message).map_err(CallError::from)
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
