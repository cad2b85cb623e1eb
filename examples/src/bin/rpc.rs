//! Functions of other nodes: offered by one node, called from another.
//!
//! ```text
//! cargo run -p ergo-examples --bin rpc
//! ```

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use ergo::RpcError;
use ergo::prelude::*;

// ANCHOR: module
/// What the node `shop` offers: the module `math`.
struct Math;

#[ergo::rpc(module = "math")]
impl Math {
    fn sum(list: Vec<i64>) -> i64 {
        list.iter().sum()
    }

    /// An `Exception` is raised.
    fn div(a: i64, b: i64) -> Result<i64, Exception> {
        a.checked_div(b).ok_or(Exception::Error(term!(badarith)))
    }

    /// Any other `Result` is a value: `{ok, V}` or `{error, E}`.
    async fn root(n: i64) -> Result<u64, String> {
        match u64::try_from(n) {
            Ok(n) => Ok(n.isqrt()),
            Err(_) => Err("there is no such root".to_owned()),
        }
    }
}
// ANCHOR_END: module

// ANCHOR: state
/// Visits so far: all calls share it.
#[derive(Default)]
struct Visits(AtomicU64);

#[ergo::rpc(module = "visits")]
impl Visits {
    /// Counts one, and says whose it is, as its connection has proved.
    fn count(&self, cx: &PlainContext) -> (u64, Option<Atom>) {
        (self.0.fetch_add(1, Relaxed) + 1, cx.caller().cloned())
    }
}
// ANCHOR_END: state

async fn offer(node: &Node) -> ergo::Result {
    // ANCHOR: offer
    Math::register_rpc(node).await?;
    let visits = Arc::new(Visits::default());
    visits.register_rpc(node).only(["front@127.0.0.1"]).await?;
    // ANCHOR_END: offer
    // ANCHOR: closure
    let who = async |cx: PlainContext, (greeting,): (String,)| {
        let caller = cx.caller().map(Atom::as_str).unwrap_or_default();
        Ok(format!("{greeting}, {caller}"))
    };
    node.register_rpc("greeter", "greet", who).await?;
    // ANCHOR_END: closure
    Ok(())
}

// ANCHOR: call
async fn call(front: &Node) -> ergo::Result {
    let shop = front.rpc("shop@127.0.0.1").timeout(secs(2));
    let sum: i64 = shop.call("math", "sum", args![[1, 2, 3]]).await?;
    println!("the sum is {sum}");
    let root: Result<u64, String> = shop.call("math", "root", args![(-4)]).await?;
    println!("the root is {root:?}");
    let (visits, of): (u64, Atom) = shop.call("visits", "count", args![]).await?;
    println!("visit {visits}, of {of}");
    let greeting: String = shop.call("greeter", "greet", args!["hello"]).await?;
    println!("{greeting}");

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

/// A port for an EPMD that nobody else uses, so that these nodes meet only each other. None of those that the system gives
/// to connections: one could have it between the look and the use.
fn free_port() -> std::io::Result<u16> {
    let mut ports = 11_530..11_540;
    let free = ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.ok_or(std::io::ErrorKind::AddrInUse.into())
}

#[tokio::main]
async fn main() -> ergo::Result {
    let epmd = free_port()?;
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
    if let Err(error) = refused.call::<Term>("visits", "count", args![]).await {
        println!("till: {error}");
    }
    // ANCHOR_END: closed
    for node in [front, till, shop] {
        node.stop().await;
    }
    println!("the end");
    Ok(())
}
