//! The task of one listening socket.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Duration, sleep};

use crate::epmd::EpmdError;
use crate::epmd::server::connection::{Connection, Surroundings};

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 1024;
/// The first and the longest pause after the operating system could not accept.
const PAUSE_MIN: Duration = Duration::from_millis(10);
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// Listens at `address`. An address in use by another server is refused; one whose last server's
/// connections are still fading is not.
pub(super) fn listen(address: SocketAddr) -> Result<TcpListener, EpmdError> {
    let try_listen = || {
        let socket = if address.is_ipv4() {
            TcpSocket::new_v4()?
        } else {
            TcpSocket::new_v6()?
        };
        // On Windows this option would let two servers share the port.
        #[cfg(unix)]
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    try_listen().map_err(|error: io::Error| EpmdError::Listen {
        address,
        kind: error.kind(),
    })
}

/// Accepts connections and owns their tasks until `shutdown` turns true.
pub(super) async fn serve(
    listener: TcpListener,
    surroundings: Surroundings,
    mut shutdown: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    tokio::select! {
        () = accept(&listener, &surroundings, &mut connections) => {}
        () = until_true(&mut shutdown) => {}
    }
    drop(listener);
    surroundings.shared.close();
    connections.shutdown().await;
}

/// Listens at `address` and serves there, now if that is possible and else as soon as nobody else does. `None` when this
/// host has no such address.
pub(super) fn serve_also(
    address: SocketAddr,
    surroundings: Surroundings,
    shutdown: watch::Receiver<bool>,
) -> Option<impl Future<Output = ()> + Send> {
    let first = listen(address);
    match &first {
        Err(error) if !is_in_use(error) => {
            tracing::debug!(%error, "EPMD does without an address");
            return None;
        }
        _ => {}
    }
    Some(async move {
        let mut stopped = shutdown.clone();
        let mut listening = first;
        let listener = loop {
            match listening {
                Ok(listener) => break listener,
                Err(error) if !is_in_use(&error) => return,
                Err(_) => {}
            }
            tokio::select! {
                () = until_true(&mut stopped) => return,
                () = sleep(PAUSE_MAX) => listening = listen(address),
            }
        };
        serve(listener, surroundings, shutdown).await;
    })
}

fn is_in_use(error: &EpmdError) -> bool {
    matches!(error, EpmdError::Listen { kind, .. } if *kind == io::ErrorKind::AddrInUse)
}

/// Accepts for ever. When the operating system cannot, for want of descriptors most likely, one
/// idle connection makes room and the next attempt waits; registered nodes notice nothing.
async fn accept(
    listener: &TcpListener,
    surroundings: &Surroundings,
    connections: &mut JoinSet<()>,
) {
    let mut pause = PAUSE_MIN;
    loop {
        let accepted = tokio::select! {
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                pause = PAUSE_MIN;
                connections.spawn(Connection::admit(stream, surroundings.clone()).run());
            }
            Err(error) if is_about_the_peer(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "EPMD cannot accept a connection");
                surroundings.shared.drop_idlest();
                sleep(pause).await;
                pause = PAUSE_MAX.min(pause * 2);
            }
        }
    }
}

async fn until_true(flag: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone, which ends the server as well.
    let _ = flag.wait_for(|value| *value).await;
}

/// The peer gave up before it was accepted: nothing is wrong on this side.
fn is_about_the_peer(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted, WouldBlock};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionReset | Interrupted | WouldBlock
    )
}
