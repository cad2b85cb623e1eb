//! The daemon: where it listens, what its options do, how it ends.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use ergo::epmd::codec::{AliveName, NodeEntry};
use ergo::epmd::{Client, EpmdError};
use ergo_tests::{PATIENCE, Program, deadline, ports};

/// A daemon and the addresses it said it listens at.
pub(crate) struct Daemon {
    pub(crate) program: Program,
    pub(crate) addresses: Vec<SocketAddr>,
}

/// Starts `ergo epmd` with these arguments and waits until it listens at `count` addresses.
pub(crate) async fn start(arguments: &[&str], count: usize) -> Daemon {
    let arguments = ["epmd"].iter().chain(arguments);
    let program = Program::start("ergo", arguments).unwrap();
    let mut addresses = Vec::new();
    for _ in 0..count {
        let line = program.wait_for("listening at").await.unwrap();
        let (_, address) = line.rsplit_once(' ').unwrap();
        addresses.push(address.parse().unwrap());
    }
    Daemon { program, addresses }
}

/// The end of the daemon: its status, and that its port is free.
async fn ended(daemon: &Daemon) -> Option<i32> {
    let status = daemon.program.wait_exit(PATIENCE).await.unwrap();
    drop(TcpListener::bind(daemon.addresses[0]).expect("its port is free"));
    status.code()
}

#[tokio::test]
async fn sigterm_and_ctrl_c_are_orderly_ends() {
    let daemon = start(&["--port", "0"], 1).await;
    daemon.program.term();
    assert_eq!(ended(&daemon).await, Some(0));

    let daemon = start(&["--port", "0"], 1).await;
    daemon.program.interrupt();
    assert_eq!(ended(&daemon).await, Some(0));
}

#[tokio::test]
async fn registered_nodes_do_not_delay_the_end_and_hear_of_it() {
    let daemon = start(&["--port", "0"], 1).await;
    let client = Client::new(daemon.addresses[0]);
    let entry = NodeEntry::named("shop", 5555).unwrap();
    let mut registration = client.register(&entry).await.unwrap();
    daemon.program.term();
    deadline(PATIENCE, registration.lost()).await;
    assert_eq!(ended(&daemon).await, Some(0));
}

#[tokio::test]
async fn it_listens_on_loopback_alone_unless_told_otherwise() {
    let port = ports::free().to_string();
    let daemon = start(&["--port", &port], 1).await;
    let loopback: SocketAddr = format!("127.0.0.1:{port}").parse().unwrap();
    assert_eq!(daemon.addresses, [loopback]);
    let elsewhere: SocketAddr = format!("127.0.0.2:{port}").parse().unwrap();
    assert!(TcpStream::connect(elsewhere).is_err());
    drop(daemon);

    let daemon = start(&["--port", &port, "--address", "127.0.0.2"], 2).await;
    assert_eq!(daemon.addresses, [loopback, elsewhere]);
    for address in [loopback, elsewhere] {
        let listing = Client::new(address).names().await.unwrap();
        assert_eq!(listing.epmd_port, u32::from(address.port()));
    }
}

#[tokio::test]
async fn the_variables_of_otp_count_where_no_option_is_given() {
    let port = ports::free().to_string();
    let mut command = Program::command("ergo").unwrap();
    command.arg("epmd").env("ERL_EPMD_PORT", &port);
    command.env("ERL_EPMD_ADDRESS", "127.0.0.3");
    command.env("ERL_EPMD_RELAXED_COMMAND_CHECK", "");
    let program = Program::start_command("ergo epmd", command).unwrap();
    program
        .wait_for(&format!("listening at 127.0.0.1:{port}"))
        .await
        .unwrap();
    program
        .wait_for(&format!("listening at 127.0.0.3:{port}"))
        .await
        .unwrap();
    let address = format!("127.0.0.1:{port}").parse().unwrap();
    let nobody = AliveName::new("nobody").unwrap();
    let stopped = Client::new(address).stop(&nobody).await;
    assert!(stopped.is_ok(), "the relaxed check: {stopped:?}");
}

/// What is left to read of a connection, which the daemon has to close.
async fn read_to_end(mut stream: TcpStream) -> Vec<u8> {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let reading = tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        // A reset is an end as well.
        let end = stream.read_to_end(&mut bytes);
        assert!(!end.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock));
        bytes
    });
    reading.await.unwrap()
}

#[tokio::test]
async fn its_limits_are_options() {
    let options = [
        "--port",
        "0",
        "--packet-timeout",
        "1",
        "--request-bytes-max",
        "20",
    ];
    let daemon = start(&options, 1).await;
    let address = daemon.addresses[0];
    let silent = TcpStream::connect(address).unwrap();
    assert_eq!(read_to_end(silent).await, b"");

    let mut fits = TcpStream::connect(address).unwrap();
    fits.write_all(b"\0\x14znnnnnnnnnnnnnnnnnnn").unwrap();
    assert_eq!(read_to_end(fits).await, b"w\x01");
    let mut too_long = TcpStream::connect(address).unwrap();
    too_long.write_all(b"\0\x15").unwrap();
    assert_eq!(read_to_end(too_long).await, b"");

    let daemon = start(&["--port", "0", "--clients-max", "1"], 1).await;
    let address = daemon.addresses[0];
    let first = TcpStream::connect(address).unwrap();
    let second = TcpStream::connect(address).unwrap();
    assert_eq!(read_to_end(first).await, b"", "it gave way to the second");
    second.set_nonblocking(true).unwrap();
    let kind = (&second).read(&mut [0]).unwrap_err().kind();
    assert_eq!(kind, std::io::ErrorKind::WouldBlock, "still open");
}

#[tokio::test]
async fn killed_while_a_node_is_registered_it_says_no() {
    let daemon = start(&["--port", "0"], 1).await;
    let client = Client::new(daemon.addresses[0]);
    let entry = NodeEntry::named("shop", 5555).unwrap();
    let registration = client.register(&entry).await.unwrap();
    let twice = client.register(&entry).await;
    assert!(
        matches!(twice, Err(EpmdError::NameTaken { .. })),
        "{twice:?}"
    );
    let killed = client.kill().await.unwrap();
    assert_eq!(killed, ergo::epmd::codec::KillResponse::NodesRegistered);
    assert!(daemon.program.status().is_none());
    drop(registration);
}
