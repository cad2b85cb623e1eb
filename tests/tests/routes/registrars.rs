//! Registrars other than EPMD.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use ergo::StartError;
use ergo::dist::NodeName;
use ergo::node::{Registered, Registrar, RegistrarError, Registration, StaticRegistrar};

#[tokio::test]
async fn a_table_of_nodes() {
    let names = ["a", "b"].map(|prefix| format!("{}@127.0.0.1", unique_name(prefix)));
    let addresses =
        [ports::free(), ports::free()].map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
    let mut table = StaticRegistrar::new();
    for (name, address) in names.iter().zip(addresses) {
        table = table.node(name, address);
    }
    // Nobody answers at this port: EPMD is not asked.
    let nowhere = ports::free();
    let node = |index: usize| {
        let builder = Node::builder(&names[index]).cookie("ergo").visible();
        let builder = builder.epmd_port(nowhere).registrar(table.clone());
        builder.listen(addresses[index].port())
    };
    let (a, b) = (start(node(0)).await, start(node(1)).await);
    assert_eq!(a.epmd_status(), None);
    assert!(ping(&a, &b).await);
    part(&a, &b).await;
    assert!(ping(&b, &a).await);
    let error = failure(&a, "nobody@127.0.0.1").await;
    assert_eq!(
        error.to_string().replace('\'', ""),
        "nobody@127.0.0.1 is not to be found"
    );
    stop(a).await;
    stop(b).await;
}

/// Knows one node, and counts those that are registered.
struct Counting {
    other: SocketAddr,
    registered: Arc<AtomicU32>,
}

struct Guard(Arc<AtomicU32>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[ergo::async_trait]
impl Registrar for Counting {
    async fn register(&self, node: &Registration) -> Result<Registered, RegistrarError> {
        if node.name.name().starts_with("bad") {
            return Err(RegistrarError::failed("not this one"));
        }
        assert!(!node.hidden && !node.tls && node.address.port() > 0);
        self.registered.fetch_add(1, Ordering::Relaxed);
        let guard = Guard(self.registered.clone());
        Ok(Registered::new().with_creation(77).keeping(guard))
    }

    async fn resolve(&self, _name: &NodeName) -> Result<Vec<SocketAddr>, RegistrarError> {
        Ok(vec![self.other])
    }
}

#[tokio::test]
async fn one_of_ones_own() {
    let other = start(builder("other", ports::free())).await;
    let registered = Arc::new(AtomicU32::new(0));
    let registrar = || Counting {
        other: other.addresses()[0],
        registered: registered.clone(),
    };
    let node = start(builder("a", ports::free()).registrar(registrar())).await;
    assert_eq!(registered.load(Ordering::Relaxed), 1);
    assert_eq!(node.creation(), 77);
    assert!(ping(&node, &other).await);
    // The node at the address is not the one that was meant, and says so.
    let error = failure(&node, "someone@127.0.0.1").await;
    assert!(matches!(error, ConnectError::Handshake { .. }), "{error}");
    stop(node).await;
    assert_eq!(registered.load(Ordering::Relaxed), 0, "kept until the stop");

    let refused = builder("bad", ports::free()).registrar(registrar());
    let error = deadline(PATIENCE, refused.start()).await.unwrap_err();
    let reason = RegistrarError::failed("not this one");
    assert_eq!(error, StartError::Registrar(reason));
    stop(other).await;
}
