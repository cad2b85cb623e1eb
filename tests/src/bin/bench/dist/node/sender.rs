//! The workloads, as processes of ergo.

use std::future::Future;
use std::time::{Duration, Instant};

use ergo::etf::Binary;
use ergo::prelude::*;
use tokio::sync::mpsc;

use super::receiver::{CounterRef, MODULE, NAME, ReceiverRef};

/// Processes that ask at the same time.
const CALLERS: u64 = 100;
/// As long as a measurement may take.
const LONG: Duration = Duration::from_secs(600);
/// Calls before the calls that count, while the connection fills.
const WARM: u64 = 10;

type Values = Result<Vec<u64>, String>;

/// What is sent to a counter.
#[derive(Clone)]
enum What {
    Small,
    Bytes(Binary),
}

impl What {
    fn bytes(len: usize) -> What {
        What::Bytes(Binary::from(vec![7; len]))
    }

    fn sum(&self, each: u64) -> u64 {
        match self {
            What::Small => sum_to(each),
            What::Bytes(bytes) => each * bytes.len() as u64,
        }
    }

    async fn send(&self, to: &CounterRef, number: u64) -> Result<(), CastError> {
        match self {
            What::Small => to.add(number).await,
            What::Bytes(bytes) => to.data(bytes.clone()).await,
        }
    }
}

fn sum_to(count: u64) -> u64 {
    count * (count - 1) / 2
}

/// Runs one workload against the node `receiver`.
pub(super) async fn run(node: &Node, workload: &str, receiver: &str, count: u64) -> Values {
    let sender = Sender {
        node: node.clone(),
        receiver: receiver.to_owned(),
    };
    match workload {
        "small" => sender.messages(1, count, What::Small).await,
        "small-10" => sender.messages(10, count, What::Small).await,
        "1k" => sender.messages(1, count, What::bytes(1 << 10)).await,
        "1k-10" => sender.messages(10, count, What::bytes(1 << 10)).await,
        "64k" => sender.messages(1, count, What::bytes(64 << 10)).await,
        "64k-10" => sender.messages(10, count, What::bytes(64 << 10)).await,
        "1m" => sender.messages(1, count, What::bytes(1 << 20)).await,
        "1m-10" => sender.messages(10, count, What::bytes(1 << 20)).await,
        "call" => sender.calls(count).await,
        "call-beside-1m" => sender.calls_beside(count).await,
        "call-100" => sender.call_many(count).await,
        "rpc" | "erpc" => sender.rpc(1, count).await,
        "rpc-100" | "erpc-100" => sender.rpc(CALLERS, count).await,
        "spawn" => sender.spawns(1, count).await,
        "spawn-100" => sender.spawns(CALLERS, count).await,
        other => Err(format!("`{other}` is no workload")),
    }
}

#[derive(Clone)]
struct Sender {
    node: Node,
    receiver: String,
}

impl Sender {
    /// The receiver by its pid, as those who call often have it.
    async fn server(&self) -> Result<ReceiverRef, String> {
        let by_name: ReceiverRef = self.node.at((NAME, self.receiver.as_str()));
        let pid = by_name.me().await.map_err(text)?;
        Ok(self.node.at(pid))
    }

    async fn messages(&self, pairs: u64, count: u64, what: What) -> Values {
        let each = count / pairs;
        let (sum, server) = (what.sum(each), self.server().await?);
        let node = self.node.clone();
        in_process(&self.node, async move |mut cx| {
            let every = Term::from(each as i64);
            let counters = server
                .counters(pairs, every, cx.pid())
                .await
                .map_err(text)?;
            let begin = Instant::now();
            for counter in counters.clone() {
                let (to, what): (CounterRef, What) = (node.at(counter), what.clone());
                let sender = node.spawn_fn(async move |_| {
                    for number in 0..each {
                        if let Err(error) = what.send(&to, number).await {
                            return ExitReason::from(Term::from(error.to_string()));
                        }
                    }
                    ExitReason::Normal
                });
                cx.link(sender.map_err(text)?);
            }
            for counter in counters {
                let done =
                    Term::tuple([Term::atom("done"), counter.into(), Term::from(sum as i64)]);
                cx.receive_match(|message| *message == Message::Term(done.clone()))
                    .await;
            }
            Ok(vec![nanoseconds(begin)])
        })
        .await
    }

    async fn calls(&self, count: u64) -> Values {
        let server = self.server().await?;
        in_process(&self.node, async move |_| {
            Ok(percentiles(timed(&server, count).await?))
        })
        .await
    }

    /// Calls while another process sends large messages to another one there, as many as it can.
    async fn calls_beside(&self, count: u64) -> Values {
        let (node, server) = (self.node.clone(), self.server().await?);
        in_process(&self.node, async move |cx| {
            let counters = server.counters(1, Term::atom("infinity"), cx.pid()).await;
            let sink = counters.map_err(text)?.pop().ok_or("no counter")?;
            let (to, large): (CounterRef, What) = (node.at(sink.clone()), What::bytes(1 << 20));
            let flood = node.spawn_fn(async move |_| while large.send(&to, 0).await.is_ok() {});
            let flood = flood.map_err(text)?;
            timed(&server, WARM).await?;
            let took = timed(&server, count).await?;
            cx.exit(flood, ExitReason::Kill);
            cx.exit(sink, ExitReason::Kill);
            // What is still on its way must not be in the next measurement.
            timed(&server, 1).await?;
            Ok(percentiles(took))
        })
        .await
    }

    async fn call_many(&self, count: u64) -> Values {
        let server = self.server().await?;
        self.callers(CALLERS, count, move |number| {
            let server = server.clone();
            async move { server.get(number).timeout(LONG).await.map_err(text) }
        })
        .await
    }

    async fn rpc(&self, callers: u64, count: u64) -> Values {
        let (node, receiver) = (self.node.clone(), self.receiver.clone());
        self.callers(callers, count, move |number| {
            let (node, receiver) = (node.clone(), receiver.clone());
            async move {
                let value = node
                    .rpc(&receiver)
                    .timeout(LONG)
                    .call(MODULE, "echo", vec![number]);
                value.await.map_err(text)
            }
        })
        .await
    }

    async fn spawns(&self, callers: u64, count: u64) -> Values {
        let server = self.server().await?;
        let before = server.spawned().await.map_err(text)?;
        let far = self.node.remote(&self.receiver).await.map_err(text)?;
        let values = self.callers(callers, count, move |number| {
            let far = far.clone();
            async move {
                let none: Vec<u64> = Vec::new();
                let pid = far.spawn_function(MODULE, "count", none).timeout(LONG);
                pid.await.map(|_| number).map_err(text)
            }
        });
        let values = values.await?;
        for _ in 0..1000 {
            if server.spawned().await.map_err(text)? == before + count {
                return Ok(values);
            }
        }
        Err("spawned processes are missing".to_owned())
    }

    /// So many processes that ask one after the other; the answers are added up.
    async fn callers<F, Fut>(&self, callers: u64, count: u64, ask: F) -> Values
    where
        F: Fn(u64) -> Fut + Clone + Send + 'static,
        Fut: Future<Output = Result<u64, String>> + Send,
    {
        let each = count / callers;
        let (done, mut answers) = mpsc::unbounded_channel();
        let begin = Instant::now();
        for _ in 0..callers {
            let (ask, done) = (ask.clone(), done.clone());
            let caller = self.node.spawn_fn(async move |_| {
                // Whoever waits for it has given up.
                let _ = done.send(ask_all(ask, each).await);
            });
            caller.map_err(text)?;
        }
        drop(done);
        let mut sum = 0;
        while let Some(answer) = answers.recv().await {
            sum += answer?;
        }
        let took = nanoseconds(begin);
        if sum != sum_to(each) * callers {
            return Err("a wrong answer".to_owned());
        }
        Ok(vec![took])
    }
}

async fn ask_all<Fut>(ask: impl Fn(u64) -> Fut, count: u64) -> Result<u64, String>
where
    Fut: Future<Output = Result<u64, String>>,
{
    let mut sum = 0;
    for number in 0..count {
        sum += ask(number).await?;
    }
    Ok(sum)
}

/// Runs it in a process, as users of ergo would.
async fn in_process<F, Fut>(node: &Node, body: F) -> Values
where
    F: FnOnce(PlainContext) -> Fut + Send + 'static,
    Fut: Future<Output = Values> + Send,
{
    let (done, mut values) = mpsc::unbounded_channel();
    let process = node.spawn_fn(async move |cx| {
        // Whoever waits for it has given up.
        let _ = done.send(body(cx).await);
    });
    process.map_err(text)?;
    values.recv().await.ok_or("the process has ended")?
}

async fn timed(server: &ReceiverRef, count: u64) -> Values {
    let mut took = Vec::new();
    for number in 0..count {
        let begin = Instant::now();
        let answer = server.get(number).timeout(LONG).await.map_err(text)?;
        took.push(nanoseconds(begin));
        if answer != number {
            return Err("a wrong answer".to_owned());
        }
    }
    Ok(took)
}

/// What half of them took at most, and what 99 in 100.
fn percentiles(mut took: Vec<u64>) -> Vec<u64> {
    took.sort_unstable();
    let at = |percent: usize| took[(took.len() * percent / 100).max(1) - 1];
    vec![at(50), at(99)]
}

fn nanoseconds(begin: Instant) -> u64 {
    u64::try_from(begin.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
