//! What processes of Erlang nodes print that this node has spawned: `tracing` events of a target of their own. What such
//! processes log has the target `ergo::logger`.
//!
//! Here a process of this node stands for one of theirs, and sends what `io:format/2` sends to its group leader.
//!
//! ```text
//! cargo run -p ergo-examples --bin output_of_peers
//! ```

use ergo::prelude::*;
use tokio::sync::oneshot;

#[tokio::main]
async fn main() -> ergo::Result {
    // ANCHOR: filter
    tracing_subscriber::fmt()
        .with_env_filter("warn,ergo::user=info,ergo::logger=info")
        .without_time()
        .with_ansi(false)
        .init();
    // ANCHOR_END: filter
    let builder = Node::builder("output@127.0.0.1");
    let node = builder.local_only().start().await?;

    // ANCHOR: request
    let (tell, told) = oneshot::channel();
    node.spawn_fn(async move |mut cx| {
        // io:format("~p is ~.16#~n", [{a, b}, 255])
        let format = Term::charlist("~p is ~.16#~n");
        let arguments = term!([(format), [{a, b}, 255]]);
        let request = term!({put_chars, unicode, io_lib, format, (arguments)});
        let me = Term::from(cx.pid());
        let _ = cx.send("user", term!({io_request, (me), 1, (request)}));
        let _ = tell.send(cx.receive().await);
    })?;
    // The line `{a,b} is 16#FF` has been traced when the answer is there.
    if let Ok(Some(Message::Term(answer))) = told.await {
        println!("answer: {answer}");
    }
    // ANCHOR_END: request
    node.stop().await;
    Ok(())
}
