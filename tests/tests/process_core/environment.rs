//! The environment of a process, and what it inherits from the one that started it.

use ergo::prelude::*;
use ergo::process::EnvValue;
use ergo_tests::{PATIENCE, deadline, unique_name};
use tokio::sync::oneshot;

use crate::probe::{Probed, node, stop};

/// Runs `look` in a plain process that `parent` starts, and gives what it saw.
async fn in_child<R: Send + 'static>(
    parent: &Probed,
    options: SpawnOptions,
    look: impl FnOnce(&PlainContext) -> R + Send + 'static,
) -> R {
    let (sender, seen) = oneshot::channel();
    parent
        .inside(move |cx| {
            cx.spawn_fn_with(options, async move |cx| drop(sender.send(look(&cx))))
                .unwrap()
        })
        .await;
    deadline(PATIENCE, seen).await.unwrap()
}

#[tokio::test]
async fn options_come_before_the_parent_the_application_and_the_node() {
    let name = format!("{}@127.0.0.1", unique_name("process"));
    let builder = Node::builder(name).local_only();
    let builder = ["a", "b", "c", "d"]
        .iter()
        .fold(builder, |builder, key| builder.env(key, Term::from("node")));
    let node = deadline(PATIENCE, builder.start()).await.unwrap();
    for key in ["a", "b", "c"] {
        node.set_application_env("shop", key, EnvValue::new(Term::from("application")));
    }
    let options = SpawnOptions::default().application("shop");
    let parent = Probed::with(&node, options).await;
    parent
        .inside(|cx| {
            cx.set_env("a", Term::from("parent"));
            cx.set_env("b", Term::from("parent"));
        })
        .await;
    let options = SpawnOptions::default().env("a", Term::from("options"));
    let seen = in_child(&parent, options, |cx| {
        ["a", "b", "c", "d", "e"].map(|key| cx.env::<String>(key))
    });
    let expected = [
        Some("options"),
        Some("parent"),
        Some("application"),
        Some("node"),
        None,
    ];
    assert_eq!(seen.await, expected.map(|value| value.map(String::from)));
    // Whoever belongs to no application does not see its values.
    let stranger = Probed::start(&node).await;
    let seen = stranger.inside(|cx| cx.env::<String>("a")).await;
    assert_eq!(seen.as_deref(), Some("node"));
    stop(node).await;
}

#[tokio::test]
async fn a_child_has_the_environment_of_the_moment_it_was_started() {
    let node = node().await;
    let parent = Probed::start(&node).await;
    let child = parent
        .inside_async(|cx| async move {
            cx.set_env("key", 1);
            let child = cx.spawn_fn(async |mut cx| {
                let asked = cx.receive().await;
                assert_eq!(asked, Some(Message::Term(term!(go))));
                ExitReason::from(Term::from(cx.env::<u8>("key").unwrap()))
            });
            cx.set_env("key", 2);
            child.unwrap()
        })
        .await;
    let later = in_child(&parent, SpawnOptions::default(), |cx| cx.env::<u8>("key")).await;
    assert_eq!(later, Some(2));
    let gone = crate::probe::gone(&node, &child);
    node.try_send(&child, term!(go)).unwrap();
    assert_eq!(gone.await, ExitReason::from(Term::from(1)));
    stop(node).await;
}

#[tokio::test]
async fn what_a_child_sets_is_not_seen_by_its_parent_or_its_siblings() {
    let node = node().await;
    let parent = Probed::start(&node).await;
    parent.inside(|cx| cx.set_env("key", 1)).await;
    let own = in_child(&parent, SpawnOptions::default(), |cx| {
        cx.set_env("key", 2);
        cx.env::<u8>("key")
    });
    assert_eq!(own.await, Some(2));
    let unset = in_child(&parent, SpawnOptions::default(), |cx| {
        cx.unset_env("key");
        cx.env::<u8>("key")
    });
    assert_eq!(unset.await, None);
    let sibling = in_child(&parent, SpawnOptions::default(), |cx| cx.env::<u8>("key"));
    assert_eq!(sibling.await, Some(1));
    assert_eq!(parent.inside(|cx| cx.env::<u8>("key")).await, Some(1));
    stop(node).await;
}

#[derive(Debug, Clone, PartialEq)]
struct Local(u8);

#[tokio::test]
async fn a_value_is_read_as_what_its_term_can_be() {
    let node = node().await;
    node.set_env("number", 7_u8);
    node.set_env_local("local", Local(1));
    let probe = Probed::start(&node).await;
    let seen = probe
        .inside(|cx| {
            assert_eq!(cx.env::<u64>("number"), Some(7));
            assert_eq!(cx.env::<Term>("number"), Some(Term::from(7)));
            assert_eq!(cx.env::<String>("number"), None);
            assert_eq!(cx.env::<Term>("local"), None);
            assert_eq!(cx.env_local::<u8>("local"), None);
            cx.env_local::<Local>("local")
        })
        .await;
    assert_eq!(seen, Some(Local(1)));
    assert!(node.unset_env("number"));
    assert!(!node.unset_env("number"));
    assert_eq!(node.env::<u8>("number"), None);
    stop(node).await;
}

#[tokio::test]
async fn ancestors_are_known_by_name_or_pid_the_nearest_first() {
    let node = node().await;
    let top = Probed::start(&node).await;
    let middle = top
        .inside_async(|cx| async move {
            let (log, _) = tokio::sync::mpsc::unbounded_channel();
            let options = SpawnOptions::default().name("middle");
            cx.spawn_with::<crate::probe::Probe>(log, options)
                .await
                .unwrap()
        })
        .await;
    let (sender, seen) = oneshot::channel();
    let act = Box::new(move |cx: &Context<crate::probe::Probe>| {
        let child = cx.spawn_fn_link(async move |cx| {
            drop(sender.send((cx.ancestors(), cx.spawner(), cx.parent())));
        });
        drop(child);
    });
    deadline(PATIENCE, middle.run(act)).await.unwrap();
    let (ancestors, spawner, parent) = deadline(PATIENCE, seen).await.unwrap();
    let expected = [
        Destination::from("middle"),
        Destination::Pid(top.pid.clone()),
    ];
    assert_eq!(ancestors, expected);
    assert_eq!(spawner, Handle::pid(&middle));
    assert_eq!(Some(parent), Handle::pid(&middle));
    assert_eq!(top.inside(|cx| cx.spawner()).await, None);
    stop(node).await;
}

#[tokio::test]
async fn a_line_of_successors_does_not_grow_for_ever() {
    fn successor(
        cx: PlainContext,
        left: u32,
        done: oneshot::Sender<usize>,
    ) -> std::future::Ready<()> {
        if left == 0 {
            let _ = done.send(cx.ancestors().len());
        } else {
            cx.spawn_fn(move |cx| successor(cx, left - 1, done))
                .unwrap();
        }
        std::future::ready(())
    }
    let node = node().await;
    let (done, seen) = oneshot::channel();
    node.spawn_fn(async move |cx| successor(cx, 100, done).await)
        .unwrap();
    assert_eq!(deadline(PATIENCE, seen).await.unwrap(), 64);
    stop(node).await;
}

#[tokio::test]
async fn the_group_leader_and_the_log_level_are_inherited() {
    use tracing::level_filters::LevelFilter;
    let node = node().await;
    let leader = Probed::start(&node).await;
    let mut options = SpawnOptions::default().log_level(LevelFilter::ERROR);
    options.group_leader = Some(leader.pid.clone());
    let parent = Probed::with(&node, options).await;
    let seen = in_child(&parent, SpawnOptions::default(), |cx| {
        (cx.group_leader(), cx.logs(tracing::Level::WARN))
    });
    assert_eq!(seen.await, (leader.pid.clone(), false));
    let options = SpawnOptions::default().log_level(LevelFilter::WARN);
    let seen = in_child(&parent, options, |cx| cx.logs(tracing::Level::WARN));
    assert!(seen.await);
    assert!(leader.inside(|cx| cx.logs(tracing::Level::TRACE)).await);
    stop(node).await;
}
