//! What both sides say when there is no connection.

use super::*;
use crate::log::Log;
use ergo::ConnectError;

/// Why `from` does not get to `to`.
async fn failure(from: &Node, to: &Node) -> ConnectError {
    let connecting = from.connect(to.name().as_str());
    deadline(PATIENCE, connecting).await.unwrap_err()
}

/// The error, and what is behind it.
fn text_of(error: &ConnectError) -> String {
    let source = std::error::Error::source(error);
    source.map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
}

fn tls_error(error: ConnectError) -> TlsError {
    match error {
        ConnectError::Tls { source, .. } => source,
        error => panic!("{}", text_of(&error)),
    }
}

fn untrusted() -> TlsError {
    TlsError::BadCertificate {
        reason: "none of the authorities known here has signed it".to_owned(),
    }
}

#[tokio::test]
async fn a_certificate_of_a_stranger() {
    let log = Log::start();
    let port = ports::free();
    let (one, other) = (Authority::new("one"), Authority::new("other"));
    let a = secure("a", port, one.sign("a").options()).await;
    let b = secure("b", port, other.sign("b").options()).await;
    assert_eq!(tls_error(failure(&a, &b).await), untrusted());
    log.wait_for("the peer refused the TLS handshake: unknown_ca")
        .await;
    assert!(b.nodes().is_empty());
    stop(a).await;
    stop(b).await;
}

/// The dialling side finds nothing wrong; it is told by an alert.
#[tokio::test]
async fn the_certificate_of_the_dialling_side_is_looked_at() {
    let log = Log::start();
    let port = ports::free();
    let (one, other) = (Authority::new("one"), Authority::new("other"));
    let mut stranger = other.sign("a");
    stranger.ca = one.sign("b").ca;
    let a = secure("a", port, stranger.options()).await;
    let b = secure("b", port, one.sign("b").options()).await;
    let refused = TlsError::Refused {
        alert: "unknown_ca".to_owned(),
    };
    assert_eq!(tls_error(failure(&a, &b).await), refused);
    log.wait_for("none of the authorities known here has signed it")
        .await;
    stop(a).await;
    stop(b).await;
}

#[tokio::test]
async fn a_certificate_for_another_host() {
    let port = ports::free();
    let one = Authority::new("one");
    let a = secure("a", port, one.sign("a").options()).await;
    let elsewhere = one.sign_for("b", &["shop.example"]);
    let b = secure("b", port, elsewhere.options()).await;
    let wrong_host = TlsError::WrongHost {
        name: "127.0.0.1".to_owned(),
    };
    assert_eq!(tls_error(failure(&a, &b).await), wrong_host);
    let known = Route::by_registrar().tls(one.sign("a").options().server_name("shop.example"));
    a.add_route(b.name().as_str(), known).unwrap();
    deadline(PATIENCE, a.connect(b.name().as_str()))
        .await
        .unwrap();
    stop(a).await;
    stop(b).await;
}

/// It is a choice, of each side for itself.
#[tokio::test]
async fn certificates_need_not_be_looked_at() {
    let port = ports::free();
    let (one, other) = (Authority::new("one"), Authority::new("other"));
    let a = secure("a", port, one.sign("a").options().verify_peer(false)).await;
    let b = secure("b", port, other.sign("b").options().verify_peer(false)).await;
    assert!(deadline(PATIENCE, a.ping(b.name().as_str())).await);
    stop(a).await;
    stop(b).await;
}

#[tokio::test]
async fn a_peer_without_tls_at_a_port_with_it() {
    let log = Log::start();
    let (port, one) = (ports::free(), Authority::new("one"));
    let a = start(builder("a", port)).await;
    let b = secure("b", port, one.sign("b").options()).await;
    let error = text_of(&failure(&a, &b).await).replace('\'', "");
    let address = b.addresses()[0];
    assert_eq!(
        error,
        format!(
            "{} speaks TLS at {address}, and was dialled without",
            b.name().as_str()
        )
    );
    log.wait_for("the peer does not speak TLS").await;
    stop(a).await;
    stop(b).await;
}

#[tokio::test]
async fn a_peer_with_tls_at_a_port_without_it() {
    let log = Log::start();
    let (port, one) = (ports::free(), Authority::new("one"));
    let a = secure("a", port, one.sign("a").options()).await;
    let b = start(builder("b", port)).await;
    assert_eq!(tls_error(failure(&a, &b).await), TlsError::Closed);
    log.wait_for("the peer speaks TLS, and this node does not at this place")
        .await;
    stop(a).await;
    stop(b).await;
}

/// The cookie is checked inside of TLS as well.
#[tokio::test]
async fn a_wrong_cookie() {
    let (port, one) = (ports::free(), Authority::new("one"));
    let a = secure("a", port, one.sign("a").options()).await;
    let other = builder("b", port)
        .cookie("other")
        .tls(one.sign("b").options());
    let b = start(other).await;
    let error = text_of(&failure(&a, &b).await);
    assert!(
        error.contains("do both nodes have the same cookie?"),
        "{error}"
    );
    stop(a).await;
    stop(b).await;
}

/// A peer that says nothing has its one deadline, and its place is free again.
#[tokio::test]
async fn a_peer_that_never_begins() {
    let log = Log::start();
    let (port, one) = (ports::free(), Authority::new("one"));
    let mut limits = ergo::wire::Limits::default();
    limits.handshake_timeout = millis(200);
    let quick = builder("b", port)
        .tls(one.sign("b").options())
        .limits(limits);
    let b = start(quick).await;
    let silent = tokio::net::TcpStream::connect(b.addresses()[0])
        .await
        .unwrap();
    log.wait_for("the TLS handshake was not complete within 200ms")
        .await;
    drop(silent);
    stop(b).await;
}

#[test]
fn what_cannot_be_used_is_named() {
    let (one, other) = (
        Authority::new("one").sign("a"),
        Authority::new("other").sign("b"),
    );
    let refusal = |certificate: &str, key: &str, ca: &str| {
        TlsOptions::from_pem(certificate, key, ca)
            .map(drop)
            .unwrap_err()
    };
    assert_eq!(refusal("", &one.key, &one.ca), TlsError::NoCertificate);
    assert_eq!(refusal(&one.certificate, "", &one.ca), TlsError::NoKey);
    assert_eq!(
        refusal(&one.certificate, &one.key, ""),
        TlsError::NoAuthority
    );
    assert_eq!(
        refusal(&one.certificate, &other.key, &one.ca),
        TlsError::WrongKey
    );
    let damaged = one.certificate.replace("-----END", "-----");
    assert!(matches!(
        refusal(&damaged, &one.key, &one.ca),
        TlsError::BadPem { .. }
    ));
    let missing = TlsOptions::from_pem_files("/nowhere/a.pem", "/nowhere/a.key", "/nowhere/ca.pem");
    assert_eq!(
        missing.map(drop).unwrap_err().to_string(),
        "cannot read /nowhere/a.pem: No such file or directory (os error 2)"
    );
    let text = format!("{:?}", one.options());
    assert!(!text.contains("PRIVATE"), "{text}");
}
