//! What a node needs for TLS.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::{TlsAcceptor, TlsConnector, TlsStream};

use super::TlsError;
use super::trust::Trust;
use crate::net::Stream;

/// The certificates of a node and whom it believes: what `-ssl_dist_optfile` says to `erl`.
///
/// Each node shows its certificate, and by default demands one from the other: signed by one of the authorities given
/// here, and, of a node that is dialled, for the host in its name. TLS 1.2 and 1.3 are spoken. The cookie is checked
/// besides, inside of TLS.
///
/// Clones share the certificates: [`TlsOptions::reload`] and [`TlsOptions::replace`] count for all of them, from the
/// next connection on.
#[derive(Clone)]
pub struct TlsOptions {
    shared: Arc<Shared>,
    verify_peer: bool,
    server_name: Option<String>,
}

struct Shared {
    /// Where the certificates are from, if that was files.
    files: Option<Files>,
    trust: RwLock<Arc<Trust>>,
}

struct Files {
    certificate: PathBuf,
    key: PathBuf,
    ca: PathBuf,
}

impl Files {
    fn read(&self) -> Result<Trust, TlsError> {
        let read = |path: &Path| std::fs::read(path).map_err(|error| TlsError::read(path, &error));
        Trust::read(
            &read(&self.certificate)?,
            &read(&self.key)?,
            &read(&self.ca)?,
        )
    }
}

impl TlsOptions {
    /// Reads PEM files: the node's certificate with the intermediate ones behind it (`certfile`), its private key
    /// (`keyfile`), and the certificates of the authorities that sign those of peers (`cacertfile`).
    ///
    /// # Errors
    /// [`TlsError`], with the file that cannot be read or with what is wrong with the certificates.
    pub fn from_pem_files(
        certificate: impl Into<PathBuf>,
        key: impl Into<PathBuf>,
        ca: impl Into<PathBuf>,
    ) -> Result<TlsOptions, TlsError> {
        let files = Files {
            certificate: certificate.into(),
            key: key.into(),
            ca: ca.into(),
        };
        let trust = files.read()?;
        Ok(TlsOptions::new(Some(files), trust))
    }

    /// As [`TlsOptions::from_pem_files`], with the contents of the files.
    ///
    /// # Errors
    /// [`TlsError`], with what is wrong with the certificates.
    pub fn from_pem(
        certificate: impl AsRef<[u8]>,
        key: impl AsRef<[u8]>,
        ca: impl AsRef<[u8]>,
    ) -> Result<TlsOptions, TlsError> {
        let trust = Trust::read(certificate.as_ref(), key.as_ref(), ca.as_ref())?;
        Ok(TlsOptions::new(None, trust))
    }

    fn new(files: Option<Files>, trust: Trust) -> TlsOptions {
        TlsOptions {
            shared: Arc::new(Shared {
                files,
                trust: RwLock::new(Arc::new(trust)),
            }),
            verify_peer: true,
            server_name: None,
        }
    }

    /// Whether the certificate of a peer is looked at. It is, unless this is switched off: then nothing protects from
    /// somebody in between, and the cookie alone tells who may connect. As `{verify, verify_none}` of OTP.
    #[must_use]
    pub fn verify_peer(mut self, on: bool) -> TlsOptions {
        self.verify_peer = on;
        self
    }

    /// For which name the certificate of a node that is dialled has to be: instead of the host in the name of the node.
    #[must_use]
    pub fn server_name(mut self, name: impl Into<String>) -> TlsOptions {
        self.server_name = Some(name.into());
        self
    }

    /// Reads the files again. Connections that exist stay as they are; new ones use what was read.
    ///
    /// # Errors
    /// [`TlsError`] when they cannot be used; then the certificates stay what they were. Options that are not from files
    /// have nothing to read, and stay as they are.
    pub fn reload(&self) -> Result<(), TlsError> {
        if let Some(files) = &self.shared.files {
            self.set(files.read()?);
        }
        Ok(())
    }

    /// Takes other certificates, from PEM texts. Connections that exist stay as they are.
    ///
    /// # Errors
    /// [`TlsError`] when they cannot be used; then the certificates stay what they were.
    pub fn replace(
        &self,
        certificate: impl AsRef<[u8]>,
        key: impl AsRef<[u8]>,
        ca: impl AsRef<[u8]>,
    ) -> Result<(), TlsError> {
        self.set(Trust::read(
            certificate.as_ref(),
            key.as_ref(),
            ca.as_ref(),
        )?);
        Ok(())
    }

    fn set(&self, trust: Trust) {
        let mut current = self
            .shared
            .trust
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *current = Arc::new(trust);
    }

    fn trust(&self) -> Arc<Trust> {
        self.shared
            .trust
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// TLS over a stream to `host`.
    pub(in crate::net) async fn connect(
        &self,
        stream: Stream,
        host: &str,
    ) -> Result<Stream, TlsError> {
        let name = self.server_name.as_deref().unwrap_or(host);
        let server =
            ServerName::try_from(name.to_owned()).map_err(|_| TlsError::BadServerName {
                name: name.to_owned(),
            })?;
        let connector = TlsConnector::from(self.trust().client.pick(self.verify_peer));
        let connecting = connector.connect(server, stream).into_fallible();
        match Box::pin(connecting).await {
            Ok(stream) => Ok(Stream::Tls(Box::new(TlsStream::Client(stream)))),
            Err((error, stream)) => {
                linger(stream).await;
                Err(TlsError::of_start(&error))
            }
        }
    }

    /// TLS over a stream that a peer has opened.
    pub(in crate::net) async fn accept(&self, stream: Stream) -> Result<Stream, TlsError> {
        let acceptor = TlsAcceptor::from(self.trust().server.pick(self.verify_peer));
        match Box::pin(acceptor.accept(stream).into_fallible()).await {
            Ok(stream) => Ok(Stream::Tls(Box::new(TlsStream::Server(stream)))),
            Err((error, stream)) => {
                linger(stream).await;
                Err(TlsError::of_start(&error))
            }
        }
    }
}

/// Lets the peer read the alert that says what is wrong: a socket that is closed with something unread in it takes back
/// what was sent last. Ends when the peer closes, or has sent more than a handshake takes.
async fn linger(mut stream: Stream) {
    const READ_MAX: usize = 64 * 1024;
    const PATIENCE: Duration = Duration::from_secs(1);
    let reading = async {
        // Nothing can be done about a peer that is gone.
        let _ = stream.shutdown().await;
        let (mut buffer, mut all) = ([0; 1024], 0_usize);
        while let Ok(read @ 1..) = stream.read(&mut buffer).await {
            all = all.saturating_add(read);
            if all > READ_MAX {
                return;
            }
        }
    };
    // A peer that keeps its end open is no reason to wait longer.
    let _ = tokio::time::timeout(PATIENCE, reading).await;
}

/// Without the certificates.
impl fmt::Debug for TlsOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsOptions")
            .field("verify_peer", &self.verify_peer)
            .field("server_name", &self.server_name)
            .finish_non_exhaustive()
    }
}
