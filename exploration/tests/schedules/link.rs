//! Links: both ends have them or none, and each end hears once.

use ergo::prelude::*;
use ergo_exploration::{Log, World, explore};

use crate::probe::{Heard, Probe, ProbeRef, ends_with};

/// A server that traps exits.
async fn trapping(world: &World, log: &Log<Heard>) -> ProbeRef {
    let options = SpawnOptions::default().trap_exit(true);
    let started = world.node.spawn_with::<Probe>(log.clone(), options);
    started.await.unwrap()
}

fn exits(heard: &[Heard]) -> Vec<&ExitReason> {
    let exits = heard.iter().filter_map(|heard| match heard {
        Heard::Exit(reason) => Some(reason),
        _ => None,
    });
    exits.collect()
}

/// A link to a process that ends meanwhile: exactly one exit, of its reason or `noproc`.
///
/// Mutations: `links::link_local` sends `noproc` without asking whether the entry is still there; it enters the other
/// end first.
#[test]
fn a_link_and_the_end_of_the_other() {
    explore(async |world| {
        let log = Log::default();
        let probe = trapping(&world, &log).await;
        let other = ends_with(&world.node);
        let end = world.ended(&other);
        let to = other.clone();
        let node = world.node.clone();
        let ender = world.meanwhile(async move { node.try_send(&to, term!(boom)).unwrap() });
        let linked = probe.inside(async move |cx| cx.link(&other)).await;
        linked.unwrap();
        end.await;
        ender.await;
        let pid = Handle::pid(&probe).unwrap();
        assert_eq!(world.links(&pid), 0, "a link to nobody");
        probe.stop(ExitReason::Normal).unwrap();
        probe.as_ref().ended().await;
        let heard = log.take();
        let exits = exits(&heard);
        let known = [&ExitReason::from("boom"), &ExitReason::NoProc];
        assert!(exits.len() == 1 && known.contains(&exits[0]), "{heard:?}");
        world.assert_empty();
    });
}

/// An unlink of a process that ends meanwhile: the exit is in the mailbox when it returns, or never comes.
///
/// Mutation: `Cell::settle` gives the lock back between the change and the signal.
#[test]
fn an_unlink_and_the_end_of_the_other() {
    explore(async |world| {
        let (node, log) = (world.node.clone(), Log::default());
        let noted = log.clone();
        let unlinker = world.process(async move |cx| {
            cx.trap_exit(true);
            let other = ends_with(&node);
            let host = ergo::process::host::AsHost::host(&*cx);
            let ending = host.process(host.local_id(&other).unwrap()).unwrap();
            cx.link(&other);
            node.try_send(&other, term!(boom)).unwrap();
            cx.unlink(&other);
            let then = cx.queue_len();
            ergo::process::host::Ending::of(ending).await;
            noted.push((then, cx.queue_len()));
        });
        unlinker.await;
        let seen = log.take();
        assert!(seen[0].0 == seen[0].1 && seen[0].0 <= 1, "{seen:?}");
        world.assert_empty();
    });
}

/// Two processes that link and unlink each other at the same time: in the end both are linked, or none is.
///
/// Mutation: `links::link_local` and `links::unlink_local` change one end after the other, each under its own lock. Seen.
#[test]
fn a_link_and_an_unlink_from_the_other_end() {
    explore(async |world| {
        let logs = [Log::default(), Log::default()];
        let one = trapping(&world, &logs[0]).await;
        let two = trapping(&world, &logs[1]).await;
        let (first, second) = (Handle::pid(&one).unwrap(), Handle::pid(&two).unwrap());
        let (to, other) = (one.clone(), second.clone());
        let linking =
            world.meanwhile(async move { to.inside(async move |cx| cx.link(other)).await });
        let other = first.clone();
        let unlinked = two.inside(async move |cx| cx.unlink(other)).await;
        unlinked.unwrap();
        linking.await.unwrap();
        let links = (world.links(&first), world.links(&second));
        assert!(links == (0, 0) || links == (1, 1), "{links:?}");
        one.stop(ExitReason::from("boom")).unwrap();
        one.as_ref().ended().await;
        assert_eq!(world.links(&second), 0);
        two.stop(ExitReason::Normal).unwrap();
        two.as_ref().ended().await;
        assert_eq!(exits(&logs[1].take()).len(), links.1);
        assert_eq!(exits(&logs[0].take()).len(), 0);
        world.assert_empty();
    });
}

/// Two linked processes that end at the same time: each of them ends, by its own reason or that of the other, and a
/// third one that is linked to both hears of each once.
///
/// Mutation: `links::break_links` sends the exit to those whose end of the link is gone, too.
#[test]
fn both_ends_of_a_link_end() {
    explore(async |world| {
        let log = Log::default();
        let probe = trapping(&world, &log).await;
        let pids = [ends_with(&world.node), ends_with(&world.node)];
        let both = pids.clone();
        let linked = probe.inside(async move |cx| {
            cx.link(&both[0]);
            cx.link(&both[1]);
        });
        linked.await.unwrap();
        link(&world, &pids);
        let ends = pids.each_ref().map(|pid| world.ended(pid));
        let senders = pids.clone().map(|pid| {
            let node = world.node.clone();
            world.meanwhile(async move {
                let _ = node.try_send(&pid, term!(boom));
            })
        });
        for end in ends {
            assert_eq!(end.await, ExitReason::from("boom"));
        }
        for sender in senders {
            sender.await;
        }
        let pid = Handle::pid(&probe).unwrap();
        assert_eq!(world.links(&pid), 0);
        probe.stop(ExitReason::Normal).unwrap();
        probe.as_ref().ended().await;
        let heard = log.take();
        assert_eq!(exits(&heard), [&ExitReason::from("boom"); 2]);
        world.assert_empty();
    });
}

/// Links two processes before they run.
fn link(world: &World, [one, two]: &[Pid; 2]) {
    let host = ergo::process::host::AsHost::host(&world.node);
    let (first, second) = (host.local_id(one).unwrap(), host.local_id(two).unwrap());
    assert!(world.relations(one, |relations| relations.link(second)));
    assert!(world.relations(two, |relations| relations.link(first)));
}
