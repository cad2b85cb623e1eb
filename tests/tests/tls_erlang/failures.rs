//! What both sides say when they do not agree about TLS.

use ergo::ConnectError;
use ergo::net::TlsError;

use super::*;
use crate::log::Log;

async fn failure(from: &Node, to: &Erl) -> ConnectError {
    deadline(PATIENCE, from.connect(to.name()))
        .await
        .unwrap_err()
}

fn tls_error(error: ConnectError) -> TlsError {
    match error {
        ConnectError::Tls { source, .. } => source,
        error => panic!("{error}: {:?}", std::error::Error::source(&error)),
    }
}

/// Neither side takes the certificate of the other, until ours is replaced.
#[tokio::test]
async fn certificates_of_strangers() {
    each_release(async |release| {
        let log = Log::start();
        let (one, other) = (Authority::new("one"), Authority::new("other"));
        let files = Files::write(release, &one.sign("erl"), "");
        let epmd = Epmd::start().await.unwrap();
        let erl = files.node(release, &epmd).start().await.unwrap();
        let options = other.sign("ergo").options();
        let node = ours(&epmd, Some(options.clone())).await;

        assert_eq!(ping_from(&erl, &node).await, "pang");
        // With an alert, unless the end of the connection has overtaken it.
        log.wait_for("the TLS handshake").await;
        let error = tls_error(failure(&node, &erl).await);
        assert!(matches!(error, TlsError::BadCertificate { .. }), "{error}");

        let known = one.sign("ergo");
        options
            .replace(&known.certificate, &known.key, &known.ca)
            .unwrap();
        assert_eq!(ping_from(&erl, &node).await, "pong");
        deadline(PATIENCE, node.stop()).await;
    })
    .await;
}

/// The other side has to show a certificate, and one that is known.
#[tokio::test]
async fn erlang_refuses_a_certificate() {
    each_release(async |release| {
        let (one, other) = (Authority::new("one"), Authority::new("other"));
        let files = Files::write(release, &one.sign("erl"), "");
        let epmd = Epmd::start().await.unwrap();
        let erl = files.node(release, &epmd).start().await.unwrap();
        let mut stranger = other.sign("ergo");
        stranger.ca = one.sign("erl").ca;
        let node = ours(&epmd, Some(stranger.options())).await;
        let error = tls_error(failure(&node, &erl).await);
        let is_refused = matches!(error, TlsError::Refused { .. } | TlsError::Closed);
        assert!(is_refused, "{error}");
        deadline(PATIENCE, node.stop()).await;
    })
    .await;
}

#[tokio::test]
async fn erlang_without_tls_and_a_node_with_it() {
    each_release(async |release| {
        let log = Log::start();
        let one = Authority::new("one");
        let epmd = Epmd::start().await.unwrap();
        let erl = Erl::builder(release, "plain", epmd.port()).start().await;
        let erl = erl.unwrap();
        let node = ours(&epmd, Some(one.sign("ergo").options())).await;
        assert_eq!(ping_from(&erl, &node).await, "pang");
        log.wait_for("the peer does not speak TLS").await;
        // The beginning of TLS is to it the length of a long message, and it waits for that.
        match failure(&node, &erl).await {
            ConnectError::Tls { source, .. } => {
                let hint = "does the peer expect TLS?";
                assert!(source.to_string().contains(hint), "{source}");
            }
            // Where finding the node has taken long, that is the time for all of it.
            error => assert!(matches!(error, ConnectError::Timeout { .. }), "{error}"),
        }
        deadline(PATIENCE, node.stop()).await;
    })
    .await;
}

#[tokio::test]
async fn erlang_with_tls_and_a_node_without_it() {
    each_release(async |release| {
        let log = Log::start();
        let one = Authority::new("one");
        let files = Files::write(release, &one.sign("erl"), "");
        let epmd = Epmd::start().await.unwrap();
        let erl = files.node(release, &epmd).start().await.unwrap();
        let node = ours(&epmd, None).await;
        assert_eq!(ping_from(&erl, &node).await, "pang");
        log.wait_for("the peer speaks TLS, and this node does not at this place")
            .await;
        let error = failure(&node, &erl).await;
        assert!(matches!(error, ConnectError::TlsPeer { .. }), "{error}");
        deadline(PATIENCE, node.stop()).await;
    })
    .await;
}
