//! Bounds: of what peers can make a node keep, of what is decoded, of a mailbox.
//!
//! ```text
//! cargo run -p ergo-examples --bin limits
//! ```

use ergo::etf;
use ergo::prelude::*;
use ergo::wire::Limits;

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
    node.stop().await;
    Ok(())
}
