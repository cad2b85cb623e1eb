//! The nodes and the applications of these tests.

use std::future::IntoFuture;

use ergo::prelude::*;
use ergo::remote::RemoteApplicationStart;
use ergo::testing::{Network, TestNode};
use ergo::{Application, RemoteApplicationError};

/// A node `a@mem` that asks, and one `b@mem` with the applications `db`, and `shop` that depends on it.
pub(crate) async fn two(network: &Network) -> (TestNode, TestNode) {
    let a = network.node("a@mem").start().await.unwrap();
    let b = network.node("b@mem").start().await.unwrap();
    for application in [db(), shop()] {
        b.load_application(application).await.unwrap();
    }
    (a, b)
}

fn db() -> Application {
    Application::new("db").top(Supervisor::one_for_one())
}

fn shop() -> Application {
    Application::new("shop")
        .depends_on(["db"])
        .top(Supervisor::one_for_one())
}

/// The start of an application of `b@mem`.
pub(crate) async fn start(from: &Node, name: &str) -> RemoteApplicationStart {
    from.remote("b@mem").await.unwrap().start_application(name)
}

pub(crate) async fn started(from: &Node, name: &str) -> Result<(), RemoteApplicationError> {
    start(from, name).await.into_future().await
}

/// The names of those that run, the last one first.
pub(crate) async fn running(node: &Node) -> Vec<String> {
    let running = node.which_applications().await.into_iter();
    running.map(|info| info.name.as_str().to_owned()).collect()
}

pub(crate) fn b() -> Atom {
    atom!("b@mem")
}
