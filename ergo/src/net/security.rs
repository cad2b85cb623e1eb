//! What protects a connection.

use std::time::Duration;

use crate::net::{HandshakeFailure, Stream};
#[cfg(feature = "tls")]
use crate::net::{TlsError, TlsOptions};

/// What is between a socket and the distribution: nothing, or TLS.
#[derive(Clone, Debug, Default)]
pub(crate) enum Security {
    /// Nothing.
    #[default]
    Plain,
    /// TLS.
    #[cfg(feature = "tls")]
    Tls(TlsOptions),
}

impl Security {
    /// Whether what goes over the connection is encrypted.
    pub(crate) fn is_tls(&self) -> bool {
        !matches!(self, Security::Plain)
    }

    /// Secures a stream that this node has opened to `host`.
    pub(crate) async fn connect(
        &self,
        stream: Stream,
        host: &str,
        timeout: Duration,
    ) -> Result<Stream, HandshakeFailure> {
        match self {
            Security::Plain => {
                let _ = (host, timeout);
                Ok(stream)
            }
            #[cfg(feature = "tls")]
            Security::Tls(options) => within(timeout, options.connect(stream, host)).await,
        }
    }

    /// Secures a stream that a peer has opened.
    pub(crate) async fn accept(
        &self,
        stream: Stream,
        timeout: Duration,
    ) -> Result<Stream, HandshakeFailure> {
        match self {
            Security::Plain => {
                let _ = timeout;
                Ok(stream)
            }
            #[cfg(feature = "tls")]
            Security::Tls(options) => within(timeout, options.accept(stream)).await,
        }
    }
}

#[cfg(feature = "tls")]
async fn within(
    timeout: Duration,
    securing: impl Future<Output = Result<Stream, TlsError>>,
) -> Result<Stream, HandshakeFailure> {
    let secured = tokio::time::timeout(timeout, securing).await;
    Ok(secured.unwrap_or(Err(TlsError::Timeout { timeout }))?)
}
