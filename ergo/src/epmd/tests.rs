//! The server, the client and the membership over loopback sockets.

mod client;
mod membership;
mod server;

use std::future::Future;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::epmd::codec::{AliveName, NodeEntry};
use crate::epmd::{Client, Server, ServerOptions};

/// How long anything may take that should happen at once.
const SOON: Duration = Duration::from_secs(10);

async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(SOON, future).await {
        Ok(value) => value,
        Err(_) => panic!("not within {SOON:?}: {what}"),
    }
}

/// Asks again until the answer is yes.
async fn until<F: Future<Output = bool>>(what: &str, mut condition: impl FnMut() -> F) {
    let asking = async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    soon(what, asking).await;
}

/// A loopback address whose port no connection is given by chance: it lies below the ephemeral ones.
fn free_address() -> SocketAddr {
    loop {
        let port = 10_000 + u16::try_from(getrandom::u32().unwrap() % 20_000).unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        // Listening instead would hold the port for a moment, in a process being started even longer.
        let connected = TcpStream::connect(address);
        if connected.is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused) {
            return address;
        }
    }
}

fn name(text: &str) -> AliveName {
    AliveName::new(text).unwrap()
}

fn entry(text: &str) -> NodeEntry {
    NodeEntry::new(name(text), 5555)
}

fn options() -> ServerOptions {
    ServerOptions::at(SocketAddr::from(([127, 0, 0, 1], 0)))
}

fn start(options: ServerOptions) -> (Server, Client) {
    let server = Server::bind(options).unwrap();
    let client = Client::new(server.address());
    (server, client)
}

async fn is_registered(client: &Client, text: &str) -> bool {
    let found = client.port_please(&name(text)).await;
    found.is_ok_and(|entry| entry.is_some())
}
