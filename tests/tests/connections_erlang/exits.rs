//! Exit signals to aliases and names, and with priority (OTP 28).

use ergo::AliasOptions;
use ergo::prelude::*;
use ergo_tests::erlang::each_release;
use ergo_tests::{PATIENCE, deadline, wait_until};
use tokio::sync::oneshot;

use crate::world::{Heard, World};

fn reason(word: &'static str) -> ExitReason {
    ExitReason::from(Term::atom(word))
}

/// A process in Erlang that traps exits, and tells all that came once it is told `tell`.
const TRAPS: &str = "Traps = spawn(fun() -> process_flag(trap_exit, true), register(traps, self()), \
    A = try alias([priority]) catch error:badarg -> alias() end, {heard, R} ! {self(), A}, \
    receive tell -> ok end, \
    All = fun All() -> receive {'EXIT', _, Why} -> [Why | All()]; M -> [M | All()] after 0 -> [] end end, \
    {heard, R} ! All() end), ok";

#[tokio::test]
async fn exits_to_an_erlang_process() {
    each_release(async |release| {
        let world = World::start(release).await;
        let mut heard = Heard::start(&world.rust, Some("heard"));
        world.erl.eval(TRAPS).await.unwrap();
        let told = heard.term().await;
        let Some([Term::Pid(pid), Term::Reference(alias)]) = told.as_tuple() else {
            panic!("{told}")
        };
        let (pid, alias) = (Pid::clone(pid), Reference::clone(alias));
        let rust = &world.rust;
        rust.try_send(&pid, 1).unwrap();
        rust.exit_priority(&pid, reason("to_a_pid"));
        rust.exit(alias.clone(), reason("to_an_alias"));
        rust.exit(("traps", world.there()), reason("to_a_name"));
        rust.exit_priority(alias, reason("first"));
        // In order behind them, and the connection has stood all of it.
        rust.try_send(&pid, term!(tell)).unwrap();
        let all = heard.term().await.to_string();
        let expected = if world.erl.release() >= 28 {
            "[first,1,to_a_pid,to_an_alias,to_a_name]"
        } else {
            "[1,to_a_pid]"
        };
        assert_eq!(all, expected);
        assert_eq!(rust.nodes(), [world.there()]);
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn exits_from_an_erlang_process() {
    each_release(async |release| {
        let world = World::start(release).await;
        if world.erl.release() < 28 {
            return world.stop().await;
        }
        let (told, alias) = oneshot::channel();
        let (go, goes) = oneshot::channel::<()>();
        let (done, heard) = oneshot::channel();
        let pid = world.rust.spawn_fn(async move |mut cx| {
            cx.trap_exit(true);
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
        let exits = "receive {P, A} -> P ! 1, exit(P, to_a_pid, [priority]), exit(A, to_an_alias), \
            exit(A, first, [priority]) end, ok";
        world.erl.eval(exits).await.unwrap();
        let all = async || {
            let info = world.rust.process_info(&pid);
            info.is_some_and(|info| info.message_queue_len == 4)
        };
        wait_until(PATIENCE, "four messages", all).await.unwrap();
        go.send(()).unwrap();
        let heard = deadline(PATIENCE, heard).await.unwrap();
        let words: Vec<_> = heard
            .iter()
            .map(|message| match message {
                Message::Exit(exit) => exit.reason.to_string(),
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(words[0], "first");
        assert_eq!(words[2..], ["to_a_pid", "to_an_alias"]);
        world.stop().await;
    })
    .await;
}
