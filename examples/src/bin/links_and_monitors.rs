//! What processes hear of the end of others: monitors, links, trapped exits.
//!
//! ```text
//! cargo run -p ergo-examples --bin links_and_monitors
//! ```

use ergo::prelude::*;

// ANCHOR: victim
/// Ends when three processes have said that they are ready.
async fn victim(mut cx: PlainContext) -> ExitReason {
    for _ in 0..3 {
        cx.receive().await;
    }
    ExitReason::from("tired")
}
// ANCHOR_END: victim

// ANCHOR: monitor
/// Hears `{'DOWN', ..}` of one process.
async fn watcher(mut cx: PlainContext, watched: Pid) {
    let reference = cx.monitor(&watched);
    let _ = cx.send(&watched, term!(ready));
    match cx.receive().await {
        Some(Message::Down(down)) if down.reference == reference => {
            println!("monitor: {}", down.reason);
        }
        other => println!("monitor: something else: {other:?}"),
    }
}
// ANCHOR_END: monitor

// ANCHOR: link
/// Ends together with the process it is linked to: no exit is trapped.
async fn companion(mut cx: PlainContext, other: Pid) {
    cx.link(other.clone());
    let _ = cx.send(&other, term!(ready));
    cx.receive().await;
    println!("never printed: the exit signal ends this process where it waits");
}
// ANCHOR_END: link

// ANCHOR: trap
/// Gets exit signals as messages.
async fn keeper(mut cx: PlainContext, other: Pid) {
    cx.trap_exit(true);
    cx.link(other.clone());
    let _ = cx.send(&other, term!(ready));
    if let Some(Message::Exit(exit)) = cx.receive().await {
        println!("trapped: {}", exit.reason);
    }
}
// ANCHOR_END: trap

// ANCHOR: selective
/// Selective receive: takes the urgent message first, whatever came before it.
async fn picky(mut cx: PlainContext) {
    let urgent = |message: &Message| match message {
        Message::Term(term) => term.as_atom() == Some("urgent"),
        _ => false,
    };
    println!("picked {:?}", cx.receive_match(urgent).await);
    println!("then {:?}", cx.receive().await);
    println!("then {:?}", cx.receive_timeout(millis(10)).await);
}
// ANCHOR_END: selective

/// Waits until a process of this node is gone.
async fn gone(node: &Node, pid: &Pid) {
    while node.is_process_alive(pid) {
        tokio::time::sleep(millis(1)).await;
    }
}

#[tokio::main]
async fn main() -> ergo::Result {
    let node = Node::builder("links@127.0.0.1")
        .local_only()
        .start()
        .await?;

    // ANCHOR: main
    let victim = node.spawn_fn(victim)?;
    let (seen, linked, trapping) = (victim.clone(), victim.clone(), victim);
    let watcher = node.spawn_fn(move |cx| watcher(cx, seen))?;
    let companion = node.spawn_fn(move |cx| companion(cx, linked))?;
    let keeper = node.spawn_fn(move |cx| keeper(cx, trapping))?;

    for pid in [&watcher, &companion, &keeper] {
        gone(&node, pid).await;
    }
    println!(
        "the companion is gone: {}",
        !node.is_process_alive(&companion)
    );
    // ANCHOR_END: main

    // ANCHOR: kill
    let (heard, hears) = tokio::sync::oneshot::channel();
    let options = SpawnOptions::default().trap_exit(true);
    let stubborn = node.spawn_fn_with(options, async |mut cx| {
        if let Some(Message::Exit(exit)) = cx.receive().await {
            println!("stubborn does not {}", exit.reason);
            let _ = heard.send(());
        }
        cx.receive().await;
    })?;
    node.exit(&stubborn, ExitReason::Shutdown);
    hears.await?;
    node.exit(&stubborn, ExitReason::Kill);
    gone(&node, &stubborn).await;
    // ANCHOR_END: kill

    // ANCHOR: pick
    let picky = node.spawn_fn(picky)?;
    node.send(&picky, term!(later)).await?;
    node.send(&picky, term!(urgent)).await?;
    gone(&node, &picky).await;
    // ANCHOR_END: pick
    node.stop().await;
    println!("the end");
    Ok(())
}
