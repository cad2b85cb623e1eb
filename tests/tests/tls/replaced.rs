//! Certificates that are replaced while the node runs.

use std::path::PathBuf;

use super::*;

/// An authority is exchanged for another one on both nodes. The connection stays, and the next one needs the new one.
#[tokio::test]
async fn replaced_certificates_count_from_the_next_connection_on() {
    let port = ports::free();
    let (old, new) = (Authority::new("old"), Authority::new("new"));
    let (options_a, options_b) = (old.sign("a").options(), old.sign("b").options());
    let a = secure("a", port, options_a.clone()).await;
    let b = secure("b", port, options_b.clone()).await;
    let name = b.name().as_str().to_owned();
    assert!(deadline(PATIENCE, a.ping(&name)).await);

    let next = new.sign("b");
    options_b
        .replace(&next.certificate, &next.key, &next.ca)
        .unwrap();
    assert!(
        deadline(PATIENCE, a.ping(&name)).await,
        "the connection stays"
    );
    part(&a, &b).await;
    assert!(
        !deadline(PATIENCE, a.ping(&name)).await,
        "a believes the old one"
    );

    let next = new.sign("a");
    options_a
        .replace(&next.certificate, &next.key, &next.ca)
        .unwrap();
    assert!(deadline(PATIENCE, a.ping(&name)).await);
    stop(a).await;
    stop(b).await;
}

/// A directory for PEM files, as long as this lives.
pub(crate) struct Directory(pub(crate) PathBuf);

impl Directory {
    pub(crate) fn new() -> Directory {
        let path = std::env::temp_dir().join(unique_name("ergo_tls"));
        std::fs::create_dir(&path).unwrap();
        Directory(path)
    }

    /// `name.pem`, `name.key`, and `ca.pem`.
    pub(crate) fn write(&self, name: &str, from: &certificates::Certificate) {
        let put = |file: String, text: &str| std::fs::write(self.0.join(file), text).unwrap();
        put(format!("{name}.pem"), &from.certificate);
        put(format!("{name}.key"), &from.key);
        put("ca.pem".to_owned(), &from.ca);
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // What is left behind is in a directory for such things.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn files_are_read_again() {
    let port = ports::free();
    let (old, new) = (Authority::new("old"), Authority::new("new"));
    let directory = Directory::new();
    directory.write("a", &old.sign("a"));
    let [certificate, key, ca] = ["a.pem", "a.key", "ca.pem"].map(|name| directory.0.join(name));
    let options = TlsOptions::from_pem_files(&certificate, &key, &ca).unwrap();
    let a = secure("a", port, options.clone()).await;
    let b = secure("b", port, new.sign("b").options()).await;
    let name = b.name().as_str().to_owned();
    assert!(!deadline(PATIENCE, a.ping(&name)).await);

    std::fs::write(&certificate, "nothing").unwrap();
    assert_eq!(options.reload(), Err(TlsError::NoCertificate));
    directory.write("a", &new.sign("a"));
    options.reload().unwrap();
    assert!(deadline(PATIENCE, a.ping(&name)).await);
    stop(a).await;
    stop(b).await;
}

/// One node with two doors: plain for old friends, TLS for others.
#[tokio::test]
async fn an_acceptor_has_tls_of_its_own() {
    let (port, one) = (ports::free(), Authority::new("one"));
    let door = AcceptorOptions::new().tls(one.sign("a").options());
    let a = start(builder("a", port).acceptor(door)).await;
    let address = a.addresses()[1].to_string();
    let plain = start(builder("b", port)).await;
    let route = Route::to(address).tls(one.sign("c").options());
    let other = start(builder("c", port).route(a.name().as_str(), route)).await;
    assert!(deadline(PATIENCE, plain.ping(a.name().as_str())).await);
    assert!(deadline(PATIENCE, other.ping(a.name().as_str())).await);
    assert_eq!(a.nodes().len(), 2);
    for node in [a, plain, other] {
        stop(node).await;
    }
}
