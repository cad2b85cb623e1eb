//! Sending to a destination, wherever it is.

use std::sync::Arc;
use std::task::{Poll, Waker};

use crate::etf::{Encode, EncodeError, Encoded, Encoder, Pid};
use crate::process::alias::{Through, pass_through};
use crate::process::dead_letter::{DeadLetterReason, request_of};
use crate::process::host::{AnyProcess, Body, HostRef, Incoming, RemoteSignal, Slot};
use crate::process::links::{self, Target};
use crate::process::room::Admission;
use crate::process::{CallError, CastError, Destination, ExitReason, Watcher, wire};

/// `Destination ! Body`, from the process `from`.
///
/// # Errors
/// `Closed` when a destination on this node does not exist or has ended, `Full`, or what cannot be encoded. To
/// another node only the encoding and a full buffer are errors, as in Erlang.
pub(crate) fn body(
    host: &HostRef,
    from: u64,
    to: &Destination,
    body: Body<'_>,
) -> Result<(), CastError> {
    offer(host, from, to, body, How::default()).map(drop)
}

/// What is special about a message.
#[derive(Clone, Copy, Default)]
pub(super) struct How<'a> {
    /// The sender waits for room in a mailbox of this node where the mailbox says so, and is woken by this.
    pub(super) waker: Option<&'a Waker>,
    /// Whether it overtakes what waits, at an alias that allows it.
    pub(super) priority: bool,
}

impl<'a> How<'a> {
    pub(super) fn waiting(waker: &'a Waker) -> Self {
        How {
            waker: Some(waker),
            priority: false,
        }
    }
}

/// As [`body`], for a message that may have to wait for room in a mailbox of this node, or that has priority.
///
/// # Errors
/// As there.
pub(super) fn offer(
    host: &HostRef,
    from: u64,
    to: &Destination,
    body: Body<'_>,
    how: How<'_>,
) -> Result<Option<Admission>, CastError> {
    let (id, alias) = match links::resolve(host, to) {
        Target::Remote => {
            let priority = how.priority;
            let signal = RemoteSignal::Send {
                from,
                to,
                body,
                priority,
            };
            return host.clone().remote(signal).map(|()| None);
        }
        Target::Local(id) => match to {
            Destination::Alias(alias) => (id, host.local_number(alias)),
            _ => (id, None),
        },
        Target::Nobody => return answer_to(host, from, to, body).map(|()| None),
    };
    let Some(process) = host.process(id) else {
        bury(host, from, to, body, DeadLetterReason::NoProcess);
        return Err(CastError::Closed);
    };
    let encoded = wire::encode(body)?;
    let handed = match (alias, how.waker) {
        (Some(number), _) => through(host, &*process, number, encoded, how),
        (None, Some(waker)) => process.offer(encoded, false, waker),
        (None, None) => process
            .deliver(Incoming::Wire(encoded, None))
            .map(|()| None),
    };
    Ok(handed?.map(|ticket| Admission::new(process, ticket)))
}

/// Hands a message over that goes through an alias.
fn through(
    host: &HostRef,
    process: &dyn AnyProcess,
    number: u64,
    encoded: Encoded,
    how: How<'_>,
) -> Result<Option<u64>, CastError> {
    let alias = host.alias(number);
    let urgent = how.priority && alias.is_some_and(|alias| alias.priority);
    // One for a single message would be used up by a sender that waits, and may give up.
    let waits = !urgent && !alias.is_some_and(|alias| alias.ends_with_a_message());
    let waker = how.waker.filter(|_| waits);
    let way = Through::new(number, urgent, waker.is_some());
    match (
        process.deliver(Incoming::Through(way, encoded.clone(), None)),
        waker,
    ) {
        (Err(CastError::Full(_)), Some(waker)) if pass_through(host, process, number) => {
            process.offer(encoded, false, waker)
        }
        (handed, _) => handed.map(|()| None),
    }
}

/// As [`body`], waiting for room in a mailbox of this node where the mailbox says so.
///
/// # Errors
/// As there; `Closed` also when the process ends meanwhile.
pub(crate) async fn waiting(
    host: &HostRef,
    from: u64,
    to: &Destination,
    message: &impl Encode,
) -> Result<(), CastError> {
    let offered = std::future::poll_fn(|cx| {
        let body = &mut wire::body_of(message);
        Poll::Ready(offer(host, from, to, body, How::waiting(cx.waker())))
    });
    match offered.await? {
        Some(admission) => admission.await,
        None => Ok(()),
    }
}

/// An alias that no process owns is the slot of a call.
fn answer_to(host: &HostRef, from: u64, to: &Destination, body: Body<'_>) -> Result<(), CastError> {
    // Before the slot is taken: one who answers with what has no form as a term can answer with the error instead.
    let encoded = wire::encode(body)?;
    let (slot, reason) = match to {
        Destination::Alias(alias) => {
            let number = host.local_number(alias);
            let slot = number.and_then(|number| host.take_slot(number));
            (slot, DeadLetterReason::NoAlias)
        }
        _ => (None, DeadLetterReason::NoProcess),
    };
    let Some(slot) = slot else {
        bury(host, from, to, body, reason);
        return Err(CastError::Closed);
    };
    slot.answer(encoded);
    Ok(())
}

/// Makes a dead letter of what cannot be delivered.
#[cold]
fn bury(host: &HostRef, from: u64, to: &Destination, body: Body<'_>, reason: DeadLetterReason) {
    let letters = host.dead_letters();
    let from = Some(host.pid(from));
    letters.post(
        reason,
        || to.clone(),
        from,
        || request_of(host, &wire::encode(body).ok()?),
    );
}

/// Writes a request, given the number of the slot its answer goes to.
pub(super) type Write<'a> = &'a mut dyn FnMut(u64, &mut Encoder<'_>) -> Result<(), EncodeError>;

/// A call by destination that is under way.
pub(super) struct RemoteCall {
    host: HostRef,
    from: u64,
    to: Destination,
    /// The process it went to when that is one of this node: a name may have another owner by the end of the call.
    local: Option<u64>,
    number: u64,
}

impl RemoteCall {
    /// Monitors the destination and sends the request.
    pub(super) fn start(
        host: &HostRef,
        from: u64,
        to: &Destination,
        slot: Arc<dyn Slot>,
        tag: &'static str,
        request: &mut dyn FnMut(&mut Encoder<'_>) -> Result<(), EncodeError>,
        waker: &Waker,
    ) -> Result<(RemoteCall, Option<Admission>), CallError> {
        let caller: Pid = host.pid(from);
        let write: Write<'_> = &mut |number, encoder| {
            // The answer to a system message depends on the release of who asks: see `sys::answer`.
            let reference = if tag == wire::SYSTEM {
                host.long_reference(number)
            } else {
                host.reference(number)
            };
            wire::write_call(encoder, tag, &caller, &reference, request)
        };
        RemoteCall::request(host, from, to, slot, write, waker)
    }

    /// Monitors the destination and sends what `write` makes of the number of the slot. The request may have to wait
    /// for room in a mailbox of this node.
    pub(super) fn request(
        host: &HostRef,
        from: u64,
        to: &Destination,
        slot: Arc<dyn Slot>,
        write: Write<'_>,
        waker: &Waker,
    ) -> Result<(RemoteCall, Option<Admission>), CallError> {
        let number = host.open_slot(slot);
        let mut call = RemoteCall {
            host: host.clone(),
            from,
            to: to.clone(),
            local: None,
            number,
        };
        let body: Body<'_> = &mut |encoder| write(number, encoder);
        match links::resolve(host, to) {
            Target::Remote => {
                host.clone().remote(RemoteSignal::Call {
                    from,
                    to,
                    number,
                    body,
                })?;
                Ok((call, None))
            }
            Target::Local(id) if id == from => Err(CallError::CallsItself),
            Target::Local(id) => {
                let admission = call.start_local(id, body, waker)?;
                Ok((call, admission))
            }
            Target::Nobody => Err(CallError::NoProcess),
        }
    }

    fn start_local(
        &mut self,
        id: u64,
        body: Body<'_>,
        waker: &Waker,
    ) -> Result<Option<Admission>, CallError> {
        let encoded: Encoded = wire::encode(body)?;
        let process = self.host.process(id).ok_or(CallError::NoProcess)?;
        if !links::watch(&self.host, id, self.number, Watcher::Call) {
            return Err(CallError::NoProcess);
        }
        self.local = Some(id);
        let ticket = process.offer(encoded, true, waker)?;
        Ok(ticket.map(|ticket| Admission::new(process, ticket)))
    }
}

impl Drop for RemoteCall {
    /// Ends the monitor and closes the slot: no late answer reaches anybody.
    fn drop(&mut self) {
        self.host.take_slot(self.number);
        if let Some(id) = self.local {
            if let Some(process) = self.host.process(id) {
                process.with_relations(&mut |relations| relations.unwatch(self.number));
            }
        } else if let Target::Remote = links::resolve(&self.host, &self.to) {
            let (from, to, number) = (self.from, &self.to, self.number);
            let _ = self
                .host
                .clone()
                .remote(RemoteSignal::EndCall { from, to, number });
        }
    }
}

/// What a monitor's reason means for a call.
pub(super) fn call_error(reason: ExitReason) -> CallError {
    match reason {
        ExitReason::NoProc => CallError::NoProcess,
        ExitReason::NoConnection => CallError::NoConnection,
        reason => CallError::Exit(reason),
    }
}
