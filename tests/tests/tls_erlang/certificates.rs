//! Authorities and certificates for tests.

use ergo::net::TlsOptions;
use rcgen::string::Ia5String;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, SanType};

/// Who signs certificates.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

/// A certificate and its key, as PEM.
pub(crate) struct Certificate {
    pub(crate) certificate: String,
    pub(crate) key: String,
    /// Of the authority that signed it.
    pub(crate) ca: String,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Authority {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        Authority { issuer, pem }
    }

    /// A certificate for the loopback addresses, as a node `name@127.0.0.1` needs.
    pub(crate) fn sign(&self, name: &str) -> Certificate {
        self.sign_for(name, &["127.0.0.1", "::1", "localhost"])
    }

    /// A certificate for these hosts. Each is in it as a name, which is how Erlang compares, addresses as those too.
    pub(crate) fn sign_for(&self, name: &str, hosts: &[&str]) -> Certificate {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        for host in hosts {
            let text = Ia5String::try_from((*host).to_owned()).unwrap();
            params.subject_alt_names.push(SanType::DnsName(text));
            if let Ok(address) = host.parse() {
                params.subject_alt_names.push(SanType::IpAddress(address));
            }
        }
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Certificate {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
            ca: self.pem.clone(),
        }
    }
}

impl Certificate {
    /// The options of a node with this certificate, which believes the authority of it.
    pub(crate) fn options(&self) -> TlsOptions {
        TlsOptions::from_pem(&self.certificate, &self.key, &self.ca).unwrap()
    }
}
