//! What the node and the behaviours use of processes, in the terms of a node.

use std::future::Future;
use std::time::Duration;

use crate::etf::{DecodeOwned, Encode, EncodeError, Encoded, Encoder, Pid};
use crate::process::actor::Behavior;
use crate::process::host::{AnyProcess, Body, HostRef};
use crate::process::spawn::{self, Tie};
use crate::process::{
    BlockingContext, CallError, CastError, Destination, ExitReason, IntoExit, PlainContext,
    SpawnError, SpawnOptions, blocking, current, links, plain, send, wire,
};

/// Starts an actor tied to nobody.
pub(crate) async fn start<A: Behavior>(
    host: &HostRef,
    args: A::Args,
    options: Option<&SpawnOptions>,
) -> Result<A::Handle, SpawnError> {
    spawn::spawn::<A>(host, args, options, Tie::default())
        .await
        .map(A::Handle::from)
}

/// Starts a plain process tied to nobody.
pub(crate) fn start_plain<F, Fut>(
    host: &HostRef,
    options: &SpawnOptions,
    body: F,
) -> Result<Pid, SpawnError>
where
    F: FnOnce(PlainContext) -> Fut,
    Fut: Future + Send + 'static,
    Fut::Output: IntoExit,
{
    plain::spawn(host, options, &Tie::default(), body)
}

/// Starts a process around a closure that may block, tied to nobody.
pub(crate) fn start_blocking<F, R>(
    host: &HostRef,
    options: &SpawnOptions,
    body: F,
) -> Result<Pid, SpawnError>
where
    F: FnOnce(BlockingContext) -> R + Send + 'static,
    R: IntoExit + 'static,
{
    blocking::spawn(host, options, &Tie::default(), body)
}

/// Starts a plain process; `prepare` runs before its body does, to tie it to others.
pub(crate) fn start_plain_tied<F, Fut>(
    host: &HostRef,
    options: &SpawnOptions,
    prepare: impl FnOnce(&dyn AnyProcess),
    body: F,
) -> Result<Pid, SpawnError>
where
    F: FnOnce(PlainContext) -> Fut,
    Fut: Future<Output = ExitReason> + Send + 'static,
{
    spawn::spawn_plain(host, options, &Tie::default(), prepare, body)
}

/// The id of the process being polled on this thread; the node's own id outside of one.
pub(crate) fn polled_on(host: &HostRef) -> u64 {
    current::id_on(host)
}

/// Sends from the process being polled, or from the node.
pub(crate) fn send_from_here(
    host: &HostRef,
    to: &Destination,
    message: &impl Encode,
) -> Result<(), CastError> {
    send::body(host, current::id_on(host), to, &mut wire::body_of(message))
}

/// As [`send_from_here`], waiting for room in a mailbox of this node where the mailbox says so.
pub(crate) async fn send_waiting(
    host: &HostRef,
    to: &Destination,
    message: &impl Encode,
) -> Result<(), CastError> {
    send::waiting(host, current::id_on(host), to, message).await
}

/// As [`send_from_here`], overtaking what waits at an alias that allows it.
pub(crate) fn send_priority(
    host: &HostRef,
    to: &Destination,
    message: &impl Encode,
) -> Result<(), CastError> {
    let how = send::How {
        priority: true,
        ..send::How::default()
    };
    let from = current::id_on(host);
    send::offer(host, from, to, &mut wire::body_of(message), how).map(drop)
}

/// Casts from the process being polled, or from the node.
pub(crate) fn cast_from_here(
    host: &HostRef,
    to: &Destination,
    request: &impl Encode,
) -> Result<(), CastError> {
    send::body(host, current::id_on(host), to, &mut |encoder| {
        wire::write_cast(encoder, &mut wire::body_of(request))
    })
}

/// Calls from the process being polled, or from the node.
pub(crate) async fn call_term<R: DecodeOwned + Send + 'static>(
    host: &HostRef,
    to: Destination,
    request: &impl Encode,
    timeout: Duration,
) -> Result<R, CallError> {
    plain::call(host, to, request, timeout).await
}

/// `exit/2` from the process being polled, or from the node; with `priority` it is `exit/3` with that option.
pub(crate) fn exit_from_here(host: &HostRef, to: &Destination, reason: ExitReason, priority: bool) {
    links::exit(host, current::id_on(host), to, reason, priority);
}

/// Encodes a body on its own.
pub(crate) fn encode(body: Body<'_>) -> Result<Encoded, EncodeError> {
    wire::encode(body)
}

/// An exit reason as a body.
pub(crate) fn write_reason(
    reason: &ExitReason,
) -> impl FnMut(&mut Encoder<'_>) -> Result<(), EncodeError> {
    wire::body_of(reason)
}
