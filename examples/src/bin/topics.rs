//! Publish and subscribe: a producer, subscribers on its node and on another, late ones, and the end of the producer.
//!
//! ```text
//! cargo run -p ergo-examples --bin topics
//! ```

use std::net::TcpListener;

use ergo::prelude::*;
use ergo::{Audience, Publisher, Topic, TopicOptions};

// ANCHOR: topic
#[derive(Debug, Clone, Encode, Decode)]
struct Price {
    item: String,
    cents: u64,
}

const PRICES: Topic<Price> = Topic::new("prices");
// ANCHOR_END: topic

// ANCHOR: producer
/// Owns the topic: it alone publishes, and the topic ends with it.
#[derive(Actor)]
struct Market {
    prices: Publisher<Price>,
}

#[ergo::server]
impl Market {
    async fn init(cx: &Context<Self>) -> Result<Self, ExitReason> {
        let options = TopicOptions::new()
            .buffer(2)
            .notify(cx, MarketRef::audience);
        let prices = PRICES.register(cx, options).await.map_err(|_| "taken")?;
        Ok(Market { prices })
    }

    #[call]
    fn set(&mut self, item: String, cents: u64) -> bool {
        self.prices.publish(Price { item, cents }).is_ok()
    }

    /// Somebody listens now, or nobody does any more.
    #[cast(local)]
    fn audience(&mut self, audience: Audience) {
        println!("the audience is {audience:?}");
    }

    #[cast]
    fn close(&mut self) -> Flow {
        Flow::Stop(ExitReason::from("closed"))
    }
}
// ANCHOR_END: producer

// ANCHOR: subscriber
/// Hears every price of the market on the node it is given.
#[derive(Actor)]
struct Shop {
    name: &'static str,
    heard: tokio::sync::mpsc::UnboundedSender<()>,
}

#[ergo::server]
impl Shop {
    async fn init(args: ShopArgs, cx: &Context<Self>) -> Result<Self, ExitReason> {
        let (name, market, heard) = args;
        let prices = PRICES.on(market);
        prices
            .monitor(cx, ShopRef::price)
            .await
            .map_err(|_| "no_market")?;
        Ok(Shop { name, heard })
    }

    #[cast]
    fn price(&mut self, price: Price) {
        println!("{}: {} costs {}", self.name, price.item, price.cents);
        let _ = self.heard.send(());
    }

    #[down]
    fn down(&mut self, down: Down) {
        println!("{}: no more prices: {}", self.name, down.reason);
        let _ = self.heard.send(());
    }
}
// ANCHOR_END: subscriber

type ShopArgs = (
    &'static str,
    &'static str,
    tokio::sync::mpsc::UnboundedSender<()>,
);

/// A port for an EPMD that nobody else uses, so that this program meets only itself.
fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

async fn start(name: &str, epmd: u16) -> ergo::Result<Node> {
    let builder = Node::builder(name).cookie("secret").epmd_port(epmd);
    Ok(builder.start().await?)
}

#[tokio::main]
async fn main() -> ergo::Result {
    let epmd = free_port()?;
    let (a, b) = (
        start("a@127.0.0.1", epmd).await?,
        start("b@127.0.0.1", epmd).await?,
    );
    let (heard, mut hearing) = tokio::sync::mpsc::unbounded_channel();

    // ANCHOR: run
    let market = a.spawn::<Market>(()).await?;
    market.set("tea".to_owned(), 250).await?;
    // They come late, and get what the topic keeps.
    a.spawn::<Shop>(("the shop on a", "a@127.0.0.1", heard.clone()))
        .await?;
    b.spawn::<Shop>(("the shop on b", "a@127.0.0.1", heard.clone()))
        .await?;
    market.set("milk".to_owned(), 120).await?;
    for _ in 0..4 {
        hearing.recv().await;
    }
    // ANCHOR_END: run

    // ANCHOR: stream
    let mut prices = PRICES.stream(&a, 16).await?;
    while let Some(price) = prices.next().await {
        println!("outside: {}", price.item);
        if price.item == "milk" {
            market.close()?;
        }
    }
    println!("outside: {}", prices.ended().await);
    // ANCHOR_END: stream
    for _ in 0..2 {
        hearing.recv().await;
    }
    b.stop().await;
    a.stop().await;
    println!("the end");
    Ok(())
}
