//! Which nodes there are: who may join, who is told, and connections that are made again.
//!
//! ```text
//! cargo run -p ergo-examples --bin membership
//! ```

use std::net::TcpListener;

use ergo::behaviour::supervisor::Backoff;
use ergo::prelude::*;
use ergo::{Admit, Authentication, Candidate, ConnectError, MonitorNodes, NodeType};

// ANCHOR: policy
/// Takes nodes of the shop with its cookie, guests with another one, and nobody else.
struct Doorman {
    guests: ergo::wire::Cookie,
}

impl Authentication for Doorman {
    fn admit(&self, peer: &Candidate<'_>) -> Admit {
        match peer.name.name() {
            name if name.starts_with("shop") => Admit::Yes,
            name if name.starts_with("guest") => Admit::WithCookie(self.guests.clone()),
            _ => Admit::No,
        }
    }
}
// ANCHOR_END: policy

/// A port for an EPMD that nobody else uses, so that this program meets only itself. None of those that the system gives
/// to connections: one could have it between the look and the use.
fn free_port() -> std::io::Result<u16> {
    let mut ports = 11_380..11_390;
    let free = ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.ok_or(std::io::ErrorKind::AddrInUse.into())
}

// ANCHOR: watcher
/// Prints what it is told of nodes, as an Erlang process would get it, and says so to `seen`.
fn watch(node: &Node, seen: tokio::sync::mpsc::UnboundedSender<()>) -> ergo::Result {
    node.spawn_fn(async move |mut cx| {
        let all = MonitorNodes::new().node_type(NodeType::All);
        cx.monitor_nodes(all.nodedown_reason());
        // Nobody waits for the first word of it.
        let _ = seen.send(());
        while let Some(Message::Term(term)) = cx.receive().await {
            println!("{term}");
            let _ = seen.send(());
        }
    })?;
    Ok(())
}
// ANCHOR_END: watcher

#[tokio::main]
async fn main() -> ergo::Result {
    let epmd = free_port()?;
    // ANCHOR: start
    let shop = Node::builder("shop@127.0.0.1")
        .cookie("of-the-shop")
        .authentication(Doorman {
            guests: ergo::wire::Cookie::new("for-guests")?,
        })
        .epmd_port(epmd)
        .visible()
        .start()
        .await?;
    // ANCHOR_END: start
    let (sender, mut seen) = tokio::sync::mpsc::unbounded_channel();
    watch(&shop, sender)?;
    seen.recv().await;

    // ANCHOR: guest
    let guest = Node::builder("guest@127.0.0.1")
        .cookie("its-own")
        .cookie_for("shop@127.0.0.1", "for-guests")
        .epmd_port(epmd)
        .start()
        .await?;
    let kept = guest.keep_connected("shop@127.0.0.1", Backoff::fixed(millis(50)));
    // ANCHOR_END: guest
    seen.recv().await;

    // ANCHOR: info
    if let Some(info) = shop.node_info("guest@127.0.0.1") {
        println!("hidden: {}, tls: {}", info.hidden, info.tls);
    }
    // ANCHOR_END: info
    // ANCHOR: kept
    shop.disconnect("guest@127.0.0.1");
    // It goes, and comes back by itself.
    seen.recv().await;
    seen.recv().await;
    kept.disconnect().await;
    // ANCHOR_END: kept
    seen.recv().await;

    // ANCHOR: refused
    let stranger = Node::builder("stranger@127.0.0.1")
        .cookie("of-the-shop")
        .epmd_port(epmd)
        .start()
        .await?;
    if let Err(ConnectError::Handshake { source, .. }) = stranger.connect("shop@127.0.0.1").await {
        println!("{source}");
    }
    println!("not admitted: {}", shop.refusals().not_allowed);
    // ANCHOR_END: refused
    for node in [stranger, guest, shop] {
        node.stop().await;
    }
    Ok(())
}
