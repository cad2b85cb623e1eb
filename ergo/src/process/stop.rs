//! Stopping a server by a system message: `gen_server:stop/3`.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::etf::{Encode, Encoded, Encoder, Pid};
use crate::process::host::{HostRef, Slot};
use crate::process::send::{RemoteCall, call_error};
use crate::process::{CallError, Destination, ExitReason, current, wire};

/// Where the end is told.
struct End(Mutex<Option<oneshot::Sender<ExitReason>>>);

impl Slot for End {
    fn answer(&self, _: Encoded) {}

    fn down(&self, reason: ExitReason) {
        let sender = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(sender) = sender {
            // Whoever waited has given up.
            let _ = sender.send(reason);
        }
    }
}

/// Where the `ok` goes that comes before the end, and means nothing.
struct Acknowledged;

impl Slot for Acknowledged {
    fn answer(&self, _: Encoded) {}

    fn down(&self, _: ExitReason) {}
}

/// Closes the place of the acknowledgement.
struct Place<'a>(&'a HostRef, u64);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.take_slot(self.1);
    }
}

/// Sends `{system, From, {terminate, Reason}}` and waits for the end.
pub(super) async fn stop(
    host: &HostRef,
    to: &Destination,
    reason: ExitReason,
    timeout: Duration,
) -> Result<(), CallError> {
    let (sender, ended) = oneshot::channel();
    let place = Place(host, host.open_slot(Arc::new(Acknowledged)));
    let (from, tag): (Pid, _) = (host.node_pid(), host.reference(place.1));
    let slot = Arc::new(End(Mutex::new(Some(sender))));
    let caller = current::id_on(host);
    let mut write = |_, encoder: &mut Encoder<'_>| {
        encoder.write_tuple(3)?;
        encoder.write_atom(wire::SYSTEM)?;
        wire::write_from(encoder, &from, &tag)?;
        encoder.write_tuple(2)?;
        encoder.write_atom("terminate")?;
        reason.encode(encoder)
    };
    let sent = std::future::poll_fn(|cx| {
        let (slot, waker) = (slot.clone(), cx.waker());
        Poll::Ready(RemoteCall::request(
            host, caller, to, slot, &mut write, waker,
        ))
    });
    // Held until the end: dropping it takes the monitor back.
    let (_call, admission) = sent.await?;
    let ended = async {
        if let Some(admission) = admission {
            // When the process ends meanwhile, that is told below.
            let _ = admission.await;
        }
        ended.await
    };
    match tokio::time::timeout(timeout, ended).await {
        Err(_) => Err(CallError::Timeout),
        Ok(Err(_)) => Err(CallError::NoProcess),
        Ok(Ok(why)) if why == reason => Ok(()),
        Ok(Ok(why)) => Err(call_error(why)),
    }
}
