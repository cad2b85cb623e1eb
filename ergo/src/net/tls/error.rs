//! What can go wrong with TLS, by cause.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustls::{CertificateError, Error};

/// Why certificates cannot be used, or why there is no TLS connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {path}: {reason}", path = .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        reason: String,
    },
    /// There is no certificate of this node where it should be.
    #[error("there is no certificate in what should hold the node's")]
    NoCertificate,
    /// There is no private key where it should be.
    #[error("there is no private key in what should hold the node's")]
    NoKey,
    /// There is no certificate of an authority where it should be.
    #[error("there is no certificate in what should hold those of the authorities")]
    NoAuthority,
    /// A part of a PEM text is damaged.
    #[error("this is not PEM: {reason}")]
    BadPem {
        /// What is wrong with it.
        reason: String,
    },
    /// The private key belongs to another certificate.
    #[error("the private key does not belong to the certificate")]
    WrongKey,
    /// The certificate or the key cannot be used.
    #[error("the certificates cannot be used: {reason}")]
    Unusable {
        /// Why not.
        reason: String,
    },
    /// The name that the certificate of the peer is to be for is no name of a host.
    #[error("{name:?} is not a name that a certificate can be for")]
    BadServerName {
        /// The name.
        name: String,
    },
    /// The peer sends something that is not TLS.
    #[error("the peer does not speak TLS")]
    NotTls,
    /// The certificate of the peer is for another host.
    #[error("the certificate of the peer is not for {name}")]
    WrongHost {
        /// The host that was dialled.
        name: String,
    },
    /// The certificate of the peer is not trusted here: it has expired, or another authority has signed it.
    #[error("the certificate of the peer is not accepted: {reason}")]
    BadCertificate {
        /// Why not.
        reason: String,
    },
    /// The peer shows no certificate, and has to.
    #[error("the peer shows no certificate")]
    NoPeerCertificate,
    /// The peer ended the handshake with an alert, because of this node's certificate for example.
    #[error("the peer refused the TLS handshake: {alert}")]
    Refused {
        /// The name of the alert, as in RFC 8446.
        alert: String,
    },
    /// The peer has closed the connection in the middle of the TLS handshake.
    #[error("the peer closed the connection during the TLS handshake (does it expect TLS?)")]
    Closed,
    /// The peer did not complete the TLS handshake.
    #[error("the TLS handshake was not complete within {timeout:?} (does the peer expect TLS?)")]
    Timeout {
        /// How long was waited.
        timeout: Duration,
    },
    /// Anything else, such as no version in common.
    #[error("TLS failed: {reason}")]
    Failed {
        /// What.
        reason: String,
    },
}

impl TlsError {
    pub(super) fn read(path: &Path, error: &io::Error) -> TlsError {
        TlsError::Read {
            path: path.to_owned(),
            reason: error.to_string(),
        }
    }

    /// The error of certificates of this node.
    pub(super) fn unusable(error: &Error) -> TlsError {
        match error {
            Error::InconsistentKeys(_) => TlsError::WrongKey,
            error => TlsError::Unusable {
                reason: error.to_string(),
            },
        }
    }

    /// What TLS has to do with the failure of a stream; `None` when that is nothing.
    pub(in crate::net) fn of(error: &io::Error) -> Option<TlsError> {
        error
            .get_ref()?
            .downcast_ref::<Error>()
            .map(TlsError::of_handshake)
    }

    /// The failure of a TLS handshake.
    pub(in crate::net) fn of_start(error: &io::Error) -> TlsError {
        TlsError::of(error).unwrap_or_else(|| match error.kind() {
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::BrokenPipe => TlsError::Closed,
            _ => TlsError::Failed {
                reason: error.to_string(),
            },
        })
    }

    fn of_handshake(error: &Error) -> TlsError {
        match error {
            Error::InvalidMessage(_) => TlsError::NotTls,
            Error::NoCertificatesPresented => TlsError::NoPeerCertificate,
            Error::InvalidCertificate(error) => TlsError::of_certificate(error),
            Error::AlertReceived(alert) => TlsError::Refused {
                alert: alert
                    .as_str()
                    .map_or_else(|| format!("{alert:?}"), in_words),
            },
            error => TlsError::Failed {
                reason: error.to_string(),
            },
        }
    }

    fn of_certificate(error: &CertificateError) -> TlsError {
        match error {
            CertificateError::NotValidForNameContext { expected, .. } => TlsError::WrongHost {
                name: expected.to_str().into_owned(),
            },
            CertificateError::UnknownIssuer => TlsError::BadCertificate {
                reason: "none of the authorities known here has signed it".to_owned(),
            },
            error => TlsError::BadCertificate {
                reason: error.to_string(),
            },
        }
    }
}

/// `HandshakeFailure` as `handshake_failure`.
fn in_words(alert: &str) -> String {
    let mut words = String::with_capacity(alert.len().saturating_add(4));
    for (index, letter) in alert.char_indices() {
        let is_first_of_word = letter.is_ascii_uppercase()
            && index > 0
            && alert
                .get(..index)
                .is_some_and(|before| !before.ends_with(|c: char| c.is_ascii_uppercase()));
        if is_first_of_word {
            words.push('_');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alerts_are_named_as_in_the_standard() {
        for (alert, expect) in [
            ("HandshakeFailure", "handshake_failure"),
            ("UnknownCA", "unknown_ca"),
            ("CertificateRequired", "certificate_required"),
        ] {
            assert_eq!(in_words(alert), expect);
        }
    }
}
