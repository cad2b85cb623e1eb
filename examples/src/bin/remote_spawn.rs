//! A node starts processes on another one: who may, with which ties, and what each failure says.
//!
//! ```text
//! cargo run -p ergo-examples --bin remote_spawn
//! ```

use std::net::TcpListener;

use ergo::prelude::*;
use ergo::{AccessListError, RemoteSpawnError, SpawnWanted};

// ANCHOR: actor
/// What the node `shop` can start for others.
#[derive(Actor)]
struct Stock {
    left: u32,
}

#[ergo::server]
impl Stock {
    fn init(left: u32) -> Result<Self, ExitReason> {
        if left > 1_000 {
            return Err(ExitReason::from("no_room"));
        }
        Ok(Stock { left })
    }

    #[call]
    fn take(&mut self, n: u32) -> u32 {
        self.left = self.left.saturating_sub(n);
        self.left
    }

    #[cast]
    fn close(&mut self) -> Flow {
        Flow::Stop(ExitReason::from("closed"))
    }
}
// ANCHOR_END: actor

/// The node that starts processes for others.
async fn shop(epmd: u16) -> ergo::Result<Node> {
    let builder = Node::builder("shop@127.0.0.1").cookie("secret");
    // ANCHOR: policy
    let no_guests = |wanted: &SpawnWanted<'_>| !wanted.node.as_str().starts_with("guest");
    let builder = builder.spawn_policy(no_guests);
    // ANCHOR_END: policy
    let shop = builder.epmd_port(epmd).start().await?;
    // ANCHOR: enable
    shop.enable_spawn("stock", Stock::factory()).await?;
    shop.enable_spawn("audit", async |mut cx: PlainContext, (of,): (Pid,)| {
        cx.monitor(&of);
        if let Some(Message::Down(down)) = cx.receive().await {
            println!("audit: the stock ended: {}", down.reason);
        }
    })
    .only(["front@127.0.0.1"])
    .await?;
    // ANCHOR_END: enable
    Ok(shop)
}

/// Without a process of its own: the node is the parent.
async fn from_the_node(front: &Node) -> ergo::Result {
    // ANCHOR: spawn
    let shop = front.remote("shop@127.0.0.1").await?;
    let stock: StockRef = shop
        .spawn_as::<Stock>("stock", SpawnOptions::default(), 10)
        .await?;
    println!("left: {}", stock.take(3).await?);

    let options = SpawnOptions::default().mailbox(100).env("region", "north");
    let pid: Pid = shop
        .spawn_register("bolts", "stock", options, args![500])
        .await?;
    let bolts: StockRef = front.at(("bolts", "shop@127.0.0.1"));
    println!("bolts left: {}, on {}", bolts.take(1).await?, pid.node());
    // ANCHOR_END: spawn
    Ok(())
}

// ANCHOR: ties
/// From a process: it is the parent, and can be tied to the child from its start on.
async fn clerk(mut cx: PlainContext) {
    let options = SpawnOptions::default();
    let spawn = cx.remote_spawn("shop@127.0.0.1", "stock", options, args![5]);
    let (pid, monitor) = match spawn.monitor().timeout(secs(10)).await {
        Ok(started) => started,
        Err(error) => return println!("no stock: {error}"),
    };
    let audit = cx.remote_spawn(
        "shop@127.0.0.1",
        "audit",
        SpawnOptions::default(),
        args![(pid.clone())],
    );
    if let Err(error) = audit.link().await {
        return println!("no audit: {error}");
    }
    let stock: StockRef = cx.node().at(&pid);
    if let Err(error) = stock.close() {
        println!("not told: {error}");
    }
    while let Some(message) = cx.receive().await {
        if let Message::Down(down) = message
            && down.reference == monitor
        {
            println!("clerk: the stock ended: {}", down.reason);
            break;
        }
    }
}
// ANCHOR_END: ties

// ANCHOR: errors
/// What is told apart when nothing is started.
async fn errors(front: &Node) -> ergo::Result {
    let shop = front.remote("shop@127.0.0.1").await?;
    let stock = |name: &str, left: u32| {
        let options = SpawnOptions::default();
        shop.spawn_register(name, "stock", options, args![(left)])
    };
    let unknown = shop.spawn("nails", SpawnOptions::default(), args![1]);
    for failed in [
        unknown.await,
        stock("bolts", 5).await,
        stock("screws", 5_000).await,
        shop.spawn("stock", SpawnOptions::default(), args!["many"])
            .await,
    ] {
        match failed {
            Ok(pid) => println!("started: {pid}"),
            Err(RemoteSpawnError::Init(reason)) => println!("its init said: {reason}"),
            Err(error) => println!("{error}"),
        }
    }
    Ok(())
}
// ANCHOR_END: errors

async fn try_it(front: &Node) -> ergo::Result {
    let far = front.remote("shop@127.0.0.1").await?;
    let options = SpawnOptions::default();
    match far.spawn("stock", options, args![1]).await {
        Ok(_) => println!("  front may"),
        Err(error) => println!("  {error}"),
    }
    Ok(())
}

// ANCHOR: access
/// Who may is a list, or everybody, or nobody.
async fn access(front: &Node, shop: &Node) -> ergo::Result {
    let now = shop.enable_spawn("stock", Stock::factory());
    println!("{:?}", now.only(["till@127.0.0.1"]).await?);
    try_it(front).await?;
    let now = shop.enable_spawn("stock", Stock::factory());
    println!("{:?}", now.only(["front@127.0.0.1"]).await?);
    try_it(front).await?;
    let both = ["front@127.0.0.1", "till@127.0.0.1"];
    println!("{:?}", shop.disable_spawn("stock").only(both).await?);
    try_it(front).await?;
    println!("{:?}", shop.disable_spawn("stock").await?);
    try_it(front).await?;
    let unknown: Result<_, AccessListError> = shop.disable_spawn("nails").await;
    if let Err(error) = unknown {
        println!("{error}");
    }
    Ok(())
}
// ANCHOR_END: access

/// `spawn('shop@127.0.0.1', s, send_node, [self()])`.
async fn functions(front: &Node, shop: &Node) -> ergo::Result {
    // ANCHOR: function
    let send_node = async |cx: PlainContext, (to,): (Pid,)| {
        let me = cx.node().name().clone();
        cx.send(to, me)
            .map_err(|_| Exception::Exit(term!(not_sent)))
    };
    shop.register_rpc("s", "send_node", send_node).await?;
    // ANCHOR_END: function

    // ANCHOR: spawn_function
    let far = front.remote("shop@127.0.0.1").await?;
    let asking = front.spawn_fn(async move |mut cx| {
        let me = cx.pid();
        if let Err(error) = far.spawn_function("s", "send_node", args![(me)]).await {
            println!("{error}");
        }
        if let Some(Message::Term(node)) = cx.receive().await {
            println!("it runs on {node}");
        }
    })?;
    // ANCHOR_END: spawn_function
    wait(front, &asking).await;
    Ok(())
}

/// Until a process has ended.
async fn wait(node: &Node, pid: &Pid) {
    while node.is_process_alive(pid) {
        tokio::time::sleep(millis(1)).await;
    }
}

/// A port for an EPMD that nobody else uses, so that these nodes meet only each other. None of those that the system gives
/// to connections: one could have it between the look and the use.
fn free_port() -> std::io::Result<u16> {
    let mut ports = 11_500..11_510;
    let free = ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.ok_or(std::io::ErrorKind::AddrInUse.into())
}

#[tokio::main]
async fn main() -> ergo::Result {
    let epmd = free_port()?;
    let shop = shop(epmd).await?;
    let builder = Node::builder("front@127.0.0.1").cookie("secret");
    let front = builder.epmd_port(epmd).start().await?;

    from_the_node(&front).await?;
    let clerk = front.spawn_fn(clerk)?;
    wait(&front, &clerk).await;
    errors(&front).await?;
    access(&front, &shop).await?;
    functions(&front, &shop).await?;
    front.stop().await;
    shop.stop().await;
    println!("the end");
    Ok(())
}
