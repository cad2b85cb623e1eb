//! A message that is no Erlang term: it is found out when it is decoded, which may be long after it came.

use super::*;
use crate::etf::Encoder;
use crate::process::host::{AnyProcess, Ending};

/// As [`send`], for a message of these bytes.
fn send_bytes(attached: &Attached, to: &Pid, bytes: Vec<u8>) {
    let control = Control::Send {
        from: Some(stranger(1)),
        to: to.clone(),
    };
    let payload = Encoded::from_wire(bytes.into(), Arc::default());
    attached.signal(control, Some(payload));
}

/// No tag of a term.
const NO_TERM: &[u8] = &[200];

/// A process that receives as soon as it is let, and then answers to `done`.
async fn gated(node: &Node) -> (Pid, tokio::sync::oneshot::Sender<()>) {
    let (open, gate) = tokio::sync::oneshot::channel::<()>();
    let pid = node.spawn_fn(async move |mut cx: PlainContext| {
        let _ = gate.await;
        // What is no term is not received.
        while let Some(message) = cx.receive().await {
            if let Message::Term(term) = message
                && term.as_atom() == Some("done")
            {
                return;
            }
        }
    });
    (pid.unwrap(), open)
}

fn process(node: &Node, pid: &Pid) -> Arc<dyn AnyProcess> {
    let host = node.host_ref();
    host.process(host.local_id(pid).unwrap()).unwrap()
}

#[tokio::test]
async fn a_corrupt_message_ends_its_connection() {
    let node = node().await;
    let (pid, open) = gated(&node).await;
    let (peer, attached) = connect(&node);
    send_bytes(&attached, &pid, NO_TERM.to_vec());
    send(&attached, &pid, &Term::atom("done"));
    let process = process(&node, &pid);
    open.send(()).unwrap();
    assert_eq!(Ending::of(process).await, ExitReason::Normal);
    assert!(peer.is_down());
    assert_eq!(node.refusals().protocol_violations, 1);
}

/// The connection that the message had come over was gone when it was decoded, and a newer one to the same node was
/// closed for it.
#[tokio::test]
async fn a_corrupt_message_ends_no_other_connection_of_its_node() {
    let node = node().await;
    let (pid, open) = gated(&node).await;
    let (old, attached) = connect(&node);
    send_bytes(&attached, &pid, NO_TERM.to_vec());
    node.lose(&old, false, "connection_closed", None);
    let (new, attached) = connect(&node);
    send(&attached, &pid, &Term::atom("done"));
    let process = process(&node, &pid);
    open.send(()).unwrap();
    assert_eq!(Ending::of(process).await, ExitReason::Normal);
    assert!(!new.is_down());
    assert_eq!(node.refusals().protocol_violations, 0);
}

/// A system message says itself who asks, and a corrupt one ended the connection to the node of that pid: a peer could
/// have the connections of others closed.
#[tokio::test]
async fn a_corrupt_system_message_ends_the_connection_it_came_over() {
    let node = node().await;
    let (peer, attached) = connect(&node);
    let other = Atom::from_static("other@host");
    let beside = Arc::new(Peer::connected(
        other.clone(),
        outbound(),
        false,
        &Limits::default(),
    ));
    let connection = node.0.contacts.up(&other, &established());
    assert!(beside.connection.set(connection).is_ok());
    assert_eq!(node.0.peers.enter(&beside, 2), Ok(true));

    let named = Term::from(Pid::new(other, 1, 0, 9));
    let from = Term::tuple([named, Term::from(reference_of_theirs())]);
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes);
    encoder.write_tuple(3).unwrap();
    encoder.write_atom("system").unwrap();
    encoder.write_term(&from).unwrap();
    // `#{1 => 2, 1 => 2}`, which is well-formed but no term.
    encoder.write_map(2).unwrap();
    for number in [1, 2, 1, 2] {
        encoder.write_u64(number).unwrap();
    }
    let mut events = node.monitor_nodes();
    let server = node.whereis_pid("kernel_sup").unwrap();
    send_bytes(&attached, &server, bytes);
    let lost = format!("{:?}", events.next().await);
    assert!(lost.contains("far@host"), "{lost}");
    assert!(peer.is_down() && !beside.is_down());
}
