//! The smallest program: one node, one server, one call.
//!
//! ```text
//! cargo run -p ergo-examples --bin hello
//! ```

// ANCHOR: all
use ergo::prelude::*;

#[derive(Actor)]
struct Counter(i64);

#[ergo::server]
impl Counter {
    fn init(start: i64) -> Result<Self, ExitReason> {
        Ok(Counter(start))
    }

    #[call]
    fn add(&mut self, n: i64) -> i64 {
        self.0 += n;
        self.0
    }
}

#[tokio::main]
async fn main() -> ergo::Result {
    let node = Node::builder("hello@127.0.0.1")
        .local_only()
        .start()
        .await?;
    let counter = node.spawn::<Counter>(1).await?;
    println!("1 + 41 = {}", counter.add(41).await?);
    node.stop().await;
    Ok(())
}
// ANCHOR_END: all
