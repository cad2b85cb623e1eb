//! What is sent to.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ergo::etf::Binary;
use ergo::prelude::*;

/// The registered name.
pub(super) const NAME: &str = "bench";
/// The module of the functions that senders call and spawn.
pub(super) const MODULE: &str = "bench_dist";

/// Answers, and starts what counts messages.
#[derive(Actor)]
#[actor(name = "bench")]
pub(super) struct Receiver {
    spawned: Arc<AtomicU64>,
}

#[ergo::server]
impl Receiver {
    fn init(spawned: Arc<AtomicU64>) -> Result<Self, ExitReason> {
        Ok(Receiver { spawned })
    }

    #[call]
    fn me(&self, cx: &Context<Self>) -> Pid {
        cx.pid()
    }

    #[call]
    fn get(&mut self, number: u64) -> u64 {
        number
    }

    /// How many processes have been spawned from elsewhere.
    #[call]
    fn spawned(&self) -> u64 {
        self.spawned.load(Ordering::Relaxed)
    }

    /// Starts so many counters, which report after so many messages, or never.
    #[call]
    async fn counters(
        &mut self,
        pairs: u64,
        each: Term,
        report_to: Pid,
        cx: &Context<Self>,
    ) -> Vec<Pid> {
        let left = match each {
            Term::Integer(each) => u64::try_from(each).unwrap_or(u64::MAX),
            _ => u64::MAX,
        };
        let mut pids = Vec::new();
        for _ in 0..pairs {
            let counter = cx.node().spawn::<Counter>((left, report_to.clone())).await;
            pids.extend(counter.ok().and_then(|counter| counter.as_ref().pid()));
        }
        pids
    }
}

/// Counts messages.
#[derive(Actor)]
pub(super) struct Counter {
    left: u64,
    sum: u64,
    report_to: Pid,
}

#[ergo::server]
impl Counter {
    fn init((left, report_to): (u64, Pid)) -> Result<Self, ExitReason> {
        Ok(Counter {
            left,
            sum: 0,
            report_to,
        })
    }

    #[cast(wait)]
    fn add(&mut self, number: u64, cx: &Context<Self>) -> Flow {
        self.count(number, cx)
    }

    #[cast(wait)]
    fn data(&mut self, bytes: Binary, cx: &Context<Self>) -> Flow {
        self.count(bytes.len() as u64, cx)
    }
}

impl Counter {
    fn count(&mut self, number: u64, cx: &Context<Self>) -> Flow {
        self.left -= 1;
        self.sum += number;
        if self.left > 0 {
            return Flow::Continue;
        }
        let done = (Atom::from_static("done"), cx.pid(), self.sum);
        match cx.send(self.report_to.clone(), done) {
            Ok(()) => Flow::Stop(ExitReason::Normal),
            Err(error) => Flow::Stop(ExitReason::from(Term::from(error.to_string()))),
        }
    }
}

/// Starts it all.
pub(super) async fn start(node: &Node) -> Result<(), String> {
    let spawned = Arc::new(AtomicU64::new(0));
    let count = spawned.clone();
    let started = node.spawn::<Receiver>(spawned).await;
    started.map_err(|error| error.to_string())?;
    let echo = async |_, (value,): (Term,)| Ok::<_, Exception>(value);
    let count = move |_, (): ()| {
        count.fetch_add(1, Ordering::Relaxed);
        async { Ok::<_, Exception>(Atom::from_static("ok")) }
    };
    let echo = node.register_rpc(MODULE, "echo", echo).await;
    echo.map_err(|error| error.to_string())?;
    let count = node.register_rpc(MODULE, "count", count).await;
    count.map(drop).map_err(|error| error.to_string())
}
