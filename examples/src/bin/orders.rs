//! A server that takes a type of its own, to be used from an Erlang shell.
//!
//! ```text
//! cargo run -p ergo-examples --bin orders
//! ```
//!
//! It ends on SIGTERM and Ctrl-C. A number as its argument is the port of another EPMD than the usual one.

use ergo::prelude::*;
use tokio::signal::unix::{SignalKind, signal};

// ANCHOR: types
#[derive(Debug, Clone, Encode, Decode)]
struct Order {
    item: String,
    qty: u32,
    note: Option<String>,
}

#[derive(Debug, Encode, Decode)]
enum Refused {
    NothingOrdered,
    TooMany { most: u32 },
}
// ANCHOR_END: types

// ANCHOR: server
#[derive(Actor)]
#[actor(name = "orders")]
struct Orders(Vec<Order>);

#[ergo::server]
impl Orders {
    fn init() -> Result<Self, ExitReason> {
        Ok(Orders(vec![]))
    }

    #[call]
    fn place(&mut self, order: Order) -> Result<usize, Refused> {
        println!("{order:?}");
        match order.qty {
            0 => Err(Refused::NothingOrdered),
            100.. => Err(Refused::TooMany { most: 99 }),
            _ => {
                self.0.push(order);
                Ok(self.0.len())
            }
        }
    }

    #[call]
    fn all(&self) -> Vec<Order> {
        self.0.clone()
    }
}
// ANCHOR_END: server

#[tokio::main]
async fn main() -> ergo::Result {
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::WARN)
        .with_writer(std::io::stderr)
        .init();
    let mut term = signal(SignalKind::terminate())?;
    let mut builder = Node::builder("rust@127.0.0.1").cookie("secret");
    if let Some(port) = std::env::args().nth(1) {
        builder = builder.epmd_port(port.parse()?);
    }
    let node = builder.start().await?;
    node.spawn::<Orders>(()).await?;
    println!("ready {}", node.name());
    tokio::select! {
        _ = term.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    node.stop().await;
    Ok(())
}
