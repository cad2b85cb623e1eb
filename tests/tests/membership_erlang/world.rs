//! An EPMD, an Erlang node, and nodes of this process that are about to meet it.

use std::ops::Deref;

use ergo::{Node, NodeBuilder};
use ergo_tests::erlang::{self, Builder, Epmd, Release};
use ergo_tests::{PATIENCE, deadline, unique_name};

/// The cookie of all nodes here, unless a test says otherwise.
pub(crate) const COOKIE: &str = "ergo";

pub(crate) struct World {
    pub(crate) erl: erlang::Node,
    pub(crate) epmd: Epmd,
    pub(crate) release: Release,
}

/// A node of this process, which stops with its value.
pub(crate) struct Here(Node);

impl Here {
    /// Its name as it stands between quotes.
    pub(crate) fn text(&self) -> &str {
        self.0.name().as_str()
    }
}

impl Deref for Here {
    type Target = Node;

    fn deref(&self) -> &Node {
        &self.0
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        let node = self.0.clone();
        tokio::spawn(async move { node.stop().await });
    }
}

impl World {
    pub(crate) async fn start(release: Release) -> World {
        World::start_with(release, |erl| erl).await
    }

    pub(crate) async fn start_with(
        release: Release,
        change: impl FnOnce(Builder) -> Builder,
    ) -> World {
        let epmd = Epmd::start().await.unwrap();
        let erl = another(release, &epmd, change).await;
        World { erl, epmd, release }
    }

    /// One more Erlang node.
    pub(crate) async fn another(&self, change: impl FnOnce(Builder) -> Builder) -> erlang::Node {
        another(self.release, &self.epmd, change).await
    }

    /// A node of this process, a visible one.
    pub(crate) async fn node(&self, change: impl FnOnce(NodeBuilder) -> NodeBuilder) -> Here {
        start(self.epmd.port(), change).await
    }
}

async fn another(
    release: Release,
    epmd: &Epmd,
    change: impl FnOnce(Builder) -> Builder,
) -> erlang::Node {
    let erl = erlang::Node::builder(release, "erl", epmd.port())
        .cookie(COOKIE)
        .kernel("prevent_overlapping_partitions", "false");
    change(erl).start().await.unwrap()
}

/// A node of this process with this EPMD, a visible one.
pub(crate) async fn start(epmd_port: u16, change: impl FnOnce(NodeBuilder) -> NodeBuilder) -> Here {
    let name = format!("{}@127.0.0.1", unique_name("rust"));
    start_as(&name, epmd_port, change).await
}

/// The same under this name.
pub(crate) async fn start_as(
    name: &str,
    epmd_port: u16,
    change: impl FnOnce(NodeBuilder) -> NodeBuilder,
) -> Here {
    let node = Node::builder(name)
        .cookie(COOKIE)
        .epmd_port(epmd_port)
        .embedded_epmd(false)
        .visible();
    let started = deadline(PATIENCE, change(node).start());
    Here(started.await.unwrap())
}
