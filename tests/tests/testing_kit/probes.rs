//! What a probe hears, and what it says when it does not.

use std::sync::atomic::{AtomicU32, Ordering};

use ergo::prelude::*;
use ergo::testing::{Arrived, Options, TestArgument, TestNode};

#[derive(Debug, PartialEq, Encode, Decode)]
struct Order {
    id: u64,
    qty: u32,
}

#[derive(Request)]
enum Asked {
    Take {
        id: u64,
        reply: Reply<Result<u32, String>>,
    },
}

#[derive(Debug, PartialEq, Request)]
enum Told {
    Restock(Order),
}

#[ergo::test]
async fn messages_are_taken_by_type_and_by_pattern(node: TestNode) -> ergo::Result {
    let mut probe = node.probe();
    node.send(&probe, term!({hello, 1})).await?;
    node.send(&probe, Order { id: 1, qty: 2 }).await?;
    node.send(&probe, term!(#{name => "a", more => [1, 2]}))
        .await?;
    // Not in the order they came: the rest stays.
    assert_eq!(probe.expect::<Order>().await, Order { id: 1, qty: 2 });
    assert_eq!(
        probe.expect_term(pattern!({hello, _})).await,
        term!({hello, 1})
    );
    probe.expect_term(pattern!(#{more => [1, _]})).await;
    probe.expect_no(secs(60)).await;
    node.send(&probe, 7).await?;
    let large = |arrived: &Arrived| matches!(arrived, Arrived::Info(Term::Integer(5..)));
    probe.expect_match("a number above 4", large).await;
    Ok(())
}

#[ergo::test]
async fn it_answers_calls_and_hears_casts(node: TestNode) -> ergo::Result {
    let mut probe = node.probe_as("stock");
    node.cast("stock", Order { id: 3, qty: 4 })?;
    node.cast("stock", term!({restock, #{id => 1, qty => 9}}))?;
    let told = probe.expect_cast::<Told>().await;
    assert_eq!(told, Told::Restock(Order { id: 1, qty: 9 }));
    probe.expect_cast_term(pattern!(#{id => 3})).await;

    let (answer, ()) = tokio::join!(node.call("stock", term!({take, 5})), async {
        let Asked::Take { id, reply } = probe.expect_call::<Asked>().await;
        assert_eq!(id, 5);
        reply.send(Err("short".to_owned()));
    });
    assert_eq!(answer?, term!({error, "short"}));

    let (answer, ()) = tokio::join!(node.call("stock", term!(audit)), async {
        let call = probe.expect_call_term(pattern!(audit)).await;
        assert_eq!(*call.from(), node.pid_of_node());
        call.reply(term!([1, 2]));
    });
    assert_eq!(answer?, term!([1, 2]));
    Ok(())
}

#[ergo::test]
async fn it_sees_ends_by_monitor_and_link(node: TestNode) -> ergo::Result {
    let mut probe = node.probe();
    let ending = async |mut cx: PlainContext| match cx.receive().await {
        Some(Message::Term(term)) => ExitReason::from(term),
        other => panic!("{other:?}"),
    };
    let (first, second) = (node.spawn_fn(ending)?, node.spawn_fn(ending)?);
    probe.monitor(&first);
    probe.link(&second);
    probe.send(&first, term!(done))?;
    probe.exit(&second, ExitReason::Kill);
    let down = probe.expect_down(&first).await;
    assert_eq!(down.reason, ExitReason::from("done"));
    assert_eq!(probe.expect_exit(&second).await.reason, ExitReason::Killed);
    Ok(())
}

#[ergo::test]
#[should_panic(
    expected = "expected a message like {ok,_}, within 10s there is\n  - message {error,1}\n  - cast tidy"
)]
async fn a_wait_in_vain_lists_what_came_instead(node: TestNode) {
    let mut probe = node.probe();
    node.send(&probe, term!({error, 1})).await.unwrap();
    node.cast(&probe, term!(tidy)).unwrap();
    probe.expect_term(pattern!({ok, _})).await;
}

#[test]
fn a_wait_in_vain_names_the_line_of_the_test() {
    static LINE: AtomicU32 = AtomicU32::new(0);
    let ran = std::panic::catch_unwind(|| {
        ergo::testing::run(Options::DEFAULT, |setup| async move {
            let node = TestNode::prepare(&setup).await;
            let mut probe = node.probe();
            LINE.store(line!() + 1, Ordering::Relaxed);
            probe.expect_cast::<Told>().await;
        });
    });
    let payload = ran.expect_err("nothing comes");
    let text = payload.downcast_ref::<String>().unwrap();
    let place = format!("probes.rs:{}:", LINE.load(Ordering::Relaxed));
    assert!(
        text.contains(&place) && text.contains("expected a cast that is a"),
        "{text}"
    );
}

#[ergo::test]
#[should_panic(expected = "expected nothing within 5s, and there is\n  - message late")]
async fn what_comes_against_the_rule_is_shown(node: TestNode) {
    let mut probe = node.probe();
    let to = probe.pid();
    node.spawn_fn(async move |cx: PlainContext| {
        cx.send_after(secs(4), &to, term!(late));
        cx.receive_forever().await
    })
    .unwrap();
    probe.expect_no(secs(5)).await;
}

trait ReceiveForever {
    async fn receive_forever(self);
}

impl ReceiveForever for PlainContext {
    async fn receive_forever(mut self) {
        while self.receive().await.is_some() {}
    }
}

#[ergo::test]
#[should_panic(expected = "and the probe has ended")]
async fn a_probe_that_was_killed_is_told_apart(node: TestNode) {
    let mut probe = node.probe();
    node.exit(probe.pid(), ExitReason::Kill);
    probe.expect::<u8>().await;
}
