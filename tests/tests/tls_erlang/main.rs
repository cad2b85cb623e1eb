//! Distribution over TLS with a real `erl -proto_dist inet_tls`, in both directions.

mod certificates;
mod failures;
mod log;

use std::net::Ipv6Addr;
use std::path::PathBuf;

use bytes::Bytes;
use ergo::net::TlsOptions;
use ergo::prelude::*;
use ergo_tests::erlang::{Builder, Epmd, Node as Erl, Release, each_release};
use ergo_tests::{PATIENCE, deadline, unique_name};

use self::certificates::{Authority, Certificate};

/// Certificates in a directory that a release of Erlang sees, as long as this lives.
struct Files {
    outside: PathBuf,
    inside: PathBuf,
}

impl Files {
    fn write(release: Release, certificate: &Certificate, more: &str) -> Files {
        let inside = PathBuf::from("/tmp").join(unique_name("ergo_tls"));
        let outside = release.root().join(inside.strip_prefix("/").unwrap());
        std::fs::create_dir(&outside).unwrap();
        let files = Files { outside, inside };
        files.put("cert.pem", &certificate.certificate);
        files.put("key.pem", &certificate.key);
        files.put("ca.pem", &certificate.ca);
        let path = |name| files.inside.join(name).display().to_string();
        let common = format!(
            "{{certfile, \"{}\"}}, {{keyfile, \"{}\"}}, {{cacertfile, \"{}\"}}, {{verify, verify_peer}}{more}",
            path("cert.pem"),
            path("key.pem"),
            path("ca.pem")
        );
        let options = format!(
            "[{{server, [{{fail_if_no_peer_cert, true}}, {common}]}}, {{client, [{common}]}}]."
        );
        files.put("options", &options);
        files
    }

    fn put(&self, name: &str, text: &str) {
        std::fs::write(self.outside.join(name), text).unwrap();
    }

    /// An Erlang node that speaks TLS with these.
    fn node(&self, release: Release, epmd: &Epmd) -> Builder {
        self.any_node(release, epmd)
            .args(["-proto_dist", "inet_tls"])
    }

    fn any_node(&self, release: Release, epmd: &Epmd) -> Builder {
        let options = self.inside.join("options").display().to_string();
        let builder = Erl::builder(release, "erl", epmd.port());
        builder.args(["-ssl_dist_optfile", &options])
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        // What is left behind is in a directory for such things.
        let _ = std::fs::remove_dir_all(&self.outside);
    }
}

/// A node of ours beside Erlang ones.
async fn ours(epmd: &Epmd, options: Option<TlsOptions>) -> Node {
    let builder = Node::builder(format!("{}@127.0.0.1", unique_name("ergo")))
        .cookie("ergo")
        .epmd_port(epmd.port())
        .visible();
    let builder = match options {
        Some(options) => builder.tls(options),
        None => builder,
    };
    deadline(PATIENCE, builder.start()).await.unwrap()
}

async fn ping_from(erl: &Erl, node: &Node) -> String {
    let ping = format!("net_adm:ping('{}')", node.name().as_str());
    erl.eval(&ping).await.unwrap()
}

/// Each side dials in turn, and large messages go both ways: fragments, many TLS records.
async fn meets(release: Release, more: &str) {
    let authority = Authority::new("one");
    let files = Files::write(release, &authority.sign("erl"), more);
    let epmd = Epmd::start().await.unwrap();
    let erl = files.node(release, &epmd).start().await.unwrap();
    let node = ours(&epmd, Some(authority.sign("ergo").options())).await;
    let count = async |_, (bytes,): (Bytes,)| Ok(bytes.len());
    node.register_rpc("bytes", "count", count).await.unwrap();
    let name = node.name().as_str().to_owned();

    assert_eq!(ping_from(&erl, &node).await, "pong");
    let count = format!("rpc:call('{name}', bytes, count, [binary:copy(<<7>>, 3000000)])");
    assert_eq!(erl.eval(&count).await.unwrap(), "3000000");

    let parted = format!(
        "net_kernel:monitor_nodes(true), erlang:disconnect_node('{name}'), receive {{nodedown, '{name}'}} -> ok end"
    );
    assert_eq!(erl.eval(&parted).await.unwrap(), "ok");
    let gone = async || node.nodes().is_empty();
    ergo_tests::wait_until(PATIENCE, "the end of the connection", gone)
        .await
        .unwrap();
    deadline(PATIENCE, node.connect(erl.name())).await.unwrap();
    let copy = node.rpc(erl.name()).timeout(PATIENCE).call(
        "binary",
        "copy",
        args![(Term::from(&[7_u8][..])), 3_000_000],
    );
    let copied: Bytes = deadline(PATIENCE, copy).await.unwrap();
    assert_eq!(copied.len(), 3_000_000);
    assert_eq!(erl.eval("nodes()").await.unwrap(), format!("['{name}']"));
    deadline(PATIENCE, node.stop()).await;
}

#[tokio::test]
async fn erlang_dials_and_is_dialled() {
    each_release(async |release| meets(release, "").await).await;
}

#[tokio::test]
async fn with_the_newest_version() {
    each_release(async |release| meets(release, ", {versions, ['tlsv1.3']}").await).await;
}

/// `-proto_dist inet6_tls`.
#[tokio::test]
async fn over_ipv6() {
    if std::net::TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_err() {
        println!("SKIPPED: this machine has no IPv6");
        return;
    }
    each_release(async |release| {
        let authority = Authority::new("one");
        let files = Files::write(release, &authority.sign("erl"), "");
        let epmd = Epmd::start().await.unwrap();
        let erl = files.any_node(release, &epmd).ipv6("inet6_tls");
        let erl = erl.start().await.unwrap();
        let node = Node::builder(format!("{}@::1", unique_name("ergo")))
            .cookie("ergo")
            .epmd_port(epmd.port())
            .listen_address(Ipv6Addr::LOCALHOST.into())
            .tls(authority.sign("ergo").options());
        let node = deadline(PATIENCE, node.start()).await.unwrap();
        assert_eq!(ping_from(&erl, &node).await, "pong");
        let info = node.node_info(erl.name()).unwrap();
        assert!(info.tls && info.address.is_some_and(|address| address.is_ipv6()));
        deadline(PATIENCE, node.stop()).await;
    })
    .await;
}
