//! A shop with one supervised server: casts, calls, deferred replies, local calls, exits and monitors.
//!
//! ```text
//! cargo run -p ergo-examples --bin shop
//! ```

use std::collections::HashMap;

use ergo::prelude::*;

// ANCHOR: order
/// What is ordered: `{order, Id, Qty}` on the wire.
#[derive(Debug, Clone, Encode, Decode)]
#[etf(record = "order")]
pub struct Order {
    id: u64,
    qty: u32,
}
// ANCHOR_END: order

/// Why something cannot be taken.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum StockError {
    /// There is no such thing.
    Unknown,
    /// There is not enough of it.
    Short,
}

impl std::fmt::Display for StockError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for StockError {}

/// What an audit finds.
#[derive(Debug, Clone, Encode, Decode)]
pub struct Report {
    lines: u64,
}

// ANCHOR: actor
/// What is left of everything.
#[derive(Actor)]
#[actor(name = "stock", mailbox = 1024, trap_exit)]
pub struct Stock {
    left: HashMap<u64, u32>,
    seen: u32,
}
// ANCHOR_END: actor

// ANCHOR: server
#[ergo::server]
impl Stock {
    async fn init(seed: Vec<Order>, _cx: &Context<Self>) -> Result<Self, ExitReason> {
        let left = seed
            .into_iter()
            .map(|order| (order.id, order.qty))
            .collect();
        Ok(Stock { left, seen: 0 })
    }

    /// More of something has come.
    #[cast]
    fn restock(&mut self, order: Order) {
        *self.left.entry(order.id).or_default() += order.qty;
    }

    /// Takes some, and says how many are left.
    #[call]
    async fn take(&mut self, id: u64, qty: u32) -> Result<u32, StockError> {
        let left = self.left.get_mut(&id).ok_or(StockError::Unknown)?;
        *left = left.checked_sub(qty).ok_or(StockError::Short)?;
        Ok(*left)
    }

    /// Counts everything, and answers when it is done; others are served meanwhile.
    #[call(timeout = "30s")]
    async fn audit(&mut self, reply: Reply<Report>, cx: &Context<Self>) {
        let lines = self.left.len() as u64;
        cx.task(async move {
            tokio::time::sleep(millis(50)).await;
            reply.send(Report { lines });
        });
    }

    /// Lets a caller of this node look at the state.
    #[call(local)]
    fn peek(&self, look: Box<dyn FnOnce(&Stock) + Send>) {
        look(self)
    }

    /// Throws away what is used up, and stops when nothing is left.
    #[cast]
    fn sweep(&mut self) -> Flow {
        self.left.retain(|_, qty| *qty > 0);
        if self.left.is_empty() {
            Flow::Stop(ExitReason::Normal)
        } else {
            Flow::Continue
        }
    }

    /// How many signals and messages it has seen that are no requests.
    #[call]
    fn seen(&self) -> u32 {
        self.seen
    }

    #[down]
    fn down(&mut self, _down: Down) {
        self.seen += 1;
    }

    #[exit]
    fn exit(&mut self, exit: Exit) -> Flow {
        self.seen += 1;
        if exit.reason == ExitReason::Kill {
            Flow::Stop(exit.reason)
        } else {
            Flow::Continue
        }
    }

    #[info]
    fn info(&mut self, _term: Term) {
        self.seen += 1;
    }

    async fn terminate(self, reason: &ExitReason) {
        println!(
            "the stock is closed: {reason}, {} things left",
            self.left.len()
        );
    }
}
// ANCHOR_END: server

// ANCHOR: main
#[tokio::main]
async fn main() -> ergo::Result {
    let node = Node::builder("shop@127.0.0.1").local_only().start().await?;
    let sup = Supervisor::one_for_one()
        .intensity(3, secs(5))
        .child(Stock::spec(vec![]).permanent().shutdown(secs(5)))
        .start(&node)
        .await?;

    let stock: StockRef = node.whereis("stock")?;
    stock.restock(Order { id: 1, qty: 9 })?;
    let left = stock.take(1, 2).await??;
    println!("{left} left");
    match stock.take(1, 100).await? {
        Ok(left) => println!("{left} left, though there were only 7"),
        Err(error) => println!("not sold: {error}"),
    }
    let report = stock.audit().timeout(secs(60)).await?;
    println!("{} things on the shelves", report.lines);
    stock
        .peek(Box::new(|stock| {
            println!("a look inside: {:?}", stock.left)
        }))
        .await?;

    node.send("stock", term!({hello, 1})).await?;
    let taken: Term = node.call("stock", term!({take, 1, 2})).await?;
    println!("by term: {taken}, seen {}", stock.seen().await?);

    sup.stop().await;
    node.stop().await;
    Ok(())
}
// ANCHOR_END: main
