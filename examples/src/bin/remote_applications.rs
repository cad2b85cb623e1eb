//! An application of one node that another one starts.
//!
//! ```text
//! cargo run -p ergo-examples --bin remote_applications
//! ```

use std::net::TcpListener;

use ergo::prelude::*;
use ergo::{Application, RemoteApplicationError, StartType};

// ANCHOR: application
/// Says what it was started with.
#[derive(Actor)]
#[actor(name = "till")]
struct Till;

#[ergo::server]
impl Till {
    fn init() -> Result<Self, ExitReason> {
        Ok(Till)
    }

    #[call]
    fn tell(&self, cx: &Context<Self>) -> String {
        let application = cx.application();
        let application = application.as_ref().map_or("nobody", Atom::as_str);
        let currency = cx.env::<String>("currency").unwrap_or_default();
        let region = cx.env::<String>("region").unwrap_or_default();
        format!("{application} takes {currency} in the {region}")
    }
}

fn sales() -> Application {
    Application::new("sales")
        .depends_on(["prices"])
        .env("currency", "EUR")
        .env("region", "south")
        .top(Supervisor::one_for_one().child(Till::spec(())))
}

fn prices() -> Application {
    Application::new("prices").top(Supervisor::one_for_one())
}
// ANCHOR_END: application

// ANCHOR: errors
async fn errors(front: &Node) -> ergo::Result {
    let shop = front.remote("shop@127.0.0.1").await?;
    for name in ["sales", "backup", "prices"] {
        match shop.start_application(name).await {
            Ok(()) => println!("{name} has started"),
            Err(error @ RemoteApplicationError::NotAllowed { .. }) => println!("no: {error}"),
            Err(error) => println!("{error}"),
        }
    }
    Ok(())
}
// ANCHOR_END: errors

/// A port for an EPMD that nobody else uses, so that these nodes meet only each other. None of those that the system gives
/// to connections: one could have it between the look and the use.
fn free_port() -> std::io::Result<u16> {
    let mut ports = 11_520..11_530;
    let free = ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.ok_or(std::io::ErrorKind::AddrInUse.into())
}

#[tokio::main]
async fn main() -> ergo::Result {
    let epmd = free_port()?;
    let node = |name: &str| Node::builder(name).cookie("secret").epmd_port(epmd);
    let shop = node("shop@127.0.0.1").start().await?;
    let front = node("front@127.0.0.1").start().await?;

    // ANCHOR: enable
    shop.load_application(sales()).await?;
    shop.load_application(prices()).await?;
    shop.enable_application_start("sales").await?;
    let prices = shop.enable_application_start("prices");
    prices.only(["office@127.0.0.1"]).await?;
    // ANCHOR_END: enable
    errors(&front).await?;

    // ANCHOR: start
    let prices = shop.enable_application_start("prices");
    prices.only(["front@127.0.0.1"]).await?;
    let far = front.remote("shop@127.0.0.1").await?;
    far.start_application("prices").await?;
    far.start_application("sales")
        .mode(StartType::Transient)
        .env("region", "north")
        .await?;
    let till: TillRef = front.at(("till", "shop@127.0.0.1"));
    println!("{}", till.tell().await?);
    // ANCHOR_END: start
    if let Err(error) = far.start_application("sales").await {
        println!("{error}");
    }
    front.stop().await;
    shop.stop().await;
    println!("the end");
    Ok(())
}
