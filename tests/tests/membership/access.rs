//! Cookies per node, the list of allowed nodes, and a policy of one's own.

use std::sync::{Arc, Mutex};

use ergo::dist::handshake::HandshakeError;
use ergo::prelude::*;
use ergo::testing::{self, Network, TestNode};
use ergo::{AccessError, Admit, Authentication, Candidate, ConnectError, NodeBuilder, StartError};

use crate::node;

async fn with(
    network: &Network,
    name: &str,
    change: impl FnOnce(NodeBuilder) -> NodeBuilder,
) -> TestNode {
    network.node(name).configure(change).start().await.unwrap()
}

fn handshake(result: Result<(), ConnectError>) -> HandshakeError {
    match result {
        Err(ConnectError::Handshake { source, .. }) => source,
        other => panic!("no failed handshake: {other:?}"),
    }
}

/// `-setcookie NODE COOKIE`: with that node and no other one, in both directions.
#[ergo::test]
async fn a_cookie_for_one_node(network: Network) -> ergo::Result {
    let a = with(&network, "a@mem", |node| {
        node.cookie("of a").cookie_for("b@mem", "of b")
    });
    let a = a.await;
    let b = with(&network, "b@mem", |node| node.cookie("of b")).await;
    let c = with(&network, "c@mem", |node| node.cookie("of a")).await;
    a.connect("b@mem").await?;
    assert!(a.disconnect("b@mem"));
    testing::run_until_idle().await;
    b.connect("a@mem").await?;
    c.connect("a@mem").await?;
    assert!(matches!(
        handshake(c.connect("b@mem").await),
        HandshakeError::Closed(_)
    ));
    Ok(())
}

/// `erlang:set_cookie/2`, with a node of its own and with this node.
#[ergo::test]
async fn cookies_change_while_the_node_runs(network: Network) -> ergo::Result {
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    a.connect("b@mem").await?;
    a.set_cookie("a@mem", "another")?;
    // What is connected stays.
    assert!(a.ping("b@mem").await);
    assert!(a.disconnect("b@mem"));
    testing::run_until_idle().await;
    let refused = handshake(b.connect("a@mem").await);
    assert!(matches!(refused, HandshakeError::Closed(_)), "{refused}");
    // The side that was dialled is the one that sees it.
    assert_eq!(
        a.last_error("b@mem"),
        None,
        "it is only an attempt of the other node"
    );
    b.set_cookie("a@mem", "another")?;
    b.connect("a@mem").await?;
    assert_eq!(b.last_error("a@mem"), None);

    assert!(matches!(
        a.set_cookie("nonsense", "x"),
        Err(AccessError::BadName { .. })
    ));
    assert!(matches!(
        a.set_cookie("b@mem", ""),
        Err(AccessError::Cookie(_))
    ));
    Ok(())
}

#[ergo::test]
async fn only_allowed_nodes_are_connected(network: Network) -> ergo::Result {
    let (a, b, c) = (
        node(&network, "a@mem").await,
        node(&network, "b@mem").await,
        node(&network, "c@mem").await,
    );
    assert_eq!(a.allowed(), Vec::<Atom>::new());
    a.connect("c@mem").await?;
    a.allow(["b@mem"])?;
    assert_eq!(a.allowed(), [b.name().clone()]);
    assert!(a.ping("c@mem").await, "what is connected stays");
    a.disconnect("c@mem");
    testing::run_until_idle().await;
    assert_eq!(
        a.connect("c@mem").await,
        Err(ConnectError::NotAllowed {
            node: c.name().clone()
        })
    );
    let refused = handshake(c.connect("a@mem").await);
    assert_eq!(
        refused.to_string(),
        "a@mem does not allow this node",
        "{refused:?}"
    );
    assert_eq!(a.refusals().not_allowed, 2);
    b.connect("a@mem").await?;
    a.disconnect("b@mem");
    testing::run_until_idle().await;
    a.connect("b@mem").await?;
    // As in OTP a host lets its nodes in, and a name does both.
    a.allow(["mem"])?;
    c.connect("a@mem").await?;
    c.disconnect("a@mem");
    testing::run_until_idle().await;
    assert!(matches!(
        a.connect("c@mem").await,
        Err(ConnectError::NotAllowed { .. })
    ));
    assert!(matches!(
        a.allow(["x".repeat(256)]),
        Err(AccessError::BadName { .. })
    ));
    Ok(())
}

/// A message to a node that is not allowed is dropped as one to a node that does not run, and a call says so.
#[ergo::test]
async fn what_is_sent_to_a_node_that_is_not_allowed(network: Network) -> ergo::Result {
    let a = with(&network, "a@mem", |node| node.allow(["c@mem"])).await;
    let b = node(&network, "b@mem").await;
    let mut probe = b.probe_as("probe");
    a.send(("probe", "b@mem"), term!(hello)).await?;
    let call = a.call(("probe", "b@mem"), term!(hello)).await;
    assert!(matches!(call, Err(CallError::NoConnection)), "{call:?}");
    let node = b.name().clone();
    assert_eq!(
        a.last_error("b@mem"),
        Some(ConnectError::NotAllowed { node })
    );
    probe.expect_no(secs(60)).await;
    Ok(())
}

#[derive(Debug, PartialEq)]
struct Asked {
    name: String,
    hidden: Option<bool>,
    has_address: bool,
    has_creation: bool,
}

/// Asks for a cookie by name, and remembers what it was asked.
#[derive(Clone, Default)]
struct Doorman(Arc<Mutex<Vec<Asked>>>);

impl Authentication for Doorman {
    fn admit(&self, peer: &Candidate<'_>) -> Admit {
        self.0.lock().unwrap().push(Asked {
            name: peer.name.to_string(),
            hidden: peer.hidden,
            has_address: peer.address.is_some(),
            has_creation: peer.creation.is_some(),
        });
        match peer.name.name() {
            "friend" => Admit::Yes,
            "guest" => Admit::WithCookie(ergo::wire::Cookie::new("for guests").unwrap()),
            "trap" => panic!("a policy with a mistake"),
            _ => Admit::No,
        }
    }
}

#[ergo::test]
async fn a_policy_of_ones_own(network: Network) -> ergo::Result {
    let doorman = Doorman::default();
    let a = with(&network, "a@mem", |node| {
        node.authentication(doorman.clone())
    });
    let a = a.await;
    let friend = with(&network, "friend@mem", NodeBuilder::visible).await;
    let guest = with(&network, "guest@mem", |node| node.cookie("for guests")).await;
    let stranger = node(&network, "stranger@mem").await;
    let trap = node(&network, "trap@mem").await;
    friend.connect("a@mem").await?;
    guest.connect("a@mem").await?;
    for refused in [&stranger, &trap] {
        let refused = handshake(refused.connect("a@mem").await);
        assert!(
            matches!(refused, HandshakeError::NotAllowed { .. }),
            "{refused}"
        );
    }
    assert_eq!(a.nodes_of(Visibility::Connected).len(), 2);
    let incoming = |name: &str, hidden| Asked {
        name: name.to_owned(),
        hidden: Some(hidden),
        has_address: true,
        has_creation: true,
    };
    let asked = std::mem::take(&mut *doorman.0.lock().unwrap());
    assert_eq!(
        asked,
        [
            incoming("friend@mem", false),
            incoming("guest@mem", true),
            incoming("stranger@mem", true),
            incoming("trap@mem", true),
        ]
    );
    // The other way it is asked before anything is sent.
    guest.disconnect("a@mem");
    testing::run_until_idle().await;
    a.connect("guest@mem").await?;
    let node = stranger.name().clone();
    assert_eq!(
        a.connect("stranger@mem").await,
        Err(ConnectError::Unauthenticated { node })
    );
    let outgoing = |name: &str| Asked {
        name: name.to_owned(),
        hidden: None,
        has_address: false,
        has_creation: false,
    };
    assert_eq!(
        *doorman.0.lock().unwrap(),
        [outgoing("guest@mem"), outgoing("stranger@mem")]
    );
    assert_eq!(a.refusals().not_allowed, 3);
    Ok(())
}

#[ergo::test]
async fn what_is_wrong_is_an_error_of_the_start(network: Network) {
    let start = |change: fn(NodeBuilder) -> NodeBuilder| {
        let node = network.node("a@mem").configure(change);
        async move { node.start().await.map(drop).unwrap_err() }
    };
    let error = start(|node| node.cookie_for("nonsense", "x")).await;
    assert!(matches!(error, StartError::BadName { name, .. } if name == "nonsense"));
    let error = start(|node| node.cookie_for("b@mem", "")).await;
    assert!(matches!(error, StartError::Cookie(_)), "{error}");
    let error = start(|node| node.allow(["x".repeat(300)])).await;
    assert!(matches!(error, StartError::BadName { .. }), "{error}");
}
