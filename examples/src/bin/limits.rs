//! Bounds: of what peers can make a node keep, of what is decoded, of a mailbox, and what happens to what is too much.
//!
//! ```text
//! cargo run -p ergo-examples --bin limits
//! ```

use ergo::etf;
use ergo::prelude::*;
use ergo::wire::Limits;

// ANCHOR: actor
/// Prints slowly; whoever has something to print waits for room.
#[derive(Actor)]
#[actor(mailbox = 2, overflow = "wait")]
struct Printer;

#[ergo::server]
impl Printer {
    fn init() -> Result<Self, ExitReason> {
        Ok(Printer)
    }

    #[cast(wait)]
    async fn print(&mut self, page: u32) {
        tokio::time::sleep(millis(5)).await;
        println!("page {page}");
    }

    #[call]
    fn flush(&self) {}
}
// ANCHOR_END: actor

#[tokio::main]
async fn main() -> ergo::Result {
    // ANCHOR: limits
    let mut limits = Limits::default();
    limits.peers_max = 16;
    limits.frame_bytes_max = 1024 * 1024;
    limits.message_bytes_max = 4 * 1024 * 1024;
    let builder = Node::builder("limits@127.0.0.1").limits(limits);
    // ANCHOR_END: limits
    let node = builder.local_only().start().await?;

    // ANCHOR: decode
    let mut limits = Limits::default();
    limits.term_depth_max = 2;
    let bytes = etf::encode(&term!([[[[1]]]]))?;
    match etf::decode_with::<Vec<Vec<Vec<Vec<u8>>>>>(&bytes, &limits) {
        Ok(value) => println!("{value:?}"),
        Err(error) => println!("{error}"),
    }
    // ANCHOR_END: decode

    // ANCHOR: mailbox
    let options = SpawnOptions::default().mailbox(2);
    let busy = node.spawn_fn_with(options, async |mut cx| {
        tokio::time::sleep(secs(60)).await;
        cx.receive().await;
    })?;
    for n in 1..=3 {
        match node.try_send(&busy, term!((n))) {
            Ok(()) => println!("message {n} waits"),
            Err(error) => println!("message {n}: {error}"),
        }
    }
    // ANCHOR_END: mailbox
    node.exit(&busy, ExitReason::Kill);
    wait(&node).await?;
    drop_newest(&node).await?;
    fallback(&node).await?;
    node.stop().await;
    Ok(())
}

// ANCHOR: wait
async fn wait(node: &Node) -> ergo::Result {
    let printer = node.spawn::<Printer>(()).await?;
    for page in 1..=4 {
        // From the third on it waits until there is room.
        printer.print(page).await?;
    }
    printer.flush().await?;
    Ok(())
}
// ANCHOR_END: wait

// ANCHOR: dead_letters
async fn drop_newest(node: &Node) -> ergo::Result {
    let mut letters = node.dead_letters();
    let options = SpawnOptions::default()
        .mailbox(1)
        .overflow(Overflow::DropNewest);
    let gauge = node.spawn_fn_with(options, async |mut cx| {
        tokio::time::sleep(secs(60)).await;
        cx.receive().await;
    })?;
    node.send(&gauge, term!({level, 1})).await?;
    // The sender does not notice; whoever looks at dead letters does.
    node.send(&gauge, term!({level, 2})).await?;
    if let (Some(letter), count) = (letters.recv().await, node.dead_letter_count()) {
        let message = letter.message.unwrap_or(term!(no_term));
        println!("{message} was {:?}; dead letters: {count}", letter.reason);
    }
    node.exit(&gauge, ExitReason::Kill);
    Ok(())
}
// ANCHOR_END: dead_letters

// ANCHOR: fallback
async fn fallback(node: &Node) -> ergo::Result {
    let (told, seen) = tokio::sync::oneshot::channel();
    let options = SpawnOptions::default().name("overflow");
    node.spawn_fn_with(options, async |mut cx| {
        // {fallback, To, Message}
        if let Some(Message::Term(term)) = cx.receive().await {
            let _ = told.send(term);
        }
    })?;
    let options = SpawnOptions::default().mailbox(1).fallback("overflow");
    let busy = node.spawn_fn_with(options, async |mut cx| {
        tokio::time::sleep(secs(60)).await;
        cx.receive().await;
    })?;
    node.send(&busy, term!(first)).await?;
    node.send(&busy, term!(second)).await?;
    if let Some(tuple) = seen.await.ok().as_ref().and_then(Term::as_tuple) {
        println!("{} got {}", tuple[0], tuple[2]);
    }
    node.exit(&busy, ExitReason::Kill);
    Ok(())
}
// ANCHOR_END: fallback
