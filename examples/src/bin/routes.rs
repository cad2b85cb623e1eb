//! Nodes that find each other without EPMD, a second door with another cookie, and a node that only dials.
//!
//! ```text
//! cargo run -p ergo-examples --bin routes
//! ```

use std::net::{SocketAddr, TcpListener};

use ergo::ConnectError;
use ergo::node::{AcceptorOptions, Route, StaticRegistrar};
use ergo::prelude::*;

/// Addresses that nobody listens at. None of those that the system gives to connections: one could have it between the look
/// and the use.
fn free_addresses() -> std::io::Result<[SocketAddr; 2]> {
    let addresses = (11_390..11_400).map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
    let mut free = addresses.filter(|address| TcpListener::bind(address).is_ok());
    let taken = || std::io::Error::from(std::io::ErrorKind::AddrInUse);
    Ok([
        free.next().ok_or_else(taken)?,
        free.next().ok_or_else(taken)?,
    ])
}

/// Two nodes that know each other from a table: there is no EPMD.
async fn without_epmd(addresses: [SocketAddr; 2]) -> ergo::Result<(Node, Node)> {
    // ANCHOR: static
    let table = StaticRegistrar::new()
        .node("shop@127.0.0.1", addresses[0])
        .node("stock@127.0.0.1", addresses[1]);
    // A second door, for nodes that must not know the secret of the cluster.
    let guests = AcceptorOptions::new()
        .ports(11_400..=11_499)
        .cookie("for guests");
    let shop = Node::builder("shop@127.0.0.1")
        .cookie("secret")
        .listen(addresses[0].port())
        .registrar(table.clone())
        .acceptor(guests)
        .start()
        .await?;
    // ANCHOR_END: static
    let stock = Node::builder("stock@127.0.0.1")
        .cookie("secret")
        .listen(addresses[1].port())
        .registrar(table)
        .start()
        .await?;
    println!("shop listens at {} places", shop.addresses().len());
    println!("stock reaches shop: {}", stock.ping("shop@127.0.0.1").await);
    Ok((shop, stock))
}

#[tokio::main]
async fn main() -> ergo::Result {
    let (shop, stock) = without_epmd(free_addresses()?).await?;

    // ANCHOR: route
    // It listens nowhere and asks nobody: one route is all it has.
    let second_door = shop.addresses()[1].to_string();
    let guest = Node::builder("guest@127.0.0.1")
        .cookie("for guests")
        .dist_listen(false)
        .registrar(StaticRegistrar::new())
        .route("shop@127.0.0.1", Route::to(second_door))
        .start()
        .await?;
    println!("guest reaches shop: {}", guest.ping("shop@127.0.0.1").await);
    // ANCHOR_END: route

    // ANCHOR: change
    match guest.connect("stock@127.0.0.1").await {
        Err(error @ ConnectError::Registrar { .. }) => println!("{error}"),
        other => println!("not expected: {other:?}"),
    }
    let route = Route::to(stock.addresses()[0].to_string()).cookie("secret");
    guest.add_route("stock@127.0.0.1", route)?;
    println!(
        "guest reaches stock: {}",
        guest.ping("stock@127.0.0.1").await
    );
    // ANCHOR_END: change

    for node in [guest, stock, shop] {
        node.stop().await;
    }
    println!("the end");
    Ok(())
}
