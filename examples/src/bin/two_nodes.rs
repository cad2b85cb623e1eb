//! Two nodes in one process, which meet through EPMD and TCP as two programs would.
//!
//! ```text
//! cargo run -p ergo-examples --bin two_nodes
//! ```

use std::net::TcpListener;

use ergo::prelude::*;
use ergo::{ConnectError, NodeEvent};

// ANCHOR: actor
/// Counts, and can be told to stop.
#[derive(Actor)]
#[actor(name = "counter")]
struct Counter {
    value: i64,
}

#[ergo::server]
impl Counter {
    fn init(value: i64) -> Result<Self, ExitReason> {
        Ok(Counter { value })
    }

    #[call]
    fn add(&mut self, n: i64) -> i64 {
        self.value += n;
        self.value
    }

    /// Who this is: a handle travels as a pid.
    #[call]
    fn me(&self, cx: &Context<Self>) -> CounterRef {
        cx.handle()
    }

    #[cast]
    fn stop(&mut self) -> Flow {
        Flow::Stop(ExitReason::Shutdown)
    }
}
// ANCHOR_END: actor

/// A port for an EPMD that nobody else uses, so that this program meets only itself.
fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Uses what is not there any more, and what never was.
async fn what_goes_wrong(a: &Node, far: &CounterRef) {
    // ANCHOR: errors
    match far.add(1).await {
        Ok(sum) => println!("still there: {sum}"),
        // It is still ending when the call arrives, or it is gone already.
        Err(CallError::Exit(_) | CallError::NoProcess) => println!("b has no counter any more"),
        Err(error) => println!("the call failed: {error}"),
    }
    match a.connect("nobody@127.0.0.1").await {
        Err(error @ ConnectError::Unknown { .. }) => println!("{error}"),
        other => println!("{other:?}"),
    }
    // ANCHOR_END: errors
}

#[tokio::main]
async fn main() -> ergo::Result {
    let epmd = free_port()?;
    // ANCHOR: start
    let a = Node::builder("a@127.0.0.1")
        .cookie("secret")
        .epmd_port(epmd)
        .visible()
        .start()
        .await?;
    let b = Node::builder("b@127.0.0.1")
        .cookie("secret")
        .epmd_port(epmd)
        .visible()
        .start()
        .await?;
    // ANCHOR_END: start

    // ANCHOR: events
    let mut events = a.monitor_nodes();
    // ANCHOR_END: events

    // ANCHOR: typed
    b.spawn::<Counter>(40).await?;

    let far: CounterRef = a.at(("counter", "b@127.0.0.1"));
    println!("the counter on b says {}", far.add(2).await?);
    println!("a is connected to {:?}", a.nodes());
    // ANCHOR_END: typed

    // ANCHOR: handle
    let by_pid: CounterRef = far.me().await?;
    println!(
        "by pid, on {:?}: {}",
        by_pid.pid().map(|pid| pid.node().clone()),
        by_pid.add(0).await?
    );
    // ANCHOR_END: handle

    // ANCHOR: terms
    let sum: Term = a.call(("counter", "b@127.0.0.1"), term!({add, 1})).await?;
    println!("by term: {sum}");
    let unknown: Term = a
        .call(("counter", "b@127.0.0.1"), term!({divide, 0}))
        .await?;
    println!("a request it does not know: {unknown}");
    a.cast(("counter", "b@127.0.0.1"), term!(stop))?;
    // ANCHOR_END: terms

    what_goes_wrong(&a, &far).await;

    // ANCHOR: stop
    b.stop().await;
    while let Some(event) = events.next().await {
        match event {
            NodeEvent::Up { node, .. } => println!("nodeup {node}"),
            NodeEvent::Down { node, reason, .. } => {
                println!("nodedown {node}: {reason}");
                break;
            }
            _ => {}
        }
    }
    match far.add(1).await {
        Ok(sum) => println!("b is back: {sum}"),
        Err(error) => println!("the call failed: {error}"),
    }
    a.stop().await;
    // ANCHOR_END: stop
    Ok(())
}
