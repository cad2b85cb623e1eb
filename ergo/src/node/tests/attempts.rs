//! Two attempts to connect the same nodes: G-18.

use super::*;
use crate::node::ConnectError;
use crate::node::accept::Proved;

/// This node gave up its attempt for one of the peer's, which broke before it was in use: whoever waited, waited for ever.
#[tokio::test]
async fn an_attempt_of_theirs_that_fails_ends_the_wait() {
    let node = node().await;
    let peer = dialling();
    node.0.peers.enter(&peer, 1).unwrap();
    let connected = peer.connected_later().unwrap().unwrap();
    assert!(peer.proved(true));
    drop(Proved::new(&node, &peer));
    let node_of_theirs = far();
    let error = ConnectError::TheirsFailed {
        node: node_of_theirs,
    };
    assert_eq!(connected.await.unwrap(), Err(error));
    assert!(node.0.peers.get(&far()).is_none());
}

/// As long as one of several is on its way, it is waited for.
#[tokio::test]
async fn the_last_attempt_of_theirs_decides() {
    let node = node().await;
    let peer = dialling();
    node.0.peers.enter(&peer, 1).unwrap();
    assert!(peer.proved(true) && peer.proved(true));
    drop(Proved::new(&node, &peer));
    assert!(peer.is_dialling());
    assert!(peer.establish(outbound(), false));
    drop(Proved::new(&node, &peer));
    assert_eq!(peer.up(), Some(false));
}

/// An attempt that had just failed took down the connection that the peer had made meanwhile.
#[tokio::test]
async fn an_attempt_that_fails_leaves_theirs_alone() {
    let peer = dialling();
    assert!(!peer.has_other_attempt());
    assert!(peer.proved(false));
    assert!(peer.has_other_attempt());
    // The peer's own attempt needs not wait for ours any longer.
    peer.settled().await;
    assert!(peer.establish(outbound(), false));
    assert!(peer.has_other_attempt());
    assert_eq!(peer.up(), Some(false));
    // Nothing is left that could be proved.
    assert!(!peer.proved(true));
}

/// While this node's own attempt goes on, the end of theirs is not the end.
#[tokio::test]
async fn our_own_attempt_goes_on_when_theirs_fails() {
    let node = node().await;
    let peer = dialling();
    node.0.peers.enter(&peer, 1).unwrap();
    let ours = tokio::spawn(std::future::pending::<()>());
    if let crate::node::peer::State::Dialling(dialling) = &mut peer.core().state {
        dialling.task = Some(ours.abort_handle());
    }
    assert!(peer.proved(false));
    drop(Proved::new(&node, &peer));
    assert!(peer.is_dialling());
    ours.abort();
}
