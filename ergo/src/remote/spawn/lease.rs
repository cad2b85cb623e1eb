//! What keeps a process from being an orphan that a peer has asked for: until the peer has confirmed that it knows of
//! it, the process lives no longer than the connection and the patience of the peer (G-20).

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::etf::{Atom, EncodeError, Encoded, Reference, Term};
use crate::node::{Node, SpawnRequest, Told};
use crate::process::host::{AnyProcess, AsHost, Ending};
use crate::process::{ExitReason, SpawnError};

/// The time that a confirmation may take besides the time that the peer waits.
const GRACE: Duration = Duration::from_secs(5);

type Init = oneshot::Receiver<Result<(), SpawnError>>;

/// Looks after the init of a process that nobody is told of: it ends when it takes longer than that, as with
/// `{timeout, Milliseconds}` of `gen_server:start`, and the log says how it has failed.
pub(in crate::remote) fn watch_init(
    node: &Node,
    factory: Atom,
    process: Arc<dyn AnyProcess>,
    init: Init,
    timeout: Option<Duration>,
) {
    let (host, node) = (node.host(), node.clone());
    let pid = host.pid(process.id());
    let runtime = host.runtime().clone();
    // It owns nothing that outlives the init or the time.
    crate::sync::spawn_detached(&runtime, async move {
        let started = tokio::time::timeout(timeout.unwrap_or(Duration::MAX), init).await;
        let reason = match started {
            Ok(Ok(Ok(()) | Err(SpawnError::Ignored))) => return,
            Ok(Ok(Err(error))) => error.to_string(),
            // Its init panicked, or it was killed in it.
            Ok(Err(_)) => Ending::of(process).await.to_string(),
            Err(_) => {
                process.exit_signal(&node.pid_of_node(), ExitReason::Kill, false);
                "its init took too long".to_owned()
            }
        };
        tracing::error!(%pid, %factory, reason, "a process that a peer has asked for did not start");
    });
}

/// Told by the child's node: the end of the init, `{Alias, ok, Keep}`, `{Alias, ignore}` or `{Alias, error, Reason}`.
/// Anything that is sent to `Keep` confirms.
pub(in crate::remote) struct Lease {
    node: Node,
    alias: Reference,
    kept: Told,
    ends: Option<Instant>,
}

impl Lease {
    /// One that ends with the connection. `None` when that is being lost.
    pub(in crate::remote) fn new(
        node: &Node,
        request: &SpawnRequest,
        alias: Reference,
        timeout: Option<Duration>,
    ) -> Option<Lease> {
        Some(Lease {
            node: node.clone(),
            alias,
            kept: node.told_by(&request.peer)?,
            // What no clock can reach is never.
            ends: timeout
                .and_then(|timeout| Instant::now().checked_add(timeout.checked_add(GRACE)?)),
        })
    }

    /// Looks after the process until it is confirmed or has ended.
    pub(in crate::remote) fn attend(
        self,
        request: SpawnRequest,
        process: Arc<dyn AnyProcess>,
        init: Init,
    ) {
        let runtime = self.node.host().runtime().clone();
        // The arguments are slices of what has come, all of which they would keep.
        let request = SpawnRequest {
            args: Encoded::nil(),
            ..request
        };
        // It owns nothing that outlives the process or the connection.
        crate::sync::spawn_detached(&runtime, self.run(request, process, init));
    }

    async fn run(mut self, request: SpawnRequest, process: Arc<dyn AnyProcess>, mut init: Init) {
        let started = tokio::select! {
            biased;
            init = &mut init => match init {
                Ok(started) => started,
                // Its init panicked, or it was killed in it.
                Err(_) => Err(SpawnError::Init(Ending::of(process.clone()).await)),
            },
            is_lost = self.expired() => {
                self.kill(&process);
                let reason = Ending::of(process.clone()).await;
                if is_lost {
                    // There is nobody to tell.
                    return;
                }
                Err(SpawnError::Init(reason))
            }
        };
        if started.is_err() {
            self.node.untie_spawned(process.id(), &request);
        }
        let is_started = started.is_ok();
        // A connection is not made for it: whoever waited has heard of its end.
        let is_connected = self.node.is_connected(&request.peer);
        if !is_connected && is_started {
            return self.kill(&process);
        }
        if !is_connected || self.tell(started).await.is_err() || !is_started {
            return;
        }
        tokio::select! {
            biased;
            confirmed = self.confirmed() => if !confirmed { self.kill(&process) },
            _ = Ending::of(process.clone()) => {}
        }
    }

    /// Whether the peer has confirmed before it was too late.
    async fn confirmed(&mut self) -> bool {
        let ends = self.ends;
        tokio::select! {
            biased;
            message = self.kept.message() => message.is_some(),
            () = until(ends) => false,
        }
    }

    /// Ready once the connection is lost, or nobody waits any more; whether it is lost.
    async fn expired(&mut self) -> bool {
        let ends = self.ends;
        tokio::select! {
            // Something that comes before it was asked for means nothing.
            Some(()) = async { self.kept.message().await.is_none().then_some(()) } => true,
            () = until(ends) => false,
        }
    }

    fn kill(&self, process: &Arc<dyn AnyProcess>) {
        let node = self.node.pid_of_node();
        tracing::warn!(request = %self.alias, "a process that a peer has asked for, and not taken over, is ended");
        process.exit_signal(&node, ExitReason::Kill, false);
    }

    async fn tell(&self, started: Result<(), SpawnError>) -> Result<(), crate::process::CastError> {
        let alias = Term::from(self.alias.clone());
        let told = match started {
            Ok(()) => Term::tuple([alias, Term::atom("ok"), Term::from(self.kept.alias())]),
            Err(SpawnError::Ignored) => Term::tuple([alias, Term::atom("ignore")]),
            Err(SpawnError::Init(reason)) => {
                return self.tell_reason(alias, &reason).await;
            }
            Err(error) => {
                return self
                    .tell_reason(alias, &ExitReason::from(Term::from(error.to_string())))
                    .await;
            }
        };
        self.node.send(self.alias.clone(), told).await
    }

    /// A reason that cannot be sent is told as one that can.
    async fn tell_reason(
        &self,
        alias: Term,
        reason: &ExitReason,
    ) -> Result<(), crate::process::CastError> {
        let told = encoded_reason(&alias, reason).or_else(|error| {
            let text = Term::from(error.to_string());
            let reason = Term::tuple([Term::atom("unsendable_reason"), text]);
            encoded_reason(&alias, &ExitReason::from(reason))
        });
        self.node.send(self.alias.clone(), told?).await
    }
}

fn encoded_reason(alias: &Term, reason: &ExitReason) -> Result<Encoded, EncodeError> {
    let mut write = crate::process::write_reason(reason);
    Encoded::build(|encoder| {
        encoder.write_tuple(3)?;
        encoder.write_term(alias)?;
        encoder.write_atom("error")?;
        write(encoder)
    })
}

async fn until(ends: Option<Instant>) {
    match ends {
        Some(ends) => tokio::time::sleep_until(ends).await,
        None => pending().await,
    }
}
