//! The embedded server.

use std::collections::VecDeque;
use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::epmd::EpmdError;
use crate::epmd::codec::{KillResponse, Request, StopResponse};

async fn connect(client: &Client) -> TcpStream {
    TcpStream::connect(client.address()).await.unwrap()
}

/// Everything until the server closes.
async fn read_to_end(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = soon("the server closes", stream.read_to_end(&mut bytes)).await;
    bytes
}

#[tokio::test]
async fn a_registration_lives_as_long_as_its_socket() {
    let (_server, client) = start(options());
    let node = entry("foo").extra(*b"extra");
    let registration = client.register(&node).await.unwrap();
    assert_eq!(client.port_please(&node.name).await, Ok(Some(node)));
    drop(registration);
    until("unregistered", async || {
        !is_registered(&client, "foo").await
    })
    .await;
    let dump = client.dump().await.unwrap();
    assert_eq!(dump.lines.len(), 1);
    assert!(!dump.lines[0].active);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_name_is_free_again_as_soon_as_its_socket_is_closed() {
    let (_server, client) = start(options());
    let mut creation = 0;
    for round in 0..300 {
        let registration = client.register(&entry("foo")).await;
        let registration = registration.unwrap_or_else(|error| panic!("round {round}: {error}"));
        assert_ne!(registration.creation(), creation);
        creation = registration.creation();
    }
}

#[tokio::test]
async fn local_registrations_and_sockets_share_the_names() {
    let (server, client) = start(options());
    let mut local = server.register(entry("foo")).unwrap();
    assert!(is_registered(&client, "foo").await);
    let taken = EpmdError::NameTaken {
        name: name("foo"),
        address: client.address(),
        holder_port: Some(5555),
    };
    assert_eq!(server.register(entry("foo")).unwrap_err(), taken);
    assert_eq!(client.register(&entry("foo")).await.unwrap_err(), taken);
    let _bar = client.register(&entry("bar")).await.unwrap();
    let names: Vec<_> = server.names().into_iter().map(|line| line.name).collect();
    assert_eq!(names, ["bar", "foo"]);
    server.stop().await;
    soon("the local registration is lost", local.lost()).await;
    soon("again", local.lost()).await;
}

#[tokio::test]
async fn a_flood_of_connections_does_not_disturb_a_registration() {
    let (_server, client) = start(options());
    let mut registration = client.register(&entry("foo")).await.unwrap();
    let mut flood = VecDeque::new();
    for _ in 0..1_000 {
        let mut stream = connect(&client).await;
        // Some are reset by the server while they write: they were dropped for newer ones.
        let _ = stream.write_all(&[0]).await;
        flood.push_back(stream);
        if flood.len() > 400 {
            // No more of them than this process may have open, and more than the server keeps.
            let mut oldest = flood.pop_front().unwrap();
            assert_eq!(read_to_end(&mut oldest).await, b"");
        }
    }
    assert!(is_registered(&client, "foo").await);
    let _bar = client.register(&entry("bar")).await.unwrap();
    tokio::select! {
        biased;
        () = registration.lost() => panic!("the registration was dropped"),
        () = tokio::task::yield_now() => {}
    }
    assert!(is_registered(&client, "foo").await);
}

#[tokio::test]
async fn the_connection_silent_for_longest_is_dropped_for_a_new_one() {
    let mut options = options();
    options.limits.epmd_clients_max = 2;
    let (_server, client) = start(options);
    let mut first = connect(&client).await;
    let mut second = connect(&client).await;
    let mut third = connect(&client).await;
    assert_eq!(read_to_end(&mut first).await, b"");
    let names = Request::Names.encode().unwrap();
    for stream in [&mut second, &mut third] {
        stream.write_all(&names).await.unwrap();
        assert_eq!(read_to_end(stream).await.len(), 4);
    }
}

#[tokio::test]
async fn silent_connections_are_closed_and_registrations_are_not() {
    let mut options = options();
    options.limits.epmd_idle_timeout = Duration::from_millis(50);
    let (_server, client) = start(options);
    let mut registration = client.register(&entry("foo")).await.unwrap();
    let mut refused = connect(&client).await;
    let packet = Request::Alive(entry("foo")).encode().unwrap();
    refused.write_all(&packet).await.unwrap();
    let mut partial = connect(&client).await;
    partial.write_all(&[0, 4, b'z']).await.unwrap();
    assert_eq!(read_to_end(&mut partial).await, b"");
    assert_eq!(read_to_end(&mut refused).await, [0x76, 1, 0, 0, 0, 99]);
    let lost = tokio::time::timeout(Duration::from_millis(200), registration.lost());
    assert!(lost.await.is_err(), "a registration may be silent");
}

#[tokio::test]
async fn requests_up_to_the_limit_are_answered() {
    let mut options = options();
    options.limits.epmd_request_bytes_max = 20;
    let (_server, client) = start(options);
    let fits = name(&"a".repeat(19));
    assert_eq!(client.port_please(&fits).await, Ok(None));
    let too_long = name(&"a".repeat(20));
    let closed = client.port_please(&too_long).await;
    assert!(
        matches!(closed, Err(EpmdError::Malformed { .. })),
        "{closed:?}"
    );
}

#[tokio::test]
async fn kill_ends_a_server_without_nodes() {
    let (server, client) = start(options());
    let registration = client.register(&entry("foo")).await.unwrap();
    assert_eq!(client.kill().await, Ok(KillResponse::NodesRegistered));
    drop(registration);
    until("unregistered", async || {
        !is_registered(&client, "foo").await
    })
    .await;
    assert_eq!(client.kill().await, Ok(KillResponse::Killed));
    soon("the handle hears of it", server.killed()).await;
    let address = client.address();
    let refused = Err(EpmdError::Refused { address });
    until("the port is closed", async || {
        client.names().await == refused
    })
    .await;
    assert_eq!(
        server.register(entry("foo")).unwrap_err(),
        EpmdError::Stopped
    );
}

#[tokio::test]
async fn stop_unregisters_when_the_checks_are_relaxed() {
    let mut options = options();
    options.relaxed_command_check = true;
    let (server, client) = start(options);
    let mut registration = client.register(&entry("foo")).await.unwrap();
    let mut local = server.register(entry("bar")).unwrap();
    for text in ["foo", "bar"] {
        assert_eq!(client.stop(&name(text)).await, Ok(StopResponse::Stopped));
        assert_eq!(client.stop(&name(text)).await, Ok(StopResponse::NoSuchNode));
    }
    soon("the connection is closed", registration.lost()).await;
    soon("the local one as well", local.lost()).await;
}

#[tokio::test]
async fn a_byte_after_the_answer_ends_a_registration() {
    let (_server, client) = start(options());
    let mut stream = connect(&client).await;
    let packet = Request::Alive(entry("foo")).encode().unwrap();
    stream.write_all(&packet).await.unwrap();
    let mut answer = [0; 6];
    stream.read_exact(&mut answer).await.unwrap();
    assert!(is_registered(&client, "foo").await);
    stream.write_all(&[0]).await.unwrap();
    assert_eq!(read_to_end(&mut stream).await, b"");
    until("unregistered", async || {
        !is_registered(&client, "foo").await
    })
    .await;
}

#[tokio::test]
async fn one_server_to_an_address_and_another_after_it() {
    let (server, client) = start(options());
    let address = client.address();
    let error = Server::bind(ServerOptions::at(address)).unwrap_err();
    let kind = io::ErrorKind::AddrInUse;
    assert_eq!(error, EpmdError::Listen { address, kind });
    let mut registration = client.register(&entry("foo")).await.unwrap();
    server.stop().await;
    soon("registrations end with it", registration.lost()).await;
    let again = Server::bind(ServerOptions::at(address)).unwrap();
    assert!(again.names().is_empty());
}

#[tokio::test]
async fn several_addresses_share_the_names() {
    let mut options = options();
    let second = SocketAddr::from(([127, 0, 0, 2], 0));
    options.addresses.push(second);
    let (server, client) = start(options);
    let _registration = client.register(&entry("foo")).await.unwrap();
    let other = Client::new(server.addresses()[1]);
    assert!(is_registered(&other, "foo").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_server_closes_its_port() {
    let (server, client) = start(options());
    let mut registration = client.register(&entry("foo")).await.unwrap();
    drop(server);
    soon("registrations end", registration.lost()).await;
    let address = client.address();
    let refused = Err(EpmdError::Refused { address });
    until("the port is closed", async || {
        client.names().await == refused
    })
    .await;
}

#[tokio::test]
async fn a_thousand_connections_leave_nothing_behind() {
    let (server, client) = start(options());
    for _ in 0..1_000 {
        client.names().await.unwrap();
    }
    let registration = client.register(&entry("foo")).await.unwrap();
    drop(registration);
    until("every slot is free", async || server.shared_is_empty()).await;
}
