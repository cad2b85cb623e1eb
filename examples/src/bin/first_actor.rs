//! One actor from its start to its end: calls, casts, a domain error, a panic, a stop.
//!
//! ```text
//! cargo run -p ergo-examples --bin first_actor
//! ```

use ergo::prelude::*;

// ANCHOR: state
/// Money somebody has.
#[derive(Actor)]
#[actor(name = "purse")]
struct Purse {
    coins: u32,
}
// ANCHOR_END: state

// ANCHOR: error
/// Why the purse says no.
#[derive(Debug, Encode, Decode)]
enum PurseError {
    TooFew,
}
// ANCHOR_END: error

// ANCHOR: server
#[ergo::server]
impl Purse {
    fn init(coins: u32) -> Result<Self, ExitReason> {
        if coins > 1000 {
            return Err(ExitReason::from("too_heavy"));
        }
        Ok(Purse { coins })
    }

    /// Puts coins in. Nobody waits for an answer.
    #[cast]
    fn put(&mut self, n: u32) {
        self.coins += n;
    }

    /// Takes coins out and says how many are left.
    #[call]
    fn take(&mut self, n: u32) -> Result<u32, PurseError> {
        self.coins = self.coins.checked_sub(n).ok_or(PurseError::TooFew)?;
        Ok(self.coins)
    }

    /// A mistake in the program.
    #[call]
    fn share(&mut self, among: u32) -> u32 {
        self.coins / among
    }

    /// Stops by itself.
    #[cast]
    fn close(&mut self) -> Flow {
        Flow::Stop(ExitReason::Normal)
    }

    async fn terminate(self, reason: &ExitReason) {
        println!("closed with {} coins: {reason}", self.coins);
    }
}
// ANCHOR_END: server

#[tokio::main]
async fn main() -> ergo::Result {
    // ANCHOR: log
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    // ANCHOR_END: log

    // ANCHOR: spawn
    let node = Node::builder("first@127.0.0.1")
        .local_only()
        .start()
        .await?;
    let purse = node.spawn::<Purse>(10).await?;
    // ANCHOR_END: spawn

    // ANCHOR: refused
    match node
        .spawn_with::<Purse>(5000, SpawnOptions::default().name("sack"))
        .await
    {
        Ok(_) => println!("a heavy purse"),
        Err(error) => println!("not started: {error}"),
    }
    match node.spawn::<Purse>(1).await {
        Ok(_) => println!("two purses"),
        Err(error) => println!("not started: {error}"),
    }
    // ANCHOR_END: refused

    // ANCHOR: use
    purse.put(5)?;
    match purse.take(3).await? {
        Ok(left) => println!("{left} left"),
        Err(error) => println!("no: {error:?}"),
    }
    match purse.take(100).await? {
        Ok(left) => println!("{left} left"),
        Err(error) => println!("no: {error:?}"),
    }
    // ANCHOR_END: use

    // ANCHOR: panic
    match purse.share(0).await {
        Ok(each) => println!("{each} each"),
        Err(CallError::Exit(reason)) => println!("the purse is gone: {reason}"),
        Err(error) => println!("the call failed: {error}"),
    }
    match purse.take(1).await {
        Ok(_) => println!("it is back"),
        Err(error) => println!("still gone: {error}"),
    }
    // ANCHOR_END: panic

    // ANCHOR: stop
    let purse = node.spawn::<Purse>(7).await?;
    purse.close()?;
    let reason = purse.as_ref().ended().await;
    println!("it ended: {reason}");
    node.stop().await;
    // ANCHOR_END: stop
    Ok(())
}
