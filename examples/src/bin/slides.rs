//! The node `bar` of an Erlang course, in Rust: what its slides type at the other node works as it is printed there.
//!
//! ```text
//! cargo run -p ergo-examples --bin slides
//! erl -name foo@127.0.0.1 -setcookie secret
//! (foo@127.0.0.1)1> spawn('bar@127.0.0.1', s, send_node, [self()]).
//! (foo@127.0.0.1)2> {server, 'bar@127.0.0.1'} ! {hi, self()}.
//! (foo@127.0.0.1)3> flush().
//! Shell got 'bar@127.0.0.1'
//! Shell got hi
//! ```
//!
//! It ends on SIGTERM and Ctrl-C. A number as its argument is the port of another EPMD than the usual one.

use ergo::prelude::*;
use tokio::signal::unix::{SignalKind, signal};

// ANCHOR: send_node
/// `send_node(Pid) -> Pid ! node().`
async fn send_node(cx: PlainContext, (to,): (Pid,)) -> Result<Atom, Exception> {
    let name = cx.node().name().clone();
    let sent = cx.send(to, name.clone());
    sent.map_err(|error| Exception::Error(Term::from(error.to_string())))?;
    Ok(name)
}
// ANCHOR_END: send_node

// ANCHOR: server
/// `loop() -> receive {M, Pid} -> Pid ! M end, loop().`
async fn server(mut cx: PlainContext) {
    while let Some(message) = cx.receive().await {
        let Message::Term(term) = message else {
            continue;
        };
        if let Some([message, Term::Pid(to)]) = term.as_tuple() {
            // Whoever asked may be gone.
            let _ = cx.send(&**to, message.clone());
        }
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
    let mut builder = Node::builder("bar@127.0.0.1").cookie("secret");
    if let Some(port) = std::env::args().nth(1) {
        builder = builder.epmd_port(port.parse()?);
    }
    // ANCHOR: node
    let node = builder.start().await?;
    node.register_rpc("s", "send_node", send_node).await?;
    node.spawn_fn_with(SpawnOptions::default().name("server"), server)?;
    // ANCHOR_END: node
    println!("ready {}", node.name());
    tokio::select! {
        _ = term.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    node.stop().await;
    Ok(())
}
