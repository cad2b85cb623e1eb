//! The probe itself.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;

use crate::etf::{Encode, Pid, Reference};
use crate::node::Node;
use crate::process::host::AsHost;
use crate::process::{
    CastError, Destination, ExitReason, Handle, PlainContext, SpawnError, SpawnOptions,
};
use crate::testing::Arrived;

/// A process that keeps what it gets for the test to look at, and traps exits. Its pid stands for any process: it can be
/// sent to, called, linked and monitored, and answers what the test tells it to.
///
/// What is expected is looked for among everything that has come and has not been taken yet; the rest stays, in order,
/// as in a selective receive. An expectation waits 10 seconds of virtual time unless [`Probe::patience`] says otherwise,
/// and then fails with what it waited for and what is there instead.
///
/// ```
/// use ergo::prelude::*;
/// use ergo::testing::TestNode;
///
/// # mod tests {
/// # use super::*;
/// #[ergo::test]
/// async fn a_probe_stands_for_a_server(node: TestNode) {
///     let mut stock = node.probe_as("stock");
///     let asking = node.node().clone();
///     node.spawn_fn(async move |cx: PlainContext| {
///         let left = asking.call("stock", term!({take, 1, 2})).await;
///         assert_eq!(left, Ok(term!({ok, 7})));
///         let _ = cx.send("stock", term!(thanks));
///     })
///     .unwrap();
///     stock.expect_call_term(pattern!({take, 1, _})).await.reply(term!({ok, 7}));
///     stock.expect_term(pattern!(thanks)).await;
/// }
/// # pub fn run() { a_probe_stands_for_a_server() }
/// # }
/// # fn main() { tests::run() }
/// ```
///
/// It ends when it is dropped.
#[derive(Debug)]
pub struct Probe {
    /// The process, to act in its name.
    pub(super) cx: PlainContext,
    pub(super) arriving: mpsc::UnboundedReceiver<Arrived>,
    /// Arrived and not taken, in order.
    pub(super) kept: VecDeque<Arrived>,
    pub(super) patience: Duration,
}

/// How long an expectation waits unless it is told otherwise.
const PATIENCE: Duration = Duration::from_secs(10);

impl Probe {
    /// A probe on a node.
    ///
    /// # Panics
    /// The node has stopped.
    #[track_caller]
    pub fn start(node: &Node) -> Probe {
        Probe::start_with(node, SpawnOptions::default())
            .unwrap_or_else(|error| panic!("no probe can be started: {error}"))
    }

    /// A probe with a name.
    ///
    /// # Panics
    /// The name is taken or unusable, or the node has stopped.
    #[track_caller]
    pub fn start_as(node: &Node, name: &str) -> Probe {
        Probe::start_with(node, SpawnOptions::default().name(name))
            .unwrap_or_else(|error| panic!("no probe can be started: {error}"))
    }

    fn start_with(node: &Node, options: SpawnOptions) -> Result<Probe, SpawnError> {
        let (sender, arriving) = mpsc::unbounded_channel();
        let handed_out = Arc::new(Mutex::new(None));
        let hand_out = handed_out.clone();
        node.spawn_fn_with(options.trap_exit(true), move |cx| {
            *hand_out.lock().unwrap_or_else(PoisonError::into_inner) = Some(cx.answering());
            keep(cx, sender)
        })?;
        let cx = handed_out
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        Ok(Probe {
            cx: cx.ok_or(SpawnError::Stopping)?,
            arriving,
            kept: VecDeque::new(),
            patience: PATIENCE,
        })
    }

    /// Its pid.
    pub fn pid(&self) -> Pid {
        self.cx.pid()
    }

    /// A typed handle to the probe, as if it were a process of that actor, or one that serves that protocol. What is sent
    /// by it comes as terms.
    pub fn handle<H: Handle>(&self) -> H {
        H::at(self.cx.host(), self.pid())
    }

    /// How long expectations wait from now on.
    pub fn patience(&mut self, patience: Duration) -> &mut Probe {
        self.patience = patience;
        self
    }

    /// Sends in the name of the probe.
    ///
    /// # Errors
    /// As [`Context::send`](crate::process::Context::send).
    pub fn send(&self, to: impl Into<Destination>, message: impl Encode) -> Result<(), CastError> {
        self.cx.send(to, message)
    }

    /// Monitors: [`Probe::expect_down`] sees the end.
    pub fn monitor(&self, to: impl Into<Destination>) -> Reference {
        self.cx.monitor(to)
    }

    /// Links: [`Probe::expect_exit`] sees the end.
    pub fn link(&self, to: impl Into<Destination>) {
        self.cx.link(to);
    }

    /// Sends an exit signal in the name of the probe.
    pub fn exit(&self, to: impl Into<Destination>, reason: ExitReason) {
        self.cx.exit(to, reason);
    }
}

impl From<&Probe> for Destination {
    fn from(probe: &Probe) -> Self {
        Destination::Pid(probe.pid())
    }
}

impl From<&Probe> for Pid {
    fn from(probe: &Probe) -> Self {
        probe.pid()
    }
}

async fn keep(mut cx: PlainContext, sender: mpsc::UnboundedSender<Arrived>) {
    let host = AsHost::host(&*cx);
    loop {
        tokio::select! {
            biased;
            message = cx.receive() => {
                let Some(message) = message else { continue };
                if sender.send(Arrived::new(&host, message)).is_err() {
                    return;
                }
            }
            () = sender.closed() => return,
        }
    }
}
