//! Aliases in all modes, and messages with priority.

use ergo::prelude::*;
use ergo::{AliasMode, AliasOptions, DeadLetterReason, MonitorOptions};
use ergo_tests::{PATIENCE, deadline};
use tokio::sync::oneshot;

use crate::probe::{Event, Probe, Probed, ends_with, hold, node, relations, stop};

/// How `tell` answers.
const OFF: Result<(), CastError> = Err(CastError::Closed);

fn tell(node: &Node, alias: &Reference, number: u64) -> Result<(), CastError> {
    node.try_send(alias.clone(), Term::from(number))
}

fn told(number: u64) -> Event {
    Event::Info(Term::from(number))
}

/// What is on, and what is monitored, of a probe.
fn held(node: &Node, probe: &Probed) -> (usize, usize) {
    relations(node, &probe.pid, |relations| {
        (relations.alias_count(), relations.monitoring_count())
    })
}

#[tokio::test]
async fn an_alias_is_on_until_it_is_switched_off() {
    let node = node().await;
    let mut probe = Probed::start(&node).await;
    let mut letters = node.dead_letters();
    let alias = probe.inside(|cx| cx.alias()).await;
    assert_eq!(tell(&node, &alias, 1), Ok(()));
    assert_eq!(tell(&node, &alias, 2), Ok(()));
    let same = alias.clone();
    assert!(probe.inside(move |cx| cx.unalias(&same)).await);
    assert_eq!(tell(&node, &alias, 3), OFF);
    let same = alias.clone();
    assert!(!probe.inside(move |cx| cx.unalias(&same)).await);
    assert_eq!(probe.heard().await, [told(1), told(2)]);
    let letter = deadline(PATIENCE, letters.recv()).await.unwrap();
    assert_eq!(letter.reason, DeadLetterReason::NoAlias);
    assert_eq!(letter.to, Destination::Alias(alias));
    assert_eq!(letter.message, Some(Term::from(3)));
    stop(node).await;
}

#[tokio::test]
async fn one_for_a_reply_is_off_after_a_message() {
    let node = node().await;
    let mut probe = Probed::start(&node).await;
    let alias = probe
        .inside(|cx| cx.alias_with(AliasOptions::new().reply()))
        .await;
    assert_eq!(tell(&node, &alias, 1), Ok(()));
    assert_eq!(tell(&node, &alias, 2), OFF);
    let same = alias.clone();
    assert!(!probe.inside(move |cx| cx.unalias(&same)).await);
    assert_eq!(probe.heard().await, [told(1)]);
    assert_eq!(held(&node, &probe), (0, 0));
    stop(node).await;
}

#[tokio::test]
async fn a_message_that_is_refused_leaves_the_alias_on() {
    let node = node().await;
    let (sender, alias) = oneshot::channel();
    let (go, wait) = oneshot::channel::<()>();
    let options = SpawnOptions::default().mailbox(1);
    let pid = node.spawn_fn_with(options, async |mut cx| {
        drop(sender.send(cx.alias_with(AliasOptions::new().reply())));
        drop(wait.await);
        assert_eq!(cx.receive().await, Some(Message::Term(term!(full))));
        cx.receive().await;
    });
    let pid = pid.unwrap();
    let alias = deadline(PATIENCE, alias).await.unwrap();
    node.try_send(&pid, term!(full)).unwrap();
    assert!(matches!(tell(&node, &alias, 1), Err(CastError::Full(_))));
    assert!(matches!(tell(&node, &alias, 1), Err(CastError::Full(_))));
    let gone = crate::probe::gone(&node, &pid);
    drop(go);
    // One of the next tries finds room, and with it the process ends.
    while let Err(CastError::Full(_)) = tell(&node, &alias, 2) {
        tokio::task::yield_now().await;
    }
    assert_eq!(gone.await, ExitReason::Normal);
    assert_eq!(tell(&node, &alias, 3), OFF);
    stop(node).await;
}

/// What becomes of the alias and of the monitor when a message, the `Down` or a demonitor comes first.
#[tokio::test]
async fn an_alias_of_a_monitor_ends_as_its_mode_says() {
    let node = node().await;
    let modes = [
        // Mode, whether it is on after a message, after the Down, after a demonitor, whether a message ends the monitor.
        (AliasMode::ExplicitUnalias, true, true, true, false),
        (AliasMode::Demonitor, true, false, false, false),
        (AliasMode::ReplyDemonitor, false, false, false, true),
    ];
    for (mode, after_message, after_down, after_demonitor, ends_monitor) in modes {
        let mut probe = Probed::start(&node).await;
        let is_on = |on: bool| if on { Ok(()) } else { OFF };
        let monitor = async |probe: &Probed| {
            let ending = ends_with(&node);
            let to = ending.clone();
            let options = MonitorOptions::new().alias(mode);
            let reference = probe.inside(move |cx| cx.monitor_with(to, options)).await;
            (ending, reference)
        };

        let (ending, reference) = monitor(&probe).await;
        assert_eq!(tell(&node, &reference, 1), Ok(()));
        assert_eq!(tell(&node, &reference, 2), is_on(after_message), "{mode:?}");
        assert_eq!(probe.next().await, told(1));
        if after_message {
            assert_eq!(probe.next().await, told(2));
        }
        let gone = crate::probe::gone(&node, &ending);
        node.try_send(ending, term!(over)).unwrap();
        gone.await;
        let downs = probe.heard().await.len();
        assert_eq!(downs, usize::from(!ends_monitor), "{mode:?}");
        let same = reference.clone();
        probe.inside(move |cx| cx.unalias(&same)).await;
        assert_eq!(held(&node, &probe), (0, 0), "{mode:?}");

        let (ending, reference) = monitor(&probe).await;
        node.try_send(ending, term!(over)).unwrap();
        assert!(matches!(probe.next().await, Event::Down(..)));
        assert_eq!(tell(&node, &reference, 3), is_on(after_down), "{mode:?}");
        let same = reference.clone();
        let was_on = probe.inside(move |cx| cx.unalias(&same)).await;
        assert_eq!(was_on, after_down, "{mode:?}");

        let (ending, reference) = monitor(&probe).await;
        let same = reference.clone();
        assert!(probe.inside(move |cx| cx.demonitor(&same)).await);
        assert_eq!(
            tell(&node, &reference, 4),
            is_on(after_demonitor),
            "{mode:?}"
        );
        node.exit(&ending, ExitReason::Kill);
        probe.inside(move |cx| cx.unalias(&reference)).await;
        assert_eq!(held(&node, &probe), (0, 0), "{mode:?}");
        node.exit(&probe.pid, ExitReason::Kill);
        probe.ended().await;
    }
    stop(node).await;
}

#[tokio::test]
async fn an_alias_ends_with_its_process() {
    let node = node().await;
    let probe = Probed::start(&node).await;
    let options = [AliasOptions::new(), AliasOptions::new().reply()];
    for options in options {
        let probe = Probed::start(&node).await;
        let alias = probe.inside(move |cx| cx.alias_with(options)).await;
        node.exit(&probe.pid, ExitReason::Kill);
        probe.ended().await;
        assert_eq!(tell(&node, &alias, 1), OFF);
    }
    // A context that outlives its process makes aliases that reach nobody.
    let cx = probe.inside(|cx| cx.clone()).await;
    node.exit(&probe.pid, ExitReason::Kill);
    probe.ended().await;
    assert_eq!(tell(&node, &cx.alias(), 1), OFF);
    stop(node).await;
}

#[tokio::test]
async fn the_tag_of_a_monitor_comes_with_its_down() {
    let node = node().await;
    let ending = ends_with(&node);
    let (sender, seen) = oneshot::channel();
    let to = ending.clone();
    node.spawn_fn(async move |mut cx| {
        let options = MonitorOptions::new().tag(term!({job, 7}));
        let reference = cx.monitor_with(&to, options);
        cx.send(&to, term!(over)).unwrap();
        let Some(Message::Down(down)) = cx.receive().await else {
            panic!("nothing else comes");
        };
        assert_eq!(down.reference, reference);
        drop(sender.send(down.tag));
    })
    .unwrap();
    let tag = deadline(PATIENCE, seen).await.unwrap();
    assert_eq!(tag, Some(term!({job, 7})));
    stop(node).await;
}

/// Both sides have to agree, as in OTP 28.
#[tokio::test]
async fn a_message_with_priority_overtakes_at_an_alias_made_for_it() {
    let node = node().await;
    let mut probe = Probed::start(&node).await;
    let heard = probe.inside(|cx| {
        let node = cx.node();
        let priority = cx.alias_with(AliasOptions::new().priority());
        let ordinary = cx.alias();
        // The same in an Erlang shell of OTP 29 gives p1 p3 a b p2 n self.
        node.try_send(cx.pid(), term!(a)).unwrap();
        node.try_send(cx.pid(), term!(b)).unwrap();
        node.send_priority(priority.clone(), term!(p1)).unwrap();
        node.try_send(priority.clone(), term!(p2)).unwrap();
        node.send_priority(ordinary, term!(n)).unwrap();
        cx.send_priority(cx.pid(), term!(self)).unwrap();
        cx.send_priority(priority, term!(p3)).unwrap();
        assert_eq!(cx.queue_len(), 7);
    });
    heard.await;
    let expected = ["p1", "p3", "a", "b", "p2", "n", "self"];
    let expected = expected.map(|word| Event::Info(Term::atom(word)));
    assert_eq!(probe.heard().await, expected);
    stop(node).await;
}

#[tokio::test]
async fn priority_overtakes_the_batch_in_progress_too() {
    let node = node().await;
    let mut probe = Probed::start(&node).await;
    let alias = probe
        .inside(|cx| cx.alias_with(AliasOptions::new().priority()))
        .await;
    let release = hold(&probe.handle).await;
    for number in 0..3 {
        probe.handle.number(number).unwrap();
    }
    // In the middle of what is a batch by then.
    let (to, node_) = (alias.clone(), node.clone());
    let act = Box::new(move |_: &Context<Probe>| node_.send_priority(to, term!(first)).unwrap());
    let acting = probe.handle.run(act);
    let acting = async {
        let acted = acting.await;
        probe.handle.number(9).unwrap();
        acted
    };
    let (acted, ()) = tokio::join!(acting, async {
        tokio::task::yield_now().await;
        probe.handle.number(3).unwrap();
        drop(release);
    });
    assert_eq!(acted, Ok(()));
    let heard = probe.heard().await;
    let at = |event: &Event| heard.iter().position(|heard| heard == event).unwrap();
    assert_eq!(
        at(&Event::Cast(2)) + 1,
        at(&Event::Info(term!(first))),
        "{heard:?}"
    );
    assert_eq!(
        at(&Event::Info(term!(first))) + 1,
        at(&Event::Cast(3)),
        "{heard:?}"
    );
    stop(node).await;
}

#[tokio::test]
async fn a_plain_process_receives_what_has_priority_first() {
    let node = node().await;
    let (sender, seen) = oneshot::channel();
    node.spawn_fn(async |mut cx| {
        let alias = cx.alias_with(AliasOptions::new().priority());
        let me = cx.pid();
        for word in ["a", "b", "c"] {
            cx.send(&me, Term::atom(word)).unwrap();
        }
        let wanted = |word: &'static str| {
            move |message: &Message| *message == Message::Term(Term::atom(word))
        };
        // All have been looked at, and two are left in front.
        assert!(cx.receive_match(wanted("c")).await.is_some());
        cx.send_priority(alias.clone(), term!(p1)).unwrap();
        cx.send_priority(alias, term!(p2)).unwrap();
        let mut order = Vec::new();
        order.push(cx.receive_match(wanted("p2")).await);
        for _ in 0..3 {
            order.push(cx.receive().await);
        }
        assert_eq!(cx.queue_len(), 0);
        drop(sender.send(order));
    })
    .unwrap();
    let order = deadline(PATIENCE, seen).await.unwrap();
    let expected = ["p2", "p1", "a", "b"];
    assert_eq!(
        order,
        expected.map(|word| Some(Message::Term(Term::atom(word))))
    );
    stop(node).await;
}

/// It wakes a process that waits for something else in particular.
#[tokio::test]
async fn priority_wakes_a_selective_receive() {
    let node = node().await;
    let (sender, alias) = oneshot::channel();
    let pid = node
        .spawn_fn(async |mut cx| {
            drop(sender.send(cx.alias_with(AliasOptions::new().priority())));
            let go = |message: &Message| *message == Message::Term(term!(go));
            drop(cx.receive_match(go).await);
        })
        .unwrap();
    let alias = deadline(PATIENCE, alias).await.unwrap();
    let gone = crate::probe::gone(&node, &pid);
    node.try_send(&pid, term!(other)).unwrap();
    tokio::task::yield_now().await;
    node.send_priority(alias, term!(go)).unwrap();
    assert_eq!(gone.await, ExitReason::Normal);
    stop(node).await;
}

#[tokio::test]
async fn priority_has_a_bound_of_its_own() {
    let node = node().await;
    let mut probe = Probed::with(&node, SpawnOptions::default().mailbox(2)).await;
    probe
        .inside(|cx| {
            let alias = cx.alias_with(AliasOptions::new().priority());
            let me = cx.handle();
            me.number(1).unwrap();
            me.number(2).unwrap();
            assert!(matches!(me.number(3), Err(CastError::Full(_))));
            cx.send_priority(alias.clone(), term!(p1)).unwrap();
            cx.send_priority(alias.clone(), term!(p2)).unwrap();
            assert!(matches!(
                cx.send_priority(alias, term!(p3)),
                Err(CastError::Full(_))
            ));
        })
        .await;
    for word in ["p1", "p2"] {
        assert_eq!(probe.next().await, Event::Info(Term::atom(word)));
    }
    assert_eq!(probe.next().await, Event::Cast(1));
    assert_eq!(probe.next().await, Event::Cast(2));
    stop(node).await;
}

#[tokio::test]
async fn the_down_of_a_monitor_with_priority_overtakes() {
    let node = node().await;
    let mut probe = Probed::start(&node).await;
    let ending = ends_with(&node);
    let gone = crate::probe::gone(&node, &ending);
    let (to, host) = (ending.clone(), node.clone());
    let flushed = probe.inside_async(move |cx| async move {
        let ordinary = cx.monitor(&to);
        let urgent = cx.monitor_with(&to, MonitorOptions::new().priority());
        let flushed = cx.monitor_with(&to, MonitorOptions::new().priority());
        host.try_send(cx.pid(), term!(a)).unwrap();
        host.try_send(to, term!(over)).unwrap();
        gone.await;
        assert!(!cx.demonitor_flush(&flushed));
        (ordinary, urgent)
    });
    let (ordinary, urgent) = flushed.await;
    let down = |reference| {
        let object = Destination::Pid(ending.clone());
        Event::Down(reference, object, ExitReason::from("over"))
    };
    let expected = [down(urgent), Event::Info(term!(a)), down(ordinary)];
    assert_eq!(probe.heard().await, expected);
    stop(node).await;
}

fn exit_of(message: Message) -> Option<ExitReason> {
    match message {
        Message::Exit(exit) => Some(exit.reason),
        _ => None,
    }
}

/// As in OTP 28: a trapped exit overtakes what waits when it is sent with priority, to an alias that is for it.
#[tokio::test]
async fn an_exit_with_priority_overtakes_at_an_alias_made_for_it() {
    let node = node().await;
    let (done, order) = oneshot::channel();
    let reason = |word| ExitReason::from(Term::atom(word));
    node.spawn_fn(async move |mut cx| {
        cx.trap_exit(true);
        let alias = cx.alias_with(AliasOptions::new().priority());
        let ordinary = cx.alias();
        cx.send(cx.pid(), 1).unwrap();
        cx.exit_priority(cx.pid(), reason("to_a_pid"));
        cx.exit(alias.clone(), reason("without"));
        cx.exit_priority(ordinary, reason("to_another_alias"));
        cx.exit_priority(alias.clone(), reason("first"));
        cx.node().exit_priority(alias, reason("second"));
        let mut order = Vec::new();
        while order.len() < 6 {
            order.extend(cx.receive().await);
        }
        let _ = done.send(order);
    })
    .unwrap();
    let order = deadline(PATIENCE, order).await.unwrap();
    let number = order
        .iter()
        .position(|message| *message == Message::Term(term!(1)));
    assert_eq!(number, Some(2));
    let exits: Vec<_> = order.into_iter().filter_map(exit_of).collect();
    let words = ["first", "second", "to_a_pid", "without", "to_another_alias"];
    assert_eq!(exits, words.map(reason));
    stop(node).await;
}

/// An exit signal goes through an alias while it is on; it ends one for a single message, as a message does.
#[tokio::test]
async fn an_exit_signal_through_an_alias() {
    let node = node().await;
    let (tell, told) = oneshot::channel();
    let pid = node
        .spawn_fn(async move |mut cx| {
            cx.trap_exit(true);
            let (once, off) = (cx.alias_with(AliasOptions::new().reply()), cx.alias());
            cx.unalias(&off);
            let _ = tell.send((once, off, cx.alias()));
            let first = cx.receive().await.and_then(exit_of);
            cx.trap_exit(false);
            assert_eq!(first, Some(ExitReason::from(term!(once))));
            while cx.receive().await.is_some() {}
        })
        .unwrap();
    let gone = crate::probe::gone(&node, &pid);
    let (once, off, on) = deadline(PATIENCE, told).await.unwrap();
    node.exit(off, ExitReason::from(term!(off)));
    node.exit(once.clone(), ExitReason::from(term!(once)));
    node.exit(once, ExitReason::from(term!(once_more)));
    let trapped = async || !node.process_info(&pid).unwrap().trap_exit;
    ergo_tests::wait_until(PATIENCE, "the first", trapped)
        .await
        .unwrap();
    node.exit(on, ExitReason::from(term!(on)));
    assert_eq!(gone.await, ExitReason::from(term!(on)));
    stop(node).await;
}
