//! What can be seen of a process from outside.

use ergo::ProcessStatus;
use ergo::prelude::*;
use ergo_tests::{PATIENCE, deadline};

use crate::probe::{Probe, Probed, gone, hold, node, stop};

#[tokio::test]
async fn process_info_says_what_otp_says() {
    let node = node().await;
    node.set_env("of_the_node", 1);
    let parent = Probed::start(&node).await;
    let friend = Probed::start(&node).await;
    let (log, _events) = tokio::sync::mpsc::unbounded_channel();
    let options = SpawnOptions::default()
        .name("seen")
        .mailbox(10)
        .trap_exit(true)
        .env("key", 7)
        .application("shop");
    let seen = parent.inside_async(|cx| async move {
        let seen = cx.spawn_link_with::<Probe>(log, options).await.unwrap();
        cx.monitor(&seen);
        seen
    });
    let seen = seen.await;
    let to = friend.pid.clone();
    let act = Box::new(move |cx: &Context<Probe>| {
        cx.link(&to);
        cx.monitor(&to);
        let me = cx.info();
        assert_eq!(me.status, ProcessStatus::Running);
    });
    deadline(PATIENCE, seen.run(act)).await.unwrap();
    let release = hold(&seen).await;
    seen.number(1).unwrap();
    seen.number(2).unwrap();

    let pid = seen.pid().unwrap();
    let info = node.process_info(&pid).unwrap();
    assert_eq!(info.pid, pid);
    assert_eq!(info.registered_name, Some(Atom::from_static("seen")));
    assert!(
        info.initial_call.ends_with("Probe"),
        "{}",
        info.initial_call
    );
    assert_eq!(info.status, ProcessStatus::Running);
    assert_eq!((info.message_queue_len, info.mailbox), (2, Some(10)));
    let mut links = info.links;
    links.sort();
    let mut expected = [parent.pid.clone(), friend.pid.clone()];
    expected.sort();
    assert_eq!(links, expected);
    assert_eq!(info.monitors, [Destination::from(&friend.pid)]);
    assert_eq!(info.monitored_by, std::slice::from_ref(&parent.pid));
    assert!(info.trap_exit);
    assert_eq!(info.group_leader, node.pid_of_node());
    assert_eq!(info.parent, Some(parent.pid.clone()));
    assert_eq!(info.ancestors, [Destination::from(&parent.pid)]);
    assert_eq!(info.application, Some(Atom::from_static("shop")));
    let dictionary: Vec<_> = info
        .dictionary
        .into_iter()
        .map(|(key, value)| (key, value.to_term()))
        .collect();
    assert_eq!(dictionary, [("key".to_owned(), Some(Term::from(7)))]);

    drop(release);
    stop(node).await;
}

/// A child that has nothing but its parent keeps that in a shorter form, which must not show.
#[tokio::test]
async fn process_info_of_a_child_names_its_parent() {
    let node = node().await;
    let parent = Probed::start(&node).await;
    let (log, _events) = tokio::sync::mpsc::unbounded_channel();
    let child = parent
        .inside_async(|cx| async move { cx.spawn_link::<Probe>(log).await.unwrap() })
        .await;
    let info = node.process_info(&child.pid().unwrap()).unwrap();
    assert_eq!(info.links, [parent.pid.clone()]);
    assert_eq!(info.parent, Some(parent.pid.clone()));
    stop(node).await;
}

#[tokio::test]
async fn a_process_waits_or_is_gone() {
    let node = node().await;
    let probe = Probed::start(&node).await;
    // Once it has answered it waits, as soon as it has been polled.
    let waits = async {
        while node.process_info(&probe.pid).unwrap().status != ProcessStatus::Waiting {
            tokio::task::yield_now().await;
        }
    };
    deadline(PATIENCE, waits).await;
    let processes = node.processes();
    assert!(processes.contains(&probe.pid), "{processes:?}");
    assert_eq!(processes.len(), node.process_count());
    let gone = gone(&node, &probe.pid);
    node.exit(&probe.pid, ExitReason::Kill);
    gone.await;
    assert!(node.process_info(&probe.pid).is_none());
    assert!(!node.processes().contains(&probe.pid));
    stop(node).await;
}
