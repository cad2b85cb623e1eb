//! Peers made by hand: the machines of both sides without a socket, and one that talks to a node.

use std::time::Instant;

use ergo::Node;
use ergo::dist::handshake::{
    Acceptor, AcceptorEvent, Admission, Established, Identity, Initiator, OpenChallenges,
};
use ergo::dist::{Control, Creation, Flags, NodeName, Outbound, Payload, Transmit};
use ergo::etf::{Atom, Binary, Encoded, Pid};
use ergo::net::{self, Connected};
use ergo::wire::{Cookie, Limits};
use ergo_tests::{PATIENCE, deadline};
use tokio::net::TcpStream;

pub(crate) const COOKIE: &str = "limits";

pub(crate) fn identity(name: &str) -> Identity {
    let name = NodeName::parse(name).unwrap();
    Identity::new(name, Creation::new(7).unwrap(), Flags::VISIBLE)
}

pub(crate) fn acceptor(limits: &Limits, now: Instant) -> Acceptor {
    let challenge = OpenChallenges::default().open(2);
    Acceptor::new(identity("b@127.0.0.1"), challenge, limits, now)
}

pub(crate) fn initiator(from: &str, to: &str, cookie: &str) -> Initiator {
    let challenge = OpenChallenges::default().open(1);
    Initiator::new(
        &identity(from),
        NodeName::parse(to).unwrap(),
        Cookie::new(cookie).unwrap(),
        challenge,
        &Limits::default(),
        Instant::now(),
    )
}

/// A handshake of `a@127.0.0.1` with `b@127.0.0.1`, as both have seen it.
pub(crate) fn established() -> (Established, Established) {
    let mut a = initiator("a@127.0.0.1", "b@127.0.0.1", COOKIE);
    let mut b = acceptor(&Limits::default(), Instant::now());
    let (mut of_a, mut of_b) = (None, None);
    while of_a.is_none() || of_b.is_none() {
        if let Some(bytes) = a.poll_transmit() {
            b.handle_input(&bytes).unwrap();
        }
        if let Some(bytes) = b.poll_transmit() {
            a.handle_input(&bytes).unwrap();
        }
        of_a = of_a.or_else(|| a.poll_event());
        match b.poll_event() {
            Some(AcceptorEvent::Introduced(_)) => {
                b.admit(Admission::Ok, Cookie::new(COOKIE).unwrap())
                    .unwrap();
            }
            Some(AcceptorEvent::Established(established)) => of_b = Some(established),
            _ => {}
        }
    }
    (of_a.unwrap(), of_b.unwrap())
}

pub(crate) fn pid(node: &str) -> Pid {
    Pid::new(Atom::new(node).unwrap(), 1, 0, 7)
}

/// A message of a process of `from` to a name, with a binary of `len` bytes, as it goes over the wire.
pub(crate) fn message(outbound: &mut Outbound, from: &str, len: usize) -> Vec<u8> {
    let control = Control::RegSend {
        from: pid(from),
        to: Atom::from_static("nobody"),
    };
    let payload = Encoded::new(&Binary::from(vec![7; len])).unwrap();
    outbound.send(&control, Payload::Encoded(&payload)).unwrap();
    let mut transmit = Transmit::default();
    outbound.take_transmit(&mut transmit);
    transmit.to_vec()
}

/// The frames in these bytes, each with its length.
pub(crate) fn frames(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    while let Some(head) = bytes.first_chunk() {
        let len = 4 + usize::try_from(u32::from_be_bytes(*head)).unwrap();
        let (frame, rest) = bytes.split_at(len);
        frames.push(frame.to_vec());
        bytes = rest;
    }
    frames
}

/// A socket to the node, on which nothing has been said.
pub(crate) async fn socket(node: &Node) -> TcpStream {
    let port = node.port().expect("it listens");
    TcpStream::connect(("127.0.0.1", port)).await.unwrap()
}

/// A peer of the node, past the handshake.
pub(crate) async fn peer(node: &Node, name: &str) -> Connected {
    let initiator = initiator(name, node.name().as_str(), COOKIE);
    let dialled = net::dial(socket(node).await, initiator);
    deadline(PATIENCE, dialled).await.unwrap()
}
