//! Peers by themselves: what threads and timing bring about rarely, brought about each time.

mod asking;
mod attempts;
mod corrupt;
#[cfg(feature = "testing")]
mod flood;
mod inheritance;
mod losses;
mod room;

use std::sync::Arc;

use crate::dist::handshake::Established;
use crate::dist::{Control, Creation, Flags, NodeName, Outbound};
use crate::etf::{Atom, Encoded, Pid, Reference, Term};
use crate::net::Endpoint;
use crate::node::Node;
use crate::node::attached::Attached;
use crate::node::peer::Peer;
use crate::process::{ExitReason, Message, PlainContext};
use crate::wire::Limits;

async fn node() -> Node {
    let builder = Node::builder("here@host").local_only();
    builder.start().await.unwrap()
}

fn established() -> Established {
    Established {
        local: NodeName::parse("here@host").unwrap(),
        local_creation: Creation::new(7).unwrap(),
        peer: NodeName::parse("far@host").unwrap(),
        peer_creation: Creation::new(9),
        flags: Flags::VISIBLE,
        replaces: false,
    }
}

fn outbound() -> Outbound {
    Outbound::new(&established(), &Limits::default())
}

fn far() -> Atom {
    Atom::from_static("far@host")
}

/// A process of the peer.
fn stranger(id: u32) -> Pid {
    Pid::new(far(), id, 0, 9)
}

fn reference_of_theirs() -> Reference {
    Reference::new(far(), 9, &[1, 2, 3]).unwrap()
}

fn dialling() -> Arc<Peer> {
    Arc::new(Peer::dialling(far(), &Limits::default(), None))
}

/// A peer of a node that is connected, as far as the node knows, and its side of the connection.
fn connect(node: &Node) -> (Arc<Peer>, Attached) {
    connect_as(node, far())
}

fn connect_as(node: &Node, name: Atom) -> (Arc<Peer>, Attached) {
    let peer = Peer::connected(name.clone(), outbound(), false, &Limits::default());
    let peer = Arc::new(peer);
    let connection = node.0.contacts.up(&name, &established());
    assert!(peer.connection.set(connection).is_ok());
    assert_eq!(node.0.peers.enter(&peer, 9), Ok(true));
    let attached = Attached {
        node: node.clone(),
        peer: peer.clone(),
    };
    (peer, attached)
}

fn encoded(term: &Term) -> Encoded {
    crate::process::encode(&mut |encoder| encoder.write_term(term)).unwrap()
}

fn send(attached: &Attached, to: &Pid, term: &Term) {
    let control = Control::Send {
        from: Some(stranger(1)),
        to: to.clone(),
    };
    attached.signal(control, Some(encoded(term)));
}

/// A process that traps exits, and says what happens to it.
async fn told(node: &Node) -> (Pid, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let pid = node.spawn_fn(async move |mut cx: PlainContext| {
        cx.trap_exit(true);
        let _ = tell.send("ready".to_owned());
        while let Some(message) = cx.receive().await {
            let text = match message {
                Message::Exit(exit) => format!("{} {}", exit.from, exit.reason),
                other => format!("{other:?}"),
            };
            if tell.send(text).is_err() {
                return ExitReason::Normal;
            }
        }
        ExitReason::Normal
    });
    assert_eq!(told.recv().await.unwrap(), "ready");
    (pid.unwrap(), told)
}

/// How many links and watchers a process has.
fn relations_of(node: &Node, pid: &Pid) -> (usize, usize) {
    let host = node.host_ref();
    let process = host.process(host.local_id(pid).unwrap()).unwrap();
    let mut counts = (0, 0);
    process.with_relations(&mut |relations| {
        counts = (relations.link_count(), relations.watcher_count());
    });
    counts
}
