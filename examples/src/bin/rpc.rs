//! Functions of other nodes: offered by one node, called from another.
//!
//! ```text
//! cargo run -p ergo-examples --bin rpc
//! ```

use std::net::TcpListener;

use ergo::RpcError;
use ergo::prelude::*;

// ANCHOR: functions
/// `div`, with the errors that Erlang has for it.
async fn div(_: PlainContext, (a, b): (i64, i64)) -> Result<i64, Exception> {
    let badarith = || Exception::Error(term!(badarith));
    a.checked_div(b).ok_or_else(badarith)
}

/// Who asks, as its connection has proved it.
async fn who(cx: PlainContext, (): ()) -> Result<Option<Atom>, Exception> {
    Ok(cx.caller().cloned())
}

async fn offer(node: &Node) -> ergo::Result {
    node.register_rpc("math", "div", div).await?;
    node.register_rpc("math", "sum", async |_, (list,): (Vec<i64>,)| {
        Ok(list.iter().sum::<i64>())
    })
    .await?;
    node.register_rpc("admin", "who", who)
        .only(["front@127.0.0.1"])
        .await?;
    Ok(())
}
// ANCHOR_END: functions

// ANCHOR: call
async fn call(front: &Node) -> ergo::Result {
    let shop = front.rpc("shop@127.0.0.1").timeout(secs(2));
    let sum: i64 = shop.call("math", "sum", args![[1, 2, 3]]).await?;
    println!("the sum is {sum}");
    let me: Atom = shop.call("admin", "who", args![]).await?;
    println!("asked by {me}");

    // Two at once: a request is sent when it is made, and awaited later.
    let first = shop.send_request::<i64>("math", "div", args![84, 2]);
    let second = shop.send_request::<i64>("math", "div", args![9, 3]);
    println!("{} and {}", second.await?, first.await?);
    shop.cast("math", "sum", args![[1]])?;
    Ok(())
}
// ANCHOR_END: call

// ANCHOR: errors
async fn errors(front: &Node) {
    let shop = front.rpc("shop@127.0.0.1");
    for (module, function, args) in [
        ("math", "div", term!([1, 0])),
        ("math", "div", term!([1, two])),
        ("math", "mod", term!([1, 2])),
    ] {
        match shop.call::<i64>(module, function, args).await {
            Ok(value) => println!("{value}"),
            Err(RpcError::Error { reason, stack }) => println!("error: {reason}, at {stack}"),
            Err(other) => println!("{other}"),
        }
    }
    let nowhere = front.rpc("nobody@127.0.0.1");
    if let Err(error) = nowhere.call::<i64>("math", "div", args![1, 1]).await {
        println!("{error}");
    }
}
// ANCHOR_END: errors

// ANCHOR: multicall
async fn everywhere(front: &Node) {
    let nodes = ["shop@127.0.0.1", "till@127.0.0.1", "nobody@127.0.0.1"];
    let all = front.multicall::<i64>(nodes, "math", "div", args![10, 5]);
    for (node, result) in nodes.iter().zip(all.timeout(secs(5)).await) {
        match result {
            Ok(value) => println!("{node}: {value}"),
            Err(error) => println!("{node}: {error}"),
        }
    }
}
// ANCHOR_END: multicall

#[tokio::main]
async fn main() -> ergo::Result {
    // An EPMD of its own, so that these nodes meet only each other.
    let epmd = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let node = |name: &str| Node::builder(name).cookie("secret").epmd_port(epmd);
    let shop = node("shop@127.0.0.1").start().await?;
    let till = node("till@127.0.0.1").start().await?;
    let front = node("front@127.0.0.1").start().await?;
    offer(&shop).await?;

    call(&front).await?;
    errors(&front).await;
    everywhere(&front).await;

    // ANCHOR: closed
    let refused = till.rpc("shop@127.0.0.1");
    if let Err(error) = refused.call::<Term>("admin", "who", args![]).await {
        println!("till: {error}");
    }
    // ANCHOR_END: closed
    for node in [front, till, shop] {
        node.stop().await;
    }
    println!("the end");
    Ok(())
}
