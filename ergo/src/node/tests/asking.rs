//! Spawn requests of ours: whatever becomes of them, nothing of them is left.

use super::*;
use crate::dist::{Monitored, SpawnReply};
use crate::node::{Asked, SpawnFailure, Wanted};
use crate::process::host::{Host, NODE_ID};

/// What is kept for answers: places, and what is tied to the connection.
fn kept(node: &Node, peer: &Peer) -> (usize, usize) {
    let core = peer.core();
    let ties = &core.ties;
    let tied = ties.slots.len() + ties.links.len() + ties.monitors.len();
    (node.0.places.len(), tied)
}

fn ask(node: &Node, caller: u64) -> Asked {
    let is_process = caller != NODE_ID;
    node.ask_spawn(&Wanted {
        node: &far(),
        function: (Atom::from_static("m"), Atom::from_static("f"), 0),
        args: &encoded(&Term::list([])),
        caller,
        link: is_process,
        monitor: is_process,
        group_leader: None,
    })
}

fn reply(attached: &Attached, request: &Reference, result: Result<Pid, Atom>) {
    let reply = SpawnReply {
        request: request.clone(),
        to: attached.node.pid_of_node(),
        link: true,
        monitor: true,
        result,
    };
    attached.signal(Control::SpawnReply(Box::new(reply)), None);
}

#[tokio::test]
async fn nothing_is_left_of_a_request_that_is_answered_or_given_up() {
    let node = node().await;
    let (peer, attached) = connect(&node);
    let refused = Atom::from_static("not_allowed");
    for result in [Ok(stranger(5)), Err(refused.clone())] {
        let mut asked = ask(&node, NODE_ID);
        assert_eq!(kept(&node, &peer), (1, 1));
        reply(&attached, &asked.reference(&node), result.clone());
        let expected = result.clone().map_err(SpawnFailure::Refused);
        assert_eq!(asked.answered().await, expected);
        assert_eq!(kept(&node, &peer), (0, 0));
        // Given up before the answer, and between it and its being looked at.
        let asked = ask(&node, NODE_ID);
        let reference = asked.reference(&node);
        drop(asked);
        reply(&attached, &reference, result.clone());
        assert_eq!(kept(&node, &peer), (0, 0));
        let asked = ask(&node, NODE_ID);
        reply(&attached, &asked.reference(&node), result);
        drop(asked);
        assert_eq!(kept(&node, &peer), (0, 0));
    }
    let mut asked = ask(&node, NODE_ID);
    node.lose(&peer, false, "disconnect", None);
    assert_eq!(asked.answered().await, Err(SpawnFailure::NoConnection));
    assert_eq!(node.0.places.len(), 0);
}

#[tokio::test]
async fn a_link_and_a_monitor_are_the_callers_from_the_answer_on() {
    let node = node().await;
    let (peer, attached) = connect(&node);
    let (pid, mut told) = told(&node).await;
    let caller = node.0.local_id(&pid).unwrap();
    let mut asked = ask(&node, caller);
    reply(&attached, &asked.reference(&node), Ok(stranger(5)));
    let started = asked.answered().await.unwrap();
    assert_eq!(kept(&node, &peer), (0, 2));
    assert_eq!(relations_of(&node, &pid), (1, 0));
    asked.forget(&started);
    assert_eq!(
        (kept(&node, &peer), relations_of(&node, &pid)),
        ((0, 0), (0, 0))
    );
    // A caller that has ended is tied to nothing.
    let mut asked = ask(&node, caller);
    node.exit(&pid, ExitReason::Kill);
    assert_eq!(told.recv().await, None);
    reply(&attached, &asked.reference(&node), Ok(stranger(6)));
    assert_eq!(asked.answered().await, Err(SpawnFailure::NoConnection));
    assert_eq!(kept(&node, &peer), (0, 0));
}

#[tokio::test]
async fn an_answer_that_nobody_asked_for_disturbs_no_other_slot() {
    let node = node().await;
    let (peer, attached) = connect(&node);
    let mut other = node.told_by(&far()).unwrap();
    reply(&attached, &other.alias(), Ok(stranger(5)));
    assert_eq!(kept(&node, &peer), (1, 1));
    let control = Control::AliasSend {
        from: stranger(1),
        to: other.alias(),
    };
    attached.signal(control, Some(encoded(&Term::from(7))));
    let message = other
        .message()
        .await
        .map(|message| message.to_term().unwrap());
    assert_eq!(message, Some(Term::from(7)));
    drop(other);
    assert_eq!(kept(&node, &peer), (0, 0));
}

/// What belongs to the connection to one peer is nothing that another one can end, whatever numbers it guesses.
#[tokio::test]
async fn a_third_node_answers_for_nobody() {
    let node = node().await;
    let (peer, attached) = connect(&node);
    let third = Atom::from_static("third@host");
    let (_third, forger) = connect_as(&node, third.clone());
    let forged = Pid::new(third, 5, 0, 9);
    let mut asked = ask(&node, NODE_ID);
    reply(&forger, &asked.reference(&node), Ok(forged.clone()));
    let (pid, mut told) = told(&node).await;
    let host = node.host_ref();
    let process = host.process(host.local_id(&pid).unwrap()).unwrap();
    let to = crate::process::Destination::Pid(stranger(5));
    let monitor = crate::process::monitor_of(&host, &*process, to);
    let end = |from: &Pid| Control::MonitorPExit {
        from: Monitored::Pid(from.clone()),
        to: pid.clone(),
        reference: monitor.clone(),
    };
    forger.signal(end(&forged), Some(encoded(&Term::atom("forged"))));
    assert_eq!(kept(&node, &peer), (1, 2));
    reply(&attached, &asked.reference(&node), Ok(stranger(6)));
    assert_eq!(asked.answered().await, Ok(stranger(6)));
    attached.signal(end(&stranger(5)), Some(encoded(&Term::atom("real"))));
    let down = told.recv().await.unwrap();
    assert!(down.contains("real"), "{down}");
    assert_eq!(kept(&node, &peer), (0, 0));
}
