//! Sending to a destination, wherever it is.

use crate::etf::{EncodeError, Encoded, Encoder, Pid};
use crate::process::host::{Body, HostRef, Incoming, RemoteSignal};
use crate::process::links::{self, Target};
use crate::process::{CallError, CastError, Destination, ExitReason, Watcher, wire};
use std::sync::Arc;

use crate::process::host::Slot;

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
    match links::resolve(host, to) {
        Target::Remote => host.clone().remote(RemoteSignal::Send { from, to, body }),
        Target::Local(id) => {
            let process = host.process(id).ok_or(CastError::Closed)?;
            process.deliver(Incoming::Wire(wire::encode(body)?, None))
        }
        Target::Nobody => answer_to(host, to, body),
    }
}

/// An alias that no process owns is the slot of a call.
fn answer_to(host: &HostRef, to: &Destination, body: Body<'_>) -> Result<(), CastError> {
    let Destination::Alias(alias) = to else {
        return Err(CastError::Closed);
    };
    let slot = host
        .local_number(alias)
        .and_then(|number| host.take_slot(number))
        .ok_or(CastError::Closed)?;
    slot.answer(wire::encode(body)?);
    Ok(())
}

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
        request: &mut dyn FnMut(&mut Encoder<'_>) -> Result<(), EncodeError>,
    ) -> Result<RemoteCall, CallError> {
        let caller: Pid = host.pid(from);
        RemoteCall::request(host, from, to, slot, &mut |number, encoder| {
            wire::write_call(encoder, &caller, &host.reference(number), request)
        })
    }

    /// Monitors the destination and sends what `write` makes of the number of the slot.
    pub(super) fn request(
        host: &HostRef,
        from: u64,
        to: &Destination,
        slot: Arc<dyn Slot>,
        write: &mut dyn FnMut(u64, &mut Encoder<'_>) -> Result<(), EncodeError>,
    ) -> Result<RemoteCall, CallError> {
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
            Target::Remote => host.clone().remote(RemoteSignal::Call {
                from,
                to,
                number,
                body,
            })?,
            Target::Local(id) if id == from => return Err(CallError::CallsItself),
            Target::Local(id) => call.start_local(id, body)?,
            Target::Nobody => return Err(CallError::NoProcess),
        }
        Ok(call)
    }

    fn start_local(&mut self, id: u64, body: Body<'_>) -> Result<(), CallError> {
        let encoded: Encoded = wire::encode(body)?;
        let process = self.host.process(id).ok_or(CallError::NoProcess)?;
        if !links::watch(&self.host, id, self.number, Watcher::Call) {
            return Err(CallError::NoProcess);
        }
        self.local = Some(id);
        match process.deliver(Incoming::Wire(encoded, None)) {
            Ok(()) => Ok(()),
            Err(error) => Err(error.into()),
        }
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
