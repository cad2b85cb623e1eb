//! Certificates, and whom to believe.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::{
    ClientConfig, DigitallySignedStruct, Error, RootCertStore, ServerConfig, SignatureScheme,
};

use super::TlsError;

/// What rustls wants for each side, with and without a look at the certificate of the peer.
pub(super) struct Trust {
    pub(super) client: Side<ClientConfig>,
    pub(super) server: Side<ServerConfig>,
}

/// One side's configuration.
pub(super) struct Side<T> {
    pub(super) verifying: Arc<T>,
    pub(super) trusting: Arc<T>,
}

impl<T> Side<T> {
    pub(super) fn pick(&self, verify_peer: bool) -> Arc<T> {
        if verify_peer {
            self.verifying.clone()
        } else {
            self.trusting.clone()
        }
    }
}

impl Trust {
    /// From PEM texts: the chain of the node's certificate, its key, and the authorities.
    pub(super) fn read(certificate: &[u8], key: &[u8], ca: &[u8]) -> Result<Trust, TlsError> {
        let chain = certificates(certificate)?;
        if chain.is_empty() {
            return Err(TlsError::NoCertificate);
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| match error {
            pem::Error::NoItemsFound => TlsError::NoKey,
            error => bad_pem(&error),
        })?;
        let provider = Arc::new(ring::default_provider());
        let roots = Arc::new(authorities(ca)?);
        Ok(Trust {
            client: clients(&provider, &roots, &chain, &key)?,
            server: servers(&provider, &roots, &chain, &key)?,
        })
    }
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|error| bad_pem(&error))
}

fn authorities(pem: &[u8]) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(pem)? {
        roots
            .add(certificate)
            .map_err(|error| TlsError::unusable(&error))?;
    }
    if roots.is_empty() {
        return Err(TlsError::NoAuthority);
    }
    Ok(roots)
}

fn bad_pem(error: &pem::Error) -> TlsError {
    TlsError::BadPem {
        reason: error.to_string(),
    }
}

fn clients(
    provider: &Arc<CryptoProvider>,
    roots: &Arc<RootCertStore>,
    chain: &[CertificateDer<'static>],
    key: &PrivateKeyDer<'static>,
) -> Result<Side<ClientConfig>, TlsError> {
    let verifier = WebPkiServerVerifier::builder_with_provider(roots.clone(), provider.clone())
        .build()
        .map_err(|error| TlsError::Unusable {
            reason: error.to_string(),
        })?;
    let with = |verifier: Arc<dyn ServerCertVerifier>| -> Result<_, Error> {
        let config = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_client_auth_cert(chain.to_vec(), key.clone_key())?;
        Ok(Arc::new(config))
    };
    let unusable = |error| TlsError::unusable(&error);
    Ok(Side {
        verifying: with(verifier).map_err(unusable)?,
        trusting: with(Arc::new(Anyone(provider.clone()))).map_err(unusable)?,
    })
}

fn servers(
    provider: &Arc<CryptoProvider>,
    roots: &Arc<RootCertStore>,
    chain: &[CertificateDer<'static>],
    key: &PrivateKeyDer<'static>,
) -> Result<Side<ServerConfig>, TlsError> {
    let verifier = WebPkiClientVerifier::builder_with_provider(roots.clone(), provider.clone())
        .build()
        .map_err(|error| TlsError::Unusable {
            reason: error.to_string(),
        })?;
    let with = |verifier| -> Result<_, Error> {
        let config = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain.to_vec(), key.clone_key())?;
        Ok(Arc::new(config))
    };
    let unusable = |error| TlsError::unusable(&error);
    Ok(Side {
        verifying: with(verifier).map_err(unusable)?,
        trusting: with(WebPkiClientVerifier::no_client_auth()).map_err(unusable)?,
    })
}

/// Takes any certificate, of which the peer has to have the key.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
