//! Messages of a peer at bounded mailboxes, at aliases, and for nobody.

use ergo::prelude::*;
use ergo::testing::{self, Network};
use ergo::{AliasMode, AliasOptions, DeadLetter, DeadLetterReason, MonitorOptions};
use tokio::sync::oneshot;

use crate::connections::{Echo, EchoRef, node};

/// What is special about a letter: reason, sender, message.
fn seen(letter: Option<DeadLetter>) -> (DeadLetterReason, Option<Pid>, Option<Term>) {
    let letter = letter.unwrap();
    (letter.reason, letter.from, letter.message)
}

/// G-11: where others wait for room a peer's messages are dead letters, and nothing else on the connection waits.
#[ergo::test]
async fn a_full_mailbox_does_not_hold_up_a_connection(network: Network) -> ergo::Result {
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    for overflow in [Overflow::Wait, Overflow::Refuse] {
        let mut letters = b.dead_letters();
        let options = SpawnOptions::default().name("full").mailbox(2);
        let full = b.spawn_fn_with(options.overflow(overflow), async |mut cx| {
            let go = |message: &Message| *message == Message::Term(term!(go));
            cx.receive_match(go).await;
        })?;
        let echo = b.spawn::<Echo>(()).await?;
        for number in 0..5 {
            a.send(("full", "b@mem"), Term::from(number)).await?;
        }
        let far: EchoRef = a.at(("echo", "b@mem"));
        assert_eq!(far.echo("hello".to_owned()).await?, "hello");
        for number in 2..5 {
            let expected = (
                DeadLetterReason::Full,
                Some(a.pid_of_node()),
                Some(Term::from(number)),
            );
            assert_eq!(seen(letters.recv().await), expected);
        }
        assert_eq!(letters.try_recv(), None);
        b.exit(&full, ExitReason::Kill);
        Handle::exit(&echo, ExitReason::Kill);
        testing::run_until_idle().await;
    }
    Ok(())
}

#[ergo::test]
async fn drop_newest_and_fallback_hold_for_peers(network: Network) -> ergo::Result {
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    let mut letters = b.dead_letters();
    let mut overflow = b.probe_as("overflow");
    let policies = [
        SpawnOptions::default().overflow(Overflow::DropNewest),
        SpawnOptions::default().fallback("overflow"),
    ];
    for (options, name) in policies.into_iter().zip(["dropping", "falling_back"]) {
        b.spawn_fn_with(options.name(name).mailbox(1), async |mut cx| {
            let never = |_: &Message| false;
            cx.receive_match(never).await;
        })?;
        a.send((name, "b@mem"), term!(first)).await?;
        a.send((name, "b@mem"), term!(second)).await?;
    }
    let dropped = seen(letters.recv().await);
    assert_eq!(
        dropped,
        (DeadLetterReason::Dropped, None, Some(term!(second)))
    );
    let given: (Atom, Pid, Atom) = overflow.expect().await;
    assert_eq!((given.0, given.2), (atom!(fallback), atom!(second)));
    assert_eq!(Some(given.1), b.whereis_pid("falling_back"));
    assert_eq!(letters.try_recv(), None);
    Ok(())
}

#[ergo::test]
async fn what_a_peer_sends_to_nobody_is_a_dead_letter(network: Network) -> ergo::Result {
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    let mut letters = b.dead_letters();
    let sender = a.probe();
    sender.send(("nobody", "b@mem"), term!(a))?;
    let expected = (
        DeadLetterReason::NoProcess,
        Some(sender.pid()),
        Some(term!(a)),
    );
    let letter = letters.recv().await.unwrap();
    assert_eq!(letter.to, Destination::from("nobody"));
    assert_eq!(seen(Some(letter)), expected);
    // A cast by handle: the request without what gen_server puts around it.
    let ended = b.spawn::<Echo>(()).await?;
    let far: EchoRef = a.at(ended.pid().unwrap());
    Handle::exit(&ended, ExitReason::Kill);
    ended.ended().await;
    let called = far.echo("late".to_owned()).await;
    assert_eq!(called, Err(CallError::NoProcess));
    let letter = letters.recv().await.unwrap();
    assert_eq!(letter.reason, DeadLetterReason::NoProcess);
    assert_eq!(letter.message, Some(term!({echo, "late"})));
    Ok(())
}

/// The same on both sides of a connection: modes belong to whoever made the alias.
#[ergo::test]
async fn aliases_end_with_what_a_peer_sends(network: Network) -> ergo::Result {
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    let mut letters = b.dead_letters();
    let server = a.probe();
    let (to, server_pid) = (server.pid(), server.pid());
    let (told, aliases) = oneshot::channel();
    let (done, heard) = oneshot::channel();
    b.spawn_fn(async move |mut cx| {
        let once = cx.alias_with(AliasOptions::new().reply());
        let options = MonitorOptions::new().alias(AliasMode::ReplyDemonitor);
        let request = cx.monitor_with(&to, options);
        let ordinary = cx.alias_with(AliasOptions::new().priority());
        let _ = told.send([once, request, ordinary]);
        let mut heard = Vec::new();
        while heard.last() != Some(&Message::Term(term!(last))) {
            heard.extend(cx.receive().await);
        }
        assert_eq!(cx.info().monitors, []);
        let _ = done.send(heard);
    })?;
    let [once, request, ordinary] = aliases.await?;
    for (alias, words) in [(&once, ["one", "two"]), (&request, ["three", "four"])] {
        for word in words {
            server.send(alias.clone(), Term::atom(word))?;
        }
    }
    // No Down comes of it: the answer has taken the monitor back.
    testing::run_until_idle().await;
    server.exit(server_pid, ExitReason::Kill);
    testing::run_until_idle().await;
    a.send_priority(ordinary, term!(last))?;
    let heard = heard.await?;
    let words = ["one", "three", "last"];
    assert_eq!(heard, words.map(|word| Message::Term(Term::atom(word))));
    for word in ["two", "four"] {
        let letter = letters.recv().await.unwrap();
        assert_eq!(letter.reason, DeadLetterReason::NoAlias);
        assert_eq!(letter.message, Some(Term::atom(word)));
    }
    Ok(())
}
