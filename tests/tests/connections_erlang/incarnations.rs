//! A node that comes back is another one: G-04.

use ergo::prelude::*;
use ergo_tests::erlang::{Node as Erl, each_release};
use ergo_tests::{PATIENCE, deadline};

use crate::world::{Heard, World, rust, start};

/// Ours comes back: what was its pid before reaches nobody now.
#[tokio::test]
async fn a_pid_of_our_last_incarnation_reaches_nobody() {
    each_release(async |release| {
        let mut world = World::start(release).await;
        let old = Heard::start(&world.rust, Some("heard"));
        world
            .erl
            .eval("pong = net_adm:ping(R), register(me, Me)")
            .await
            .unwrap();
        let name = world.rust.name().as_str().to_owned();
        deadline(PATIENCE, world.rust.stop()).await;
        world
            .erl
            .eval_until("nodes(connected)", "[]")
            .await
            .unwrap();

        world.rust = rust(&name, world.epmd.port()).await;
        let mut new = Heard::start(&world.rust, Some("heard"));
        assert_ne!(new.pid.creation(), old.pid.creation());
        // Of the same number, so that only the incarnation tells them apart.
        let node = world.rust.name().clone();
        let past = Pid::new(node, new.pid.id(), new.pid.serial(), old.pid.creation());
        let told = world.rust.send(("me", world.there()), Term::from(past));
        deadline(PATIENCE, told).await.unwrap();
        world
            .erl
            .eval("Old = receive P when is_pid(P) -> P end, ok")
            .await
            .unwrap();
        world
            .erl
            .eval("Old ! lost, exit(Old, kill), {heard, R} ! found, ok")
            .await
            .unwrap();
        assert_eq!(new.term().await, term!(found));
        let down = "M = monitor(process, Old), receive {'DOWN', M, process, Old, Why} -> Why end";
        assert_eq!(world.erl.eval(down).await.unwrap(), "noproc");
        let exit = "process_flag(trap_exit, true), link(Old), receive {'EXIT', Old, No} -> No end";
        assert_eq!(world.erl.eval(exit).await.unwrap(), "noproc");
        world.erl.eval("{heard, R} ! last, ok").await.unwrap();
        assert_eq!(new.term().await, term!(last));
        world.stop().await;
    })
    .await;
}

/// Theirs comes back: what we send to the old pid is dropped there, and says so where it can.
#[tokio::test]
async fn a_pid_of_their_last_incarnation_reaches_nobody() {
    each_release(async |release| {
        let mut world = World::start(release).await;
        let mut heard = Heard::start(&world.rust, Some("heard"));
        world.erl.eval("{heard, R} ! Me").await.unwrap();
        let old = heard.pid().await;
        let name = world.there().to_owned();
        world.erl.kill9();
        let gone = async {
            while !world.rust.nodes_of(Visibility::Connected).is_empty() {
                tokio::task::yield_now().await;
            }
        };
        deadline(PATIENCE, gone).await;
        // Its name is free once EPMD has seen it go.
        let is_gone = async || {
            let names = world.epmd.names();
            names.is_ok_and(|names| !names.iter().any(|known| name.starts_with(&known.name)))
        };
        ergo_tests::wait_until(PATIENCE, "the name to be free", is_gone)
            .await
            .unwrap();
        let again = Erl::builder(release, "erl", world.epmd.port()).full_name(&name);
        world.erl = start(again).await;
        world.erl.eval("register(me, self())").await.unwrap();
        let to = old.clone();
        let mut tied = Heard::with(&world.rust, None, move |cx| {
            cx.send(&to, term!(lost)).unwrap();
            cx.monitor(&to);
            cx.link(&to);
        });
        for _ in 0..2 {
            match tied.next().await {
                Message::Down(down) => assert_eq!(down.reason, ExitReason::NoProc),
                Message::Exit(exit) => assert_eq!(exit.reason, ExitReason::NoProc),
                other => panic!("{other:?}"),
            }
        }
        let found = world.rust.send(("me", name.as_str()), term!(found));
        deadline(PATIENCE, found).await.unwrap();
        let first = world.erl.eval("receive First -> First end").await.unwrap();
        assert_eq!(first, "found");
        world.stop().await;
    })
    .await;
}
