//! What a process on another node has from the one that started it there: always some, the environment where that was
//! opted for.
//!
//! ```text
//! cargo run -p ergo-examples --bin remote_environment
//! ```

use std::net::TcpListener;

use ergo::prelude::*;

// ANCHOR: child
/// A value of the environment like any other that can be encoded.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
struct Region {
    name: String,
    zone: u8,
}

/// Tells what it has.
#[derive(Actor)]
struct Child;

#[ergo::server]
impl Child {
    fn init() -> Result<Self, ExitReason> {
        Ok(Child)
    }

    #[call]
    fn tell(&self, cx: &Context<Self>) -> Vec<String> {
        let of_its_node = cx.env::<String>("disk");
        vec![
            format!("language {:?}", cx.env::<String>("language")),
            format!("region {:?}", cx.env::<Region>("region")),
            format!("retries {:?}", cx.env::<u32>("retries")),
            format!("disk {of_its_node:?}"),
            format!("log level {}", cx.log_level()),
            format!("parent on {:?}", cx.spawner().map(|pid| pid.node().clone())),
        ]
    }
}
// ANCHOR_END: child

// ANCHOR: parent
/// Starts a child on the node `shop`, with one value in its options, and says what it has.
async fn parent(cx: PlainContext) {
    cx.set_env(
        "region",
        Region {
            name: "north".into(),
            zone: 3,
        },
    );
    let options = || SpawnOptions::default().env("retries", 5);
    let spawn = cx.remote_spawn("shop@127.0.0.1", "child", options(), args![]);
    match spawn.await {
        Ok(pid) => tell(&cx.node().at(&pid)).await,
        Err(error) => println!("{error}"),
    }

    // What cannot leave the node is an error that names it, before anything is sent.
    cx.set_env_local("socket", std::sync::Arc::new(std::sync::Mutex::new(1)));
    let spawn = cx.remote_spawn("shop@127.0.0.1", "child", options(), args![]);
    match spawn.await {
        Ok(_) => println!("the socket stayed here, as all that is not in the options"),
        Err(error) => println!("{error}"),
    }
    let without = options().without_env("socket");
    let spawn = cx.remote_spawn("shop@127.0.0.1", "child", without, args![]);
    match spawn.await {
        Ok(_) => println!("started without it"),
        Err(error) => println!("{error}"),
    }
}
// ANCHOR_END: parent

async fn tell(child: &ChildRef) {
    match child.tell().await {
        Ok(lines) => lines.iter().for_each(|line| println!("  {line}")),
        Err(error) => println!("{error}"),
    }
}

/// A port for an EPMD that nobody else uses, so that these nodes meet only each other. None of those that the system gives
/// to connections: one could have it between the look and the use.
fn free_port() -> std::io::Result<u16> {
    let mut ports = 11_510..11_520;
    let free = ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.ok_or(std::io::ErrorKind::AddrInUse.into())
}

#[tokio::main]
async fn main() -> ergo::Result {
    let epmd = free_port()?;
    let node = |name: &str| Node::builder(name).cookie("secret").epmd_port(epmd);

    // ANCHOR: nodes
    let shop = node("shop@127.0.0.1").env("disk", "/dev/sdb");
    let shop = shop.start().await?;
    shop.enable_spawn("child", Child::factory()).await?;

    let plain = node("plain@127.0.0.1").env("language", "de");
    let open = node("open@127.0.0.1").env("language", "de");
    let plain = plain.start().await?;
    let open = open.expose_env_remote_spawn(true).start().await?;
    // ANCHOR_END: nodes

    for front in [plain, open] {
        println!("from {}", front.name());
        // ANCHOR: run
        let options = SpawnOptions::default().log_level(tracing::level_filters::LevelFilter::WARN);
        let parent = front.spawn_fn_with(options, parent)?;
        // ANCHOR_END: run
        while front.is_process_alive(&parent) {
            tokio::time::sleep(millis(1)).await;
        }
        front.stop().await;
    }
    shop.stop().await;
    println!("the end");
    Ok(())
}
