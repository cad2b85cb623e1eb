//! A mailbox with a bound, and what happens to a message when it is full.
//!
//! G-11 of the guarantees is tested here.

use std::pin::Pin;
use std::task::Poll;

use ergo::prelude::*;
use ergo::{DeadLetterReason, Full};
use ergo_tests::{PATIENCE, deadline};
use tokio::sync::oneshot;

use crate::probe::{Doing, Event, Probe, ProbeRef, Probed, hold, node, stop};

/// A probe with a bound, held in a callback until the sender is used or dropped: nothing of its mailbox is taken.
async fn held(node: &Node, options: SpawnOptions) -> (Probed, oneshot::Sender<()>) {
    let probe = Probed::with(node, options).await;
    let release = hold(&probe.handle).await;
    (probe, release)
}

fn bounded(messages_max: u32, overflow: Overflow) -> SpawnOptions {
    SpawnOptions::default()
        .mailbox(messages_max)
        .overflow(overflow)
}

fn fill(probe: &ProbeRef, numbers: std::ops::Range<u64>) {
    for number in numbers {
        probe.number(number).unwrap();
    }
}

/// Polls once.
async fn polled<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    std::future::poll_fn(|cx| Poll::Ready(Pin::new(&mut *future).poll(cx))).await
}

#[tokio::test]
async fn refuse_tells_every_sender() {
    let node = node().await;
    let (mut probe, release) = held(&node, bounded(2, Overflow::Refuse)).await;
    fill(&probe.handle, 0..2);
    let full = Full::Mailbox { waiting: 2, max: 2 };
    assert_eq!(probe.handle.number(2), Err(CastError::Full(full)));
    assert_eq!(
        probe.handle.number_wait(2).await,
        Err(CastError::Full(full))
    );
    assert_eq!(probe.handle.sync().await, Err(CallError::Full(full)));
    assert_eq!(
        node.send(&probe.pid, term!(x)).await,
        Err(CastError::Full(full))
    );
    let called = node.call(&probe.pid, term!(sync)).await;
    assert_eq!(called, Err(CallError::Full(full)));
    let told = CastError::Full(full).to_string();
    assert_eq!(told, "the mailbox is full: 2 messages wait, and 2 may");
    drop(release);
    assert_eq!(probe.next().await, Event::Cast(0));
    assert_eq!(probe.next().await, Event::Cast(1));
    assert_eq!(probe.heard().await, []);
    stop(node).await;
}

#[tokio::test]
async fn all_that_can_wait_wait_in_the_order_they_came() {
    let node = node().await;
    let (mut probe, release) = held(&node, bounded(2, Overflow::Wait)).await;
    fill(&probe.handle, 0..2);
    // What cannot wait is refused, also when room would be made for others first.
    assert!(matches!(probe.handle.number(9), Err(CastError::Full(_))));
    let same: ProbeRef = node.at(&probe.pid);
    let mut casts = Box::pin(probe.handle.number_wait(2));
    assert!(polled(&mut casts).await.is_pending());
    let mut called = Box::pin(probe.handle.sync());
    assert!(polled(&mut called).await.is_pending());
    let mut sent = Box::pin(node.send(&probe.pid, term!(three)));
    assert!(polled(&mut sent).await.is_pending());
    let mut called_by_term = Box::pin(node.call(&probe.pid, term!(sync)));
    assert!(polled(&mut called_by_term).await.is_pending());
    let mut last = Box::pin(same.number_wait(4));
    assert!(polled(&mut last).await.is_pending());
    assert!(matches!(probe.handle.number(9), Err(CastError::Full(_))));
    drop(release);
    let done = async { tokio::join!(casts, called, sent, called_by_term, last) };
    let done = deadline(PATIENCE, done).await;
    assert_eq!((done.0, done.1), (Ok(()), Ok(())));
    assert_eq!((done.2, done.4), (Ok(()), Ok(())));
    assert!(done.3.is_ok(), "{:?}", done.3);
    let expected = [
        Event::Cast(0),
        Event::Cast(1),
        Event::Cast(2),
        Event::Info(term!(three)),
        Event::Cast(4),
    ];
    assert_eq!(probe.heard().await, expected);
    stop(node).await;
}

#[tokio::test]
async fn a_message_whose_sender_stops_waiting_is_not_sent() {
    let node = node().await;
    let (mut probe, release) = held(&node, bounded(1, Overflow::Wait)).await;
    fill(&probe.handle, 0..1);
    let mut first = Box::pin(probe.handle.number_wait(1));
    let mut second = Box::pin(probe.handle.number_wait(2));
    let mut called = Box::pin(probe.handle.run(Box::new(|_| panic!("it was taken back"))));
    let mut third = Box::pin(probe.handle.number_wait(3));
    assert!(polled(&mut first).await.is_pending());
    assert!(polled(&mut second).await.is_pending());
    assert!(polled(&mut called).await.is_pending());
    assert!(polled(&mut third).await.is_pending());
    drop(second);
    drop(called);
    drop(release);
    assert_eq!(deadline(PATIENCE, first).await, Ok(()));
    assert_eq!(deadline(PATIENCE, third).await, Ok(()));
    let expected = [0, 1, 3].map(Event::Cast);
    assert_eq!(probe.heard().await, expected);
    stop(node).await;
}

#[tokio::test]
async fn whoever_waits_hears_of_the_end() {
    for reason in [ExitReason::Kill, ExitReason::from("boom")] {
        let node = node().await;
        let (probe, _release) = held(&node, bounded(1, Overflow::Wait)).await;
        fill(&probe.handle, 0..1);
        let cast = probe.handle.number_wait(1);
        let call = probe.handle.sync();
        let sent = node.send(&probe.pid, term!(x));
        let called = node.call(&probe.pid, term!(sync));
        let waiting = async { tokio::join!(cast, call, sent, called) };
        let mut waiting = Box::pin(waiting);
        assert!(polled(&mut waiting).await.is_pending());
        node.exit(&probe.pid, reason.clone());
        let (cast, call, sent, called) = deadline(PATIENCE, waiting).await;
        let seen = match reason {
            ExitReason::Kill => ExitReason::Killed,
            reason => reason,
        };
        assert_eq!(cast, Err(CastError::Closed));
        assert_eq!(sent, Err(CastError::Closed));
        assert_eq!(call, Err(CallError::Exit(seen.clone())));
        assert_eq!(called, Err(CallError::Exit(seen)));
        stop(node).await;
    }
}

#[tokio::test]
async fn a_call_that_waits_keeps_its_deadline() {
    let node = node().await;
    let (mut probe, release) = held(&node, bounded(1, Overflow::Wait)).await;
    fill(&probe.handle, 0..1);
    let act = Box::new(|_: &Context<Probe>| panic!("nobody waits for this"));
    let called = probe.handle.run(act).timeout(millis(20)).await;
    assert_eq!(called, Err(CallError::Timeout));
    drop(release);
    assert_eq!(probe.heard().await, [Event::Cast(0)]);
    stop(node).await;
}

#[tokio::test]
async fn a_process_does_not_wait_for_itself() {
    let node = node().await;
    let mut probe = Probed::with(&node, bounded(1, Overflow::Wait)).await;
    let waited = probe.inside_async(|cx| async move {
        let me = cx.handle();
        me.number(0).unwrap();
        me.number_wait(1).await
    });
    assert!(matches!(waited.await, Err(CastError::Full(_))));
    assert_eq!(probe.heard().await, [Event::Cast(0)]);
    stop(node).await;
}

/// Room is made when a message is taken out, not when it has been handled, and goes to whoever waits at once.
#[tokio::test]
async fn room_is_there_while_the_message_before_is_handled() {
    let node = node().await;
    let (probe, release) = held(&node, bounded(1, Overflow::Wait)).await;
    let (let_go, kept) = oneshot::channel::<()>();
    let act = Box::new(move |_| Box::pin(async move { drop(kept.await) }) as Doing);
    let mut second = Box::pin(probe.handle.run_async(act).timeout(PATIENCE));
    assert!(polled(&mut second).await.is_pending());
    let mut third = Box::pin(probe.handle.number_wait(1));
    assert!(polled(&mut third).await.is_pending());
    drop(release);
    // The second is being handled, and is not done: the third has its place all the same.
    assert_eq!(deadline(PATIENCE, third).await, Ok(()));
    assert!(matches!(probe.handle.number(2), Err(CastError::Full(_))));
    drop(let_go);
    assert_eq!(deadline(PATIENCE, second).await, Ok(()));
    stop(node).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_is_forgotten_and_the_bound_holds() {
    const SENDERS: u64 = 16;
    const MESSAGES: u64 = 500;
    let node = node().await;
    for bound in [1, 3, 64] {
        let mut probe = Probed::with(&node, bounded(bound, Overflow::Wait)).await;
        let senders = (0..SENDERS).map(|sender| {
            let (node, handle) = (node.clone(), probe.handle.clone());
            tokio::spawn(async move {
                for message in 0..MESSAGES {
                    let number = sender << 32 | message;
                    match message % 3 {
                        0 => handle.number_wait(number).await.unwrap(),
                        1 => {
                            let pid = handle.pid().unwrap();
                            node.send(pid, cast(term!({number, (number)})))
                                .await
                                .unwrap();
                        }
                        _ => handle.count(number).await.unwrap(),
                    }
                }
            })
        });
        let senders: Vec<_> = senders.collect();
        let mut next = [0; SENDERS as usize];
        for _ in 0..SENDERS * MESSAGES {
            let Event::Cast(number) = probe.next().await else {
                panic!("nothing else was sent");
            };
            let sender = (number >> 32) as usize;
            assert_eq!(number & 0xffff_ffff, next[sender], "of sender {sender}");
            next[sender] += 1;
        }
        for sender in senders {
            deadline(PATIENCE, sender).await.unwrap();
        }
        assert_eq!(probe.heard().await, []);
    }
    stop(node).await;
}

/// As `gen_server:cast/2` sends it.
fn cast(request: Term) -> Term {
    Term::tuple([Term::atom("$gen_cast"), request])
}

#[tokio::test]
async fn drop_newest_lets_the_sender_go_on() {
    let node = node().await;
    let mut letters = node.dead_letters();
    let (mut probe, release) = held(&node, bounded(1, Overflow::DropNewest)).await;
    fill(&probe.handle, 0..1);
    assert_eq!(probe.handle.number(1), Ok(()));
    assert_eq!(node.send(&probe.pid, term!(x)).await, Ok(()));
    // Whoever waits for an answer is told.
    assert!(matches!(probe.handle.sync().await, Err(CallError::Full(_))));
    let called = node.call(&probe.pid, term!(sync)).await;
    assert!(matches!(called, Err(CallError::Full(_))));
    drop(release);
    assert_eq!(probe.next().await, Event::Cast(0));
    assert_eq!(probe.heard().await, []);
    let reasons = [
        (term!({number, 1}), DeadLetterReason::Dropped),
        (term!(x), DeadLetterReason::Dropped),
        (term!(sync), DeadLetterReason::Full),
        (term!(sync), DeadLetterReason::Full),
    ];
    for (message, reason) in reasons {
        let letter = deadline(PATIENCE, letters.recv()).await.unwrap();
        assert_eq!((letter.message, letter.reason), (Some(message), reason));
        assert_eq!(letter.to, Destination::Pid(probe.pid.clone()));
        assert_eq!(letter.from, Some(node.pid_of_node()));
    }
    assert_eq!(letters.try_recv(), None);
    assert_eq!(node.dead_letter_count(), 4);
    stop(node).await;
}

#[tokio::test]
async fn a_fallback_process_gets_what_is_too_much() {
    let node = node().await;
    let options = SpawnOptions::default().name("overflow");
    let (seen, mut sees) = tokio::sync::mpsc::unbounded_channel();
    node.spawn_fn_with(options, async move |mut cx| {
        while let Some(Message::Term(term)) = cx.receive().await {
            let tuple = term.as_tuple().unwrap();
            assert_eq!(tuple[0], Term::atom("fallback"));
            if let Some([call, from, _]) = tuple[2].as_tuple() {
                assert_eq!(*call, Term::atom("$gen_call"));
                assert!(cx.reply(from, term!(from_fallback)));
            }
            seen.send((tuple[1].clone(), tuple[2].clone())).unwrap();
        }
    })
    .unwrap();
    let options = SpawnOptions::default().mailbox(1).fallback("overflow");
    let (mut probe, release) = held(&node, options).await;
    fill(&probe.handle, 0..1);
    probe.handle.number(1).unwrap();
    node.try_send(&probe.pid, term!(x)).unwrap();
    let called = deadline(PATIENCE, node.call(&probe.pid, term!(sync))).await;
    assert_eq!(called, Ok(term!(from_fallback)));
    // A typed call, too, though this answer is not what it expects.
    let called = deadline(PATIENCE, probe.handle.sync()).await;
    assert!(matches!(called, Err(CallError::BadReply(_))), "{called:?}");
    // What never travels is refused.
    let act = Box::new(|_: &Context<Probe>| {});
    assert!(matches!(
        probe.handle.run(act).await,
        Err(CallError::Full(_))
    ));
    drop(release);
    assert_eq!(probe.next().await, Event::Cast(0));
    assert_eq!(probe.heard().await, []);
    let to = Term::Pid(probe.pid.clone().into());
    let expected = Some((to.clone(), cast(term!({number, 1}))));
    assert_eq!(sees.recv().await, expected);
    assert_eq!(sees.recv().await, Some((to, term!(x))));
    stop(node).await;
}

#[tokio::test]
async fn without_a_fallback_process_the_sender_is_told() {
    let node = node().await;
    let options = SpawnOptions::default().mailbox(1).fallback("nobody");
    let (probe, _release) = held(&node, options).await;
    fill(&probe.handle, 0..1);
    assert!(matches!(probe.handle.number(1), Err(CastError::Full(_))));
    // Two that fall back on each other do not pass a message around for ever.
    let one = SpawnOptions::default()
        .name("one")
        .mailbox(1)
        .fallback("two");
    let two = SpawnOptions::default()
        .name("two")
        .mailbox(1)
        .fallback("one");
    let (one, _held_one) = held(&node, one).await;
    let (two, _held_two) = held(&node, two).await;
    fill(&one.handle, 0..1);
    fill(&two.handle, 0..1);
    assert!(matches!(one.handle.number(2), Err(CastError::Full(_))));
    let own = SpawnOptions::default()
        .name("own")
        .mailbox(1)
        .fallback("own");
    let (own, _held_own) = held(&node, own).await;
    fill(&own.handle, 0..1);
    assert!(matches!(own.handle.number(2), Err(CastError::Full(_))));
    stop(node).await;
}

#[tokio::test]
async fn options_that_cannot_be_are_errors_that_name_them() {
    let node = node().await;
    let refused = [
        (SpawnOptions::default().mailbox(0), "a bound of 0"),
        (
            SpawnOptions::default().overflow(Overflow::Wait),
            "Wait means nothing",
        ),
        (SpawnOptions::default().fallback("x"), "means nothing"),
    ];
    for (options, text) in refused {
        let (log, _) = tokio::sync::mpsc::unbounded_channel();
        let refused = node.spawn_with::<Probe>(log, options).await.unwrap_err();
        assert!(refused.to_string().contains(text), "{refused}");
        assert!(matches!(refused, SpawnError::BadOptions(_)), "{refused:?}");
    }
    let options = SpawnOptions::default().mailbox(1).fallback("undefined");
    let refused = node.spawn_fn_with(options, async |_| ());
    assert_eq!(refused, Err(SpawnError::BadName("undefined".into())));
    stop(node).await;
}

/// The attribute says the same as the options.
#[derive(Actor)]
#[actor(mailbox = 2, overflow = "wait")]
struct Slow;

#[ergo::server]
impl Slow {
    fn init() -> Result<Self, ExitReason> {
        Ok(Slow)
    }

    #[call]
    async fn hold(&mut self, time: u64) {
        tokio::time::sleep(millis(time)).await;
    }

    #[cast(wait)]
    fn work(&mut self, _number: u64) {}
}

#[tokio::test(start_paused = true)]
async fn the_attribute_says_what_options_say() {
    let node = node().await;
    let slow = node.spawn::<Slow>(()).await.unwrap();
    let held = slow.hold(1_000);
    let worked = async {
        for number in 0..10 {
            slow.work(number).await.unwrap();
        }
        tokio::time::Instant::now()
    };
    let start = tokio::time::Instant::now();
    let (held, worked) = tokio::join!(held, worked);
    assert_eq!(held, Ok(()));
    assert!(worked - start >= secs(1), "it did not wait");
    stop(node).await;
}
