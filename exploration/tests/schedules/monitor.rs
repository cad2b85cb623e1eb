//! G-02: exactly one `Down` for each monitor, and none after `demonitor_flush`.

use ergo::prelude::*;
use ergo_exploration::{Log, explore};

use crate::probe::{Heard, Probe, a_while, ends_with};

fn downs(heard: &[Heard]) -> Vec<&ExitReason> {
    let downs = heard.iter().filter_map(|heard| match heard {
        Heard::Down(reason) => Some(reason),
        _ => None,
    });
    downs.collect()
}

/// Two monitors, one by pid and one by name, of a process that ends meanwhile: exactly one `Down` of each.
///
/// Mutations: `links::monitor` watches before it notes its own end; `links::monitor` says `noproc` without asking
/// whether the monitor is still there.
#[test]
fn a_monitor_and_the_end_of_the_other() {
    explore(async |world| {
        let log = Log::default();
        let probe = world.node.spawn::<Probe>(log.clone()).await.unwrap();
        let options = SpawnOptions::default().name("other");
        let other = world.node.spawn_fn_with(options, async |mut cx| {
            cx.receive().await;
        });
        let other = other.unwrap();
        let end = world.ended(&other);
        let (node, to) = (world.node.clone(), other.clone());
        let ender = world.meanwhile(async move { node.try_send(&to, term!(end)).unwrap() });
        let monitored = probe.inside(async move |cx| {
            cx.monitor(&other);
            cx.monitor("other");
        });
        monitored.await.unwrap();
        end.await;
        ender.await;
        probe.stop(ExitReason::Normal).unwrap();
        probe.as_ref().ended().await;
        let heard = log.take();
        let downs = downs(&heard);
        assert_eq!(downs.len(), 2, "{heard:?}");
        let known = [&ExitReason::Normal, &ExitReason::NoProc];
        assert!(
            downs.iter().all(|reason| known.contains(reason)),
            "{heard:?}"
        );
        world.assert_empty();
    });
}

/// A plain process that takes a monitor back while the other ends: what `demonitor` says is what comes, and with
/// flush nothing does.
///
/// Mutation: `Cell::settle` gives the lock back between taking the entry out and pushing the `Down`.
#[test]
fn a_demonitor_and_the_end_of_the_other() {
    explore(async |world| {
        for flush in [false, true] {
            let node = world.node.clone();
            let monitoring = world.process(async move |mut cx| {
                let other = ends_with(&node);
                let host = ergo::process::host::AsHost::host(&*cx);
                let ending = host.process(host.local_id(&other).unwrap()).unwrap();
                let reference = cx.monitor(&other);
                node.try_send(&other, term!(boom)).unwrap();
                let was_there = if flush {
                    cx.demonitor_flush(&reference)
                } else {
                    cx.demonitor(&reference)
                };
                ergo::process::host::Ending::of(ending).await;
                let comes = usize::from(!flush && !was_there);
                assert_eq!(cx.queue_len(), comes);
                assert_eq!(
                    cx.receive_timeout(Duration::ZERO).await.is_some(),
                    comes == 1
                );
            });
            monitoring.await;
        }
        world.assert_empty();
    });
}

/// A server whose `Down` may be in the batch it works on when it takes the monitor back: it is not called with it.
///
/// Mutations: `Cell::flush_down` does not note what it did not find; `serve` does not ask for it.
#[test]
fn a_flush_reaches_the_batch_in_progress() {
    explore(async |world| {
        let log = Log::default();
        let probe = world.node.spawn::<Probe>(log.clone()).await.unwrap();
        let other = ends_with(&world.node);
        let (to, held) = (other.clone(), Log::default());
        let kept = held.clone();
        let monitored = probe.inside(async move |cx| kept.push(cx.monitor(&to)));
        monitored.await.unwrap();
        let reference = held.take().remove(0);
        let end = world.ended(&other);
        let node = world.node.clone();
        let ender = world.meanwhile(async move { node.try_send(&other, term!(boom)).unwrap() });
        let noted = log.clone();
        let flushed = probe.inside(async move |cx| {
            a_while().await;
            cx.demonitor_flush(&reference);
            noted.push(Heard::Number(0));
        });
        // This call and the `Down` come in one batch or in two, in any order.
        flushed.await.unwrap();
        end.await;
        ender.await;
        probe.stop(ExitReason::Normal).unwrap();
        probe.as_ref().ended().await;
        let heard = log.take();
        let mut after = heard.iter().skip_while(|heard| **heard != Heard::Number(0));
        assert!(
            !after.any(|heard| matches!(heard, Heard::Down(_))),
            "{heard:?}"
        );
        world.assert_empty();
    });
}

/// A `Down` comes after all that its process has sent, also what it sent last.
///
/// Mutation: `links::dissolve` before the body is dropped, or `finish` before the last poll is over.
#[test]
fn a_down_comes_last() {
    explore(async |world| {
        let log = Log::default();
        let probe = world.node.spawn::<Probe>(log.clone()).await.unwrap();
        let (to, pid) = (probe.clone(), Handle::pid(&probe).unwrap());
        let other = world.node.spawn_fn(async move |mut cx| {
            cx.receive().await;
            cx.send(&pid, 1).unwrap();
            to.note(2).unwrap();
        });
        let other = other.unwrap();
        let end = world.ended(&other);
        let watched = other.clone();
        let monitored = probe.inside(async move |cx| drop(cx.monitor(&watched)));
        monitored.await.unwrap();
        world.node.try_send(&other, term!(end)).unwrap();
        end.await;
        probe.stop(ExitReason::Normal).unwrap();
        probe.as_ref().ended().await;
        let heard = log.take();
        let sent = [
            Heard::Info(Term::from(1)),
            Heard::Number(2),
            Heard::Down(ExitReason::Normal),
            Heard::Terminated(ExitReason::Normal),
        ];
        assert_eq!(heard, sent);
        world.assert_empty();
    });
}
