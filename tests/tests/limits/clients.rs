//! Limits of the embedded EPMD.

use std::time::Duration;

use ergo::epmd::codec::{NodeEntry, RequestReader};
use ergo::epmd::{Client, Server, ServerOptions};
use ergo_tests::{PATIENCE, deadline};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

use crate::table::{Above, Seen};

pub(crate) fn request_bytes() -> Seen {
    let read = |len: u16| {
        let mut reader = RequestReader::new(100);
        let mut bytes = len.to_be_bytes().to_vec();
        bytes.push(b'z');
        bytes.resize(usize::from(len) + 2, b'n');
        let request = reader.handle_input(&bytes);
        request.map_err(|error| error.to_string())
    };
    let at_the_limit = match read(100) {
        Ok(Some(_)) => Ok(()),
        other => Err(format!("{other:?}")),
    };
    Seen {
        at_the_limit,
        above: Above::of(read(101), &[100, 101]),
    }
}

fn server(change: impl FnOnce(&mut ServerOptions)) -> Server {
    let mut options = ServerOptions::at(([127, 0, 0, 1], 0).into());
    change(&mut options);
    Server::bind(options).unwrap()
}

async fn closed(stream: &mut TcpStream) {
    let read = deadline(PATIENCE, stream.read(&mut [0])).await;
    assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
}

/// A registered node may be silent for longer than a client.
pub(crate) fn idle() -> Seen {
    Runtime::new().unwrap().block_on(async {
        let server = server(|options| {
            options.limits.epmd_idle_timeout = Duration::from_secs(1);
        });
        let client = Client::new(server.address());
        let entry = NodeEntry::named("node", 1).unwrap();
        let _registration = client.register(&entry).await.unwrap();
        let mut silent = TcpStream::connect(server.address()).await.unwrap();
        closed(&mut silent).await;
        let found = client.port_please(&entry.name).await.unwrap();
        Seen {
            at_the_limit: found.map(drop).ok_or("the node was dropped".to_owned()),
            above: Above::Counted(server.refusals().epmd_idle_timeout),
        }
    })
}

pub(crate) fn number() -> Seen {
    Runtime::new().unwrap().block_on(async {
        let server = server(|options| options.limits.epmd_clients_max = 2);
        let mut first = TcpStream::connect(server.address()).await.unwrap();
        // Each is answered, so it has been let in, and stays open after a refusal.
        let mut clients = Vec::new();
        for _ in 0..2 {
            clients.push(TcpStream::connect(server.address()).await.unwrap());
        }
        closed(&mut first).await;
        let refusals = server.refusals();
        let open = clients.iter().all(|client| {
            let read = client.try_read(&mut [0]);
            matches!(read, Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
        });
        Seen {
            at_the_limit: if open {
                Ok(())
            } else {
                Err("another one was closed".to_owned())
            },
            above: Above::Counted(refusals.epmd_clients),
        }
    })
}
