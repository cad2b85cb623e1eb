//! The client against servers that are none.

use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use super::*;
use crate::epmd::EpmdError;
use crate::epmd::codec::ResponseError;

/// A server that gives one answer to whatever comes, and closes.
async fn answering(answer: &'static [u8]) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::new(listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.readable().await.unwrap();
        let _ = stream.try_read(&mut [0; 64]);
        stream.write_all(answer).await.unwrap();
    });
    client
}

#[tokio::test]
async fn nobody_there() {
    let address = free_address();
    let client = Client::new(address);
    let refused = EpmdError::Refused { address };
    assert_eq!(client.names().await, Err(refused.clone()));
    assert_eq!(client.register(&entry("foo")).await.unwrap_err(), refused);
    assert_eq!(
        refused.to_string(),
        format!("no EPMD at {address}: connection refused")
    );
}

#[tokio::test]
async fn no_answer_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let timeout = Duration::from_millis(50);
    let client = Client::new(address).timeout(timeout);
    let expired = EpmdError::Timeout { address, timeout };
    assert_eq!(client.port_please(&name("foo")).await, Err(expired.clone()));
    assert_eq!(client.kill().await, Err(expired));
}

#[tokio::test]
async fn no_epmd_at_all() {
    let client = answering(b"SSH-2.0-OpenSSH_9\r\n").await;
    let malformed = EpmdError::Malformed {
        address: client.address(),
        source: ResponseError::UnknownTag { tag: b'S' },
    };
    assert_eq!(client.port_please(&name("foo")).await, Err(malformed));
}

#[tokio::test]
async fn closed_inside_the_answer() {
    let client = answering(b"w\0\x15").await;
    let malformed = EpmdError::Malformed {
        address: client.address(),
        source: ResponseError::Incomplete { bytes: 3 },
    };
    assert_eq!(client.port_please(&name("foo")).await, Err(malformed));
}

#[tokio::test]
async fn refused_because_the_name_is_taken() {
    let (_server, client) = start(options());
    let _first = client.register(&entry("foo")).await.unwrap();
    let error = client.register(&entry("foo")).await.unwrap_err();
    let address = client.address();
    assert_eq!(
        error.to_string(),
        format!("the node name foo is taken at EPMD {address} by a node at port 5555")
    );
}

#[tokio::test]
async fn extra_data_beyond_what_can_be_sent() {
    let (_server, client) = start(options());
    let error = client.register(&entry("foo").extra(vec![0; 70_000])).await;
    assert!(matches!(error, Err(EpmdError::TooLong(_))), "{error:?}");
}

#[tokio::test]
async fn an_unspecified_address_means_loopback() {
    let client = Client::new(SocketAddr::from(([0, 0, 0, 0], 4369)));
    assert_eq!(client.address().to_string(), "127.0.0.1:4369");
    let client = Client::new("[::]:4369".parse().unwrap());
    assert_eq!(client.address().to_string(), "[::1]:4369");
}
