//! A way between two nodes that can turn into a hole.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// Passes bytes on while it is open. When it is not, it takes none and says nothing, as when packets are dropped.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    is_open: watch::Sender<bool>,
    accepting: AbortHandle,
}

impl Proxy {
    /// Before a port of 127.0.0.1.
    pub(crate) async fn before(port: u16) -> Proxy {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let own = listener.local_addr().unwrap().port();
        let (is_open, gate) = watch::channel(true);
        let accepting = tokio::spawn(async move {
            let target = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            while let Ok((near, _)) = listener.accept().await {
                if let Ok(far) = TcpStream::connect(target).await {
                    let (near, far) = (tokio::io::split(near), tokio::io::split(far));
                    tokio::spawn(pass_on(near.0, far.1, gate.clone()));
                    tokio::spawn(pass_on(far.0, near.1, gate.clone()));
                }
            }
        });
        Proxy {
            port: own,
            is_open,
            accepting: accepting.abort_handle(),
        }
    }

    pub(crate) fn open(&self, on: bool) {
        self.is_open.send_replace(on);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Ends with either stream, or with the proxy.
async fn pass_on(
    mut from: ReadHalf<TcpStream>,
    mut to: WriteHalf<TcpStream>,
    mut gate: watch::Receiver<bool>,
) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        if gate.wait_for(|is_open| *is_open).await.is_err() {
            return;
        }
        let read = match from.read(&mut buffer).await {
            Ok(read) if read > 0 => read,
            _ => break,
        };
        if gate.wait_for(|is_open| *is_open).await.is_err() {
            return;
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
    // The other end has heard all of it.
    let _ = to.shutdown().await;
}
