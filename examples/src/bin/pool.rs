//! A pool of workers: picked by turn, by load or by key, refused when all are full, and used as one server.
//!
//! ```text
//! cargo run -p ergo-examples --bin pool
//! ```

use ergo::Pool;
use ergo::prelude::*;

// ANCHOR: worker
/// Counts the words of texts, at most two of which wait for it.
#[derive(Actor)]
#[actor(mailbox = 2)]
struct Counter {
    texts: u32,
}

#[ergo::server]
impl Counter {
    fn init() -> Result<Self, ExitReason> {
        Ok(Counter { texts: 0 })
    }

    #[call]
    fn words(&mut self, text: String) -> usize {
        self.texts += 1;
        text.split_whitespace().count()
    }

    /// Takes its time.
    #[cast]
    async fn index(&mut self, _text: String) {
        tokio::time::sleep(millis(50)).await;
        self.texts += 1;
    }

    #[call]
    fn texts(&self) -> u32 {
        self.texts
    }

    #[cast]
    fn fail(&mut self) {
        panic!("a mistake in the program");
    }
}
// ANCHOR_END: worker

#[tokio::main]
async fn main() -> ergo::Result {
    let node = Node::builder("pool@127.0.0.1").local_only().start().await?;

    // ANCHOR: start
    let pool = Pool::<Counter>::new(())
        .size(3)
        .name("counters")
        .start(&node)
        .await?;
    let text = "a worker of its own for every text";
    println!("{} words", pool.worker()?.words(text.to_owned()).await?);
    // ANCHOR_END: start

    // ANCHOR: key
    for customer in ["ann", "bob", "ann"] {
        let worker = pool.worker_for(&customer)?;
        worker.words("of one customer, in order".to_owned()).await?;
    }
    // ANCHOR_END: key

    // ANCHOR: full
    let mut taken = 0;
    let refused = loop {
        match pool.cast(|worker| worker.index(text.to_owned())) {
            Ok(()) => taken += 1,
            Err(error) => break error,
        }
    };
    println!("{} texts taken, then: {refused}", taken > 5);
    // ANCHOR_END: full

    // ANCHOR: server
    while let Err(CastError::Full(_)) = pool.worker().map(drop) {
        tokio::time::sleep(millis(10)).await;
    }
    let words = node
        .call("counters", term!({words, "as one server"}))
        .await?;
    println!("by its name: {words} words");
    // ANCHOR_END: server

    // ANCHOR: change
    println!("{} workers", pool.add_workers(2).await?);
    println!("{} workers", pool.remove_workers(1).await?);
    pool.worker()?.fail()?;
    loop {
        let workers = pool.which_workers().await?;
        if workers
            .iter()
            .any(|worker| worker.restarts == 1 && worker.pid.is_some())
        {
            break println!("one was started again, {} run", workers.len());
        }
        tokio::time::sleep(millis(1)).await;
    }
    // ANCHOR_END: change
    node.stop().await;
    println!("the end");
    Ok(())
}
