//! Signals with priority (OTP 28), native records (OTP 29), and group leaders.

use ergo::prelude::*;
use ergo::{AliasOptions, CastError};
use ergo_tests::erlang::each_release;
use ergo_tests::{PATIENCE, deadline, wait_until};
use tokio::sync::oneshot;

use crate::world::{Heard, World};

/// A message with priority overtakes those that wait where both sides can; before OTP 28 it is one of many.
#[tokio::test]
async fn priority_to_an_erlang_process() {
    each_release(async |release| {
        let world = World::start(release).await;
        let mut heard = Heard::start(&world.rust, Some("heard"));
        let has_priority = world.erl.release() >= 28;
        let alias = if has_priority {
            "alias([priority])"
        } else {
            "alias()"
        };
        let tell = format!("A = {alias}, {{heard, R}} ! {{Me, A}}, ok");
        world.erl.eval(&tell).await.unwrap();
        let told = heard.term().await;
        let Some([Term::Pid(pid), Term::Reference(alias)]) = told.as_tuple() else {
            panic!("{told}")
        };
        let (pid, alias) = (Pid::clone(pid), Reference::clone(alias));
        for number in 1..=3 {
            world.rust.try_send(&pid, Term::from(number)).unwrap();
        }
        world
            .rust
            .send_priority(alias.clone(), term!(first))
            .unwrap();
        let order = "(fun L() -> case process_info(Me, message_queue_len) of \
            {_, 4} -> [receive M -> M end || _ <- [1, 2, 3, 4]]; _ -> L() end end)()";
        // `self()` is looked at from outside: while it evaluates nothing is received.
        let order = world.erl.eval(order).await.unwrap();
        let expected = if has_priority {
            "[first,1,2,3]"
        } else {
            "[1,2,3,first]"
        };
        assert_eq!(order, expected);
        // Too long for one frame: OTP 28 and 29 would not survive it with priority.
        let long = Term::binary(vec![1; 100_000]);
        world.rust.send_priority(alias.clone(), long).unwrap();
        let length = "receive B when is_binary(B) -> byte_size(B) end";
        assert_eq!(world.erl.eval(length).await.unwrap(), "100000");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn priority_from_an_erlang_process() {
    each_release(async |release| {
        let world = World::start(release).await;
        if world.erl.release() < 28 {
            return world.stop().await;
        }
        let (told, alias) = oneshot::channel();
        let (go, goes) = oneshot::channel::<()>();
        let (done, heard) = oneshot::channel();
        let pid = world.rust.spawn_fn(async move |mut cx| {
            let _ = told.send(cx.alias_with(AliasOptions::new().priority()));
            let _ = goes.await;
            let mut messages = Vec::new();
            while messages.len() < 4 {
                messages.extend(cx.receive().await);
            }
            let _ = done.send(messages);
        });
        let pid = pid.unwrap();
        let alias = deadline(PATIENCE, alias).await.unwrap();
        world.erl.eval("register(me, Me)").await.unwrap();
        let both = Term::tuple([Term::from(pid.clone()), Term::from(alias)]);
        world.rust.send(("me", world.there()), both).await.unwrap();
        let send = "receive {P, A} -> [P ! N || N <- [1, 2, 3]], erlang:send(A, first, [priority]) end, ok";
        world.erl.eval(send).await.unwrap();
        let all = async || {
            let info = world.rust.process_info(&pid);
            info.is_some_and(|info| info.message_queue_len == 4)
        };
        wait_until(PATIENCE, "four messages", all).await.unwrap();
        go.send(()).unwrap();
        let heard = deadline(PATIENCE, heard).await.unwrap();
        let expected = [term!(first), Term::from(1), Term::from(2), Term::from(3)];
        assert_eq!(heard, expected.map(Message::Term));
        world.stop().await;
    })
    .await;
}

/// Where the other node does not know them the sender hears of it, and the connection stays.
#[tokio::test]
async fn native_records_go_to_those_who_know_them() {
    each_release(async |release| {
        let world = World::start(release).await;
        world.erl.eval("register(me, Me)").await.unwrap();
        let connected = world.rust.connect(world.there());
        deadline(PATIENCE, connected).await.unwrap();
        let record: Term = "{record, #shop:item{id = 1, name = <<\"tea\">>}}"
            .parse()
            .unwrap();
        let sent = world.rust.send(("me", world.there()), &record).await;
        let is_sent = if world.erl.release() >= 29 {
            assert_eq!(sent, Ok(()));
            let mut heard = Heard::start(&world.rust, Some("heard"));
            let back = "receive {record, X} -> {heard, R} ! {record, X} end, ok";
            world.erl.eval(back).await.unwrap();
            assert_eq!(heard.term().await, record);
            true
        } else {
            assert!(matches!(sent, Err(CastError::Encode(_))), "{sent:?}");
            false
        };
        assert_eq!(is_sent, world.erl.release() >= 29);
        let connected = format!("['{}']", world.rust.name().as_str());
        assert_eq!(world.erl.eval("nodes(connected)").await.unwrap(), connected);
        world.stop().await;
    })
    .await;
}

/// `group_leader/2` both ways.
#[tokio::test]
async fn group_leaders_are_set_both_ways() {
    each_release(async |release| {
        let world = World::start(release).await;
        let mut heard = Heard::start(&world.rust, Some("heard"));
        world
            .erl
            .eval("{heard, R} ! {Me, group_leader()}")
            .await
            .unwrap();
        let told = heard.term().await;
        let Some([Term::Pid(there), Term::Pid(leader_there)]) = told.as_tuple() else {
            panic!("{told}")
        };
        let (there, leader_there) = (Pid::clone(there), Pid::clone(leader_there));
        // Ours says its group leader to whoever asks.
        let says = world.rust.spawn_fn(async |mut cx| {
            while let Some(Message::Term(Term::Pid(asks))) = cx.receive().await {
                let _ = cx.send(&*asks, cx.group_leader());
            }
        });
        let says = says.unwrap();
        world
            .rust
            .send(&there, Term::from(says.clone()))
            .await
            .unwrap();
        let set = "S = receive P when is_pid(P) -> P end, group_leader(group_leader(), S), \
            S ! Me, receive G -> G =:= group_leader() end";
        assert_eq!(world.erl.eval(set).await.unwrap(), "true");
        // And back: theirs gets one of ours.
        let (leader, of) = (says.clone(), there.clone());
        let sets = Heard::with(&world.rust, None, move |cx| {
            cx.set_group_leader(&leader, &of);
        });
        let is_set = "group_leader() =:= S";
        world.erl.eval_until(is_set, "true").await.unwrap();
        let (leader, of) = (leader_there.clone(), there.clone());
        let resets = Heard::with(&world.rust, None, move |cx| {
            cx.set_group_leader(&leader, &of);
        });
        world.erl.eval_until(is_set, "false").await.unwrap();
        drop((sets, resets));
        world.stop().await;
    })
    .await;
}
