//! What happens between the loss of a connection and the end of the task that pumps it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;

use super::*;
use crate::dist::Monitored;
use crate::node::connect::LostInPanic;
use crate::node::delivery::untie;
use crate::node::spawning::SpawnRequest;

fn link(to: &Pid) -> Control {
    Control::Link {
        from: stranger(1),
        to: to.clone(),
    }
}

/// What the pump had read already was acted on: messages came after the `noconnection` of their sender, and a link made
/// then stayed for ever.
#[tokio::test]
async fn nothing_is_acted_on_once_the_connection_is_lost() {
    let node = node().await;
    let (pid, mut told) = told(&node).await;
    let (peer, attached) = connect(&node);
    attached.signal(link(&pid), None);
    send(&attached, &pid, &Term::from(1));
    assert_eq!(relations_of(&node, &pid), (1, 0));

    node.lose(&peer, false, "disconnect", None);
    send(&attached, &pid, &Term::from(2));
    attached.signal(link(&pid), None);
    let monitor = Control::MonitorP {
        from: stranger(1),
        to: Monitored::Pid(pid.clone()),
        reference: reference_of_theirs(),
    };
    attached.signal(monitor, None);
    node.lose(&peer, false, "connection_closed", None);

    assert_eq!(relations_of(&node, &pid), (0, 0));
    assert!(peer.core().ties.links.is_empty() && peer.core().ties.watched.is_empty());
    assert!(told.recv().await.unwrap().contains("1"));
    let lost = format!("{} {}", stranger(1), ExitReason::NoConnection);
    assert_eq!(told.recv().await.unwrap(), lost);
    let mine = node.send(&pid, Term::atom("last")).await;
    assert_eq!(mine, Ok(()));
    assert!(told.recv().await.unwrap().contains("last"));
}

/// A signal that is being acted on is over before anybody is told of the loss, and what it ties is told too.
#[tokio::test]
async fn a_loss_waits_for_the_signal_in_progress() {
    let node = node().await;
    let (peer, _) = connect(&node);
    let (entered, enters) = mpsc::channel();
    let pump = std::thread::spawn({
        let peer = peer.clone();
        move || {
            peer.act(|| {
                entered.send(()).unwrap();
                // The other thread has begun to lose the peer.
                while !peer.is_down() {
                    std::thread::yield_now();
                }
                peer.core().ties.link(5, &stranger(1), 1);
            });
        }
    });
    enters.recv().unwrap();
    let (ties, was_up) = peer.lose(None).unwrap();
    pump.join().unwrap();
    assert!(was_up && ties.links.contains_key(&(5, stranger(1))));
    assert!(peer.lose(None).is_none());
}

/// Code of the user's that is called while a signal is acted on, such as one that takes what is logged, may end the
/// connection.
#[tokio::test]
async fn a_loss_from_within_a_signal_waits_for_nothing() {
    let node = node().await;
    let (peer, _) = connect(&node);
    peer.act(|| node.lose(&peer, false, "disconnect", None));
    assert!(peer.is_down());
}

/// The new connection of a name is used when everyone has heard of the end of the old one.
#[tokio::test]
async fn a_new_peer_comes_after_the_one_that_is_being_lost() {
    let node = node().await;
    let (old, _) = connect(&node);
    let _ties = old.lose(None).unwrap();
    // Whoever loses it has not told everyone yet.
    let again = |before| Peer::dialling(far(), &Limits::default(), before);
    let (new, is_new) = node.0.peers.get_or_insert(&far(), 1, again).unwrap();
    assert!(is_new && !Arc::ptr_eq(&new, &old));
    assert!(Arc::ptr_eq(&new.comes_after().unwrap(), &old));
    old.set_gone();
    old.gone().await;
    assert!(new.comes_after().is_none());
    // The old one takes its own place back and no other.
    node.0.peers.remove(&old);
    assert!(Arc::ptr_eq(&node.0.peers.get(&far()).unwrap(), &new));
}

/// A panic in the task that pumps left a connection that nobody was behind.
#[tokio::test]
async fn a_pump_that_panics_loses_its_peer() {
    let node = node().await;
    let (peer, _) = connect(&node);
    let mut events = node.monitor_nodes();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _lost = LostInPanic {
            node: &node,
            peer: &peer,
            hidden: false,
        };
        panic!("a bug");
    }));
    assert!(panicked.is_err() && peer.is_down());
    assert!(node.0.peers.get(&far()).is_none());
    let event = format!("{:?}", events.next().await);
    assert!(event.contains("panic"), "{event}");
}

/// The link was made again while the acknowledgement of its end was acted on, and its note was taken back with the old.
#[tokio::test]
async fn a_link_made_again_keeps_its_note() {
    let node = node().await;
    let (pid, _told) = told(&node).await;
    let (peer, attached) = connect(&node);
    attached.signal(link(&pid), None);
    // As when the process had linked again right after the link had ended.
    let host = node.host_ref();
    let process = host.process(host.local_id(&pid).unwrap()).unwrap();
    untie(&peer, &*process, &stranger(1));
    assert_eq!(peer.core().ties.links.len(), 1);
    let unlink = Control::UnlinkId {
        id: 1,
        from: stranger(1),
        to: pid.clone(),
    };
    attached.signal(unlink, None);
    assert_eq!(peer.core().ties.links.len(), 0);
}

/// A reference that is used again took the place of the first monitor, which stayed for ever.
#[tokio::test]
async fn a_reference_used_again_ends_the_first_monitor() {
    let node = node().await;
    let (one, _one) = told(&node).await;
    let (other, _other) = told(&node).await;
    let (peer, attached) = connect(&node);
    for pid in [&one, &other] {
        let monitor = Control::MonitorP {
            from: stranger(1),
            to: Monitored::Pid(pid.clone()),
            reference: reference_of_theirs(),
        };
        attached.signal(monitor, None);
    }
    assert_eq!(relations_of(&node, &one), (0, 0));
    assert_eq!(relations_of(&node, &other), (0, 1));
    node.lose(&peer, false, "disconnect", None);
    assert_eq!(relations_of(&node, &other), (0, 0));
}

/// The peer that had asked for a process with a link was lost before it was linked: it lived on, linked to nobody.
#[tokio::test]
async fn a_process_spawned_for_a_lost_peer_hears_of_it() {
    let node = node().await;
    let (pid, mut told) = told(&node).await;
    let host = node.host_ref();
    let process = host.process(host.local_id(&pid).unwrap()).unwrap();
    let from = stranger(1);
    let request = SpawnRequest {
        peer: from.node().clone(),
        request: reference_of_theirs(),
        from: from.clone(),
        group_leader: from.clone(),
        module: Atom::from_static("m"),
        function: Atom::from_static("f"),
        arity: 0,
        link: true,
        monitor: true,
        args: Encoded::new(&Term::list([])).unwrap(),
    };
    node.tie_spawned(&*process, &request);
    let lost = format!("{from} {}", ExitReason::NoConnection);
    assert_eq!(told.recv().await.unwrap(), lost);
    assert_eq!(relations_of(&node, &pid), (0, 0));
}

/// The process unlinked, and linked again, between the loss and its telling: the new link was broken at this end alone,
/// and what it was linked to never heard of its end.
#[tokio::test]
async fn a_link_made_again_during_a_loss_is_not_broken_by_it() {
    let node = node().await;
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let pid = node.spawn_fn(async move |mut cx: PlainContext| {
        cx.trap_exit(true);
        cx.link(stranger(1));
        let _ = tell.send("linked".to_owned());
        while let Some(message) = cx.receive().await {
            if let Message::Exit(exit) = message {
                let _ = tell.send(exit.reason.to_string());
            } else {
                cx.unlink(stranger(1));
                cx.link(stranger(1));
                let _ = tell.send("again".to_owned());
            }
        }
    });
    let pid = pid.unwrap();
    let (old, _) = connect(&node);
    assert_eq!(told.recv().await.unwrap(), "linked");
    // Lost, and not told yet; what is sent meanwhile waits for the next connection.
    let (ties, _) = old.lose(None).unwrap();
    let dialling = |before| Peer::dialling(far(), &Limits::default(), before);
    let (new, is_new) = node.0.peers.get_or_insert(&far(), 1, dialling).unwrap();
    assert!(is_new);
    node.send(&pid, Term::atom("again")).await.unwrap();
    assert_eq!(told.recv().await.unwrap(), "again");
    node.break_ties(ties);
    old.set_gone();
    assert_eq!(relations_of(&node, &pid), (1, 0));

    // The new one breaks it, once.
    node.lose(&new, false, "connection_closed", None);
    assert_eq!(told.recv().await.unwrap(), "noconnection");
    assert_eq!(relations_of(&node, &pid), (0, 0));
    assert!(told.is_empty());
}
