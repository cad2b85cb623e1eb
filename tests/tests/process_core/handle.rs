//! What every handle can do, by pid and by a name of this node.

use ergo::prelude::*;
use ergo_tests::{PATIENCE, deadline};

use crate::probe::{Event, ProbeRef, Probed, node, stop};

async fn named(node: &Node, name: &str) -> Probed {
    Probed::with(node, SpawnOptions::default().name(name)).await
}

#[tokio::test]
async fn a_local_method_works_by_a_name_of_this_node() {
    let node = node().await;
    let mut probe = named(&node, "probe").await;
    let own_name: (&str, &str) = ("probe", node.name().as_str());
    for by_name in [node.at::<ProbeRef>("probe"), node.at(own_name)] {
        // The closure has no form as a term: it is moved there as it is.
        by_name.run(Box::new(|_| ())).await.unwrap();
        by_name.number(1).unwrap();
        assert_eq!(by_name.sync().await, Ok(()));
        assert_eq!(probe.heard().await, [Event::Cast(1)]);
    }
    stop(node).await;
}

#[tokio::test]
async fn a_call_by_name_ends_as_one_by_pid() {
    let node = node().await;
    let by_name: ProbeRef = node.at("probe");
    assert_eq!(by_name.sync().await, Err(CallError::NoProcess));
    assert_eq!(by_name.number(1), Err(CastError::Closed));
    let probe = named(&node, "probe").await;
    let twin = probe.handle.clone();
    let itself = probe.inside_async(|cx| async move {
        let by_name: ProbeRef = cx.node().at("probe");
        by_name.sync().await
    });
    assert_eq!(itself.await, Err(CallError::CallsItself));
    let panicked = deadline(PATIENCE, by_name.panics()).await;
    assert!(
        matches!(panicked, Err(CallError::Exit(ExitReason::Panic(_)))),
        "{panicked:?}"
    );
    assert_eq!(twin.sync().await, Err(CallError::NoProcess));
    // Another process has the name from now on.
    let mut next = named(&node, "probe").await;
    by_name.number(2).unwrap();
    assert_eq!(next.heard().await, [Event::Cast(2)]);
    stop(node).await;
}

#[tokio::test]
async fn a_name_of_another_actor_gets_the_term() {
    let node = node().await;
    let (sender, seen) = tokio::sync::oneshot::channel();
    let options = SpawnOptions::default().name("probe");
    let other = node
        .spawn_fn_with(options, async |mut cx| {
            drop(sender.send(cx.receive().await));
            drop(cx.receive().await);
        })
        .unwrap();
    let by_name: ProbeRef = node.at("probe");
    by_name.number(1).unwrap();
    let cast = [Term::atom("$gen_cast"), term!({number, 1})];
    let seen = deadline(PATIENCE, seen).await.unwrap();
    assert_eq!(seen, Some(Message::Term(Term::tuple(cast))));
    let local = by_name.run(Box::new(|_| ())).await;
    assert_eq!(local, Err(CallError::LocalOnly));
    let call = by_name.sync().timeout(millis(20)).await;
    assert_eq!(call, Err(CallError::Exit(ExitReason::Normal)));
    assert!(!node.is_process_alive(&other));
    stop(node).await;
}

#[tokio::test]
async fn links_monitors_and_exits_take_a_handle() {
    let node = node().await;
    let mut one = Probed::trapping(&node).await;
    let two = named(&node, "two").await;
    for handle in [two.handle.clone(), node.at("two")] {
        one.inside(move |cx| {
            cx.link(&handle);
            cx.unlink(&handle);
            let reference = cx.monitor(&handle);
            assert!(cx.demonitor(&reference));
            cx.link(&handle);
            cx.exit(&handle, ExitReason::Normal);
        })
        .await;
    }
    let by_name: ProbeRef = node.at("two");
    by_name.exit(ExitReason::from("over"));
    assert_eq!(two.ended().await, ExitReason::from("over"));
    let exit = Event::Exit(two.pid.clone(), ExitReason::from("over"));
    assert_eq!(one.next().await, exit);
    // Nobody has the name: as for a pid that has ended.
    one.inside(move |cx| cx.link(&by_name)).await;
    let nobody = one.next().await;
    assert!(
        matches!(&nobody, Event::Exit(_, ExitReason::NoProc)),
        "{nobody:?}"
    );
    stop(node).await;
}

#[tokio::test]
async fn a_handle_waits_for_the_end() {
    let node = node().await;
    let probe = named(&node, "probe").await;
    let by_name: ProbeRef = node.at("probe");
    Handle::exit(&probe.handle, ExitReason::Shutdown);
    assert_eq!(
        deadline(PATIENCE, probe.handle.ended()).await,
        ExitReason::Shutdown
    );
    assert_eq!(
        deadline(PATIENCE, by_name.ended()).await,
        ExitReason::NoProc
    );
    stop(node).await;
}

/// `gen_server:stop/3`.
#[tokio::test]
async fn stop_ends_a_server_after_what_is_in_its_mailbox() {
    let node = node().await;
    for named in [false, true] {
        let mut probe = Probed::with(&node, SpawnOptions::default().name("probe")).await;
        let handle = if named {
            node.at("probe")
        } else {
            probe.handle.clone()
        };
        handle.number(1).unwrap();
        let reason = ExitReason::from("enough");
        let stopped = Handle::stop(&handle, reason.clone(), PATIENCE).await;
        assert_eq!(stopped, Ok(()));
        let heard = [Event::Cast(1), Event::Terminated(reason.clone())];
        assert_eq!(probe.left(), heard);
        let again = Handle::stop(&handle, reason, PATIENCE).await;
        assert_eq!(again, Err(CallError::NoProcess));
    }
    stop(node).await;
}

#[tokio::test]
async fn stop_says_when_it_did_not_end_so() {
    let node = node().await;
    let probe = Probed::start(&node).await;
    probe.handle.hang().unwrap();
    let stopped = Handle::stop(&probe.handle, ExitReason::Normal, millis(20)).await;
    assert_eq!(stopped, Err(CallError::Timeout));
    let stopping = Handle::stop(&probe.handle, ExitReason::Normal, PATIENCE);
    let (stopped, ()) = tokio::join!(stopping, async {
        Handle::exit(&probe.handle, ExitReason::Kill);
    });
    assert_eq!(stopped, Err(CallError::Exit(ExitReason::Killed)));
    let probe = Probed::start(&node).await;
    let itself = probe.inside_async(|cx| async move {
        Handle::stop(&cx.handle(), ExitReason::Normal, PATIENCE).await
    });
    assert_eq!(itself.await, Err(CallError::CallsItself));
    stop(node).await;
}
