//! Functions of Erlang nodes, started from here.

use ergo::prelude::*;
use ergo::{RemoteNode, RemoteSpawnError};
use ergo_tests::erlang::{Node as Erl, each_release};
use ergo_tests::{PATIENCE, deadline, wait_until};
use tokio::sync::oneshot;

use crate::world::World;

/// Does it in a process of ours that traps exits, and gives what comes out.
async fn within<T: Send + 'static, F>(
    node: &Node,
    body: impl FnOnce(PlainContext) -> F + Send + 'static,
) -> T
where
    F: Future<Output = T> + Send,
{
    let (tell, told) = oneshot::channel();
    let pid = node.spawn_fn(async move |cx| {
        cx.trap_exit(true);
        let _ = tell.send(body(cx).await);
    });
    pid.unwrap();
    deadline(2 * PATIENCE, told).await.unwrap()
}

/// Both messages of a process that is linked and monitored: the reasons of the exit and of the down.
async fn both(cx: &mut PlainContext, pid: &Pid, reference: &Reference) -> (Term, Term) {
    let (mut exit, mut down) = (None, None);
    while exit.is_none() || down.is_none() {
        match cx.receive().await {
            Some(Message::Exit(it)) if it.from == *pid && exit.is_none() => {
                exit = Some(it.reason.to_term());
            }
            Some(Message::Down(it)) if it.reference == *reference && down.is_none() => {
                down = Some(it.reason.to_term());
            }
            other => panic!("{other:?}"),
        }
    }
    (exit.unwrap(), down.unwrap())
}

/// Nothing has come, and what the other node has sent until now would have.
async fn nothing_more(cx: &mut PlainContext, far: &RemoteNode) {
    let mark = far.spawn_function("erlang", "send", args![(cx.pid()), mark]);
    mark.await.unwrap();
    match cx.receive().await {
        Some(Message::Term(term)) if term.as_atom() == Some("mark") => {}
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn ends_of_functions() {
    each_release(async |release| {
        let world = World::start(release).await;
        let far = world.rust.remote(world.erl.name()).await.unwrap();
        let undef = "{undef,[{no_such,function,[1],[]}]}";
        let cases = [
            ("erlang", "exit", args![{because, 1}], "{because,1}"),
            ("erlang", "exit", args![normal], "normal"),
            ("erlang", "exit", args![kill], "kill"),
            ("erlang", "node", args![], "normal"),
            ("erlang", "throw", args![x], "{{nocatch,x},[.."),
            ("erlang", "error", args![x], "{x,[.."),
            ("no_such", "function", args![1], undef),
        ];
        for (module, function, args, expect) in cases {
            let spawn = far.spawn_function(module, function, args);
            let far = far.clone();
            let (exit, down) = within(&world.rust, async move |mut cx| {
                let (pid, reference) = spawn.link().monitor().await.unwrap();
                let reasons = both(&mut cx, &pid, &reference).await;
                nothing_more(&mut cx, &far).await;
                reasons
            })
            .await;
            assert_eq!(exit, down);
            let exit = exit.to_string();
            match expect.strip_suffix("..") {
                Some(prefix) => assert!(exit.starts_with(prefix), "{exit}"),
                None => assert_eq!(exit, expect),
            }
        }
        world.stop().await;
    })
    .await;
}

/// It knows who has started it, and its links and monitors are those of Erlang.
#[tokio::test]
async fn a_process_there_and_its_ties() {
    each_release(async |release| {
        let world = World::start(release).await;
        let far = world.rust.remote(world.erl.name()).await.unwrap();
        let sleep = || far.spawn_function("timer", "sleep", args![infinity]);
        let (linked, tied) = (sleep().link(), sleep().link().monitor());
        let (tell, told) = oneshot::channel();
        let owner = world.rust.spawn_fn(async move |mut cx| {
            let linked = linked.await.unwrap();
            let (tied, reference) = tied.await.unwrap();
            cx.unlink(&tied);
            cx.demonitor(&reference);
            let _ = tell.send((cx.pid(), linked, tied));
            cx.receive().await;
        });
        let (me, linked, tied) = deadline(PATIENCE, told).await.unwrap();
        assert_eq!(owner.unwrap(), me);
        let text = |pid: &Pid| format!("list_to_pid(\"<0.{}.{}>\")", pid.id(), pid.serial());
        let set = format!("P = {}, T = {}, ok", text(&linked), text(&tied));
        world.check(&set, "ok").await;
        world
            .table(&[
                ("{links, [L]} = process_info(P, links), node(L) =:= R", "true"),
                ("pong = net_adm:ping(R), [process_info(T, Item) || Item <- [links, monitored_by]]", "[{links,[]},{monitored_by,[]}]"),
                ("{group_leader, G} = process_info(P, group_leader), node(G) =:= R", "true"),
            ])
            .await;
        // The caller is killed: what is linked to it ends, what is not goes on.
        world.check("M = monitor(process, P), ok", "ok").await;
        world.rust.exit(&me, ExitReason::Kill);
        world
            .table(&[
                ("Down(M)", "killed"),
                ("is_process_alive(T)", "true"),
            ])
            .await;
        world.stop().await;
    })
    .await;
}

/// What is printed there comes out where the caller's output does: here.
#[tokio::test]
async fn a_node_that_goes_away() {
    each_release(async |release| {
        let world = World::start(release).await;
        let far = world.rust.remote(world.erl.name()).await.unwrap();
        let sleep = far.spawn_function("timer", "sleep", args![infinity]);
        let (started, is_started) = oneshot::channel();
        let ends = within(&world.rust, async move |mut cx| {
            let (pid, reference) = sleep.link().monitor().await.unwrap();
            let _ = started.send(());
            both(&mut cx, &pid, &reference).await
        });
        let kill = async {
            is_started.await.unwrap();
            world.erl.kill9();
        };
        let ((exit, down), ()) = tokio::join!(ends, kill);
        assert_eq!([exit, down], [term!(noconnection), term!(noconnection)]);
        let gone = far.spawn_function("erlang", "node", args![]).await;
        let Err(RemoteSpawnError::NoConnection { node, cause }) = gone else {
            panic!("{gone:?}");
        };
        assert_eq!(node.as_str(), world.erl.name());
        assert!(cause.is_some());
        world.stop().await;
    })
    .await;
}

/// Stops a node, and waits until none of its threads runs any more.
async fn stand_still(erl: &Erl) {
    erl.stop();
    let tasks = format!("/proc/{}/task", erl.pid());
    let stands = |task: std::io::Result<std::fs::DirEntry>| {
        let Ok(stat) = std::fs::read_to_string(task.unwrap().path().join("stat")) else {
            // It has ended.
            return true;
        };
        // Behind the name, which is in parentheses.
        let (_, state) = stat.rsplit_once(')').unwrap();
        state.trim_start().starts_with('T')
    };
    let stopped = async || std::fs::read_dir(&tasks).unwrap().all(stands);
    let waited = wait_until(PATIENCE, "the node to stand still", stopped);
    waited.await.unwrap();
}

/// It is killed before it can answer: it stands still by then.
#[tokio::test]
async fn a_node_that_dies_while_it_starts_one() {
    each_release(async |release| {
        let world = World::start(release).await;
        let far = world.rust.remote(world.erl.name()).await.unwrap();
        stand_still(&world.erl).await;
        let begun = world.rust.process_count();
        let sleep = || {
            far.spawn_function("timer", "sleep", args![infinity])
                .timeout(secs(3_600))
        };
        let (plain, linked) = (sleep(), sleep().link().monitor());
        let asked = within(&world.rust, async move |mut cx| {
            let linked = linked.await.map(|_| ());
            cx.send(cx.pid(), atom!(mark)).unwrap();
            // No exit and no down of what was not started.
            let next = cx.receive().await;
            assert!(matches!(next, Some(Message::Term(_))), "{next:?}");
            linked
        });
        let kill = async {
            let asking = async || world.rust.process_count() > begun;
            wait_until(PATIENCE, "the caller", asking).await.unwrap();
            world.erl.kill9();
        };
        let (plain, linked, ()) = tokio::join!(async { plain.await.map(|_| ()) }, asked, kill);
        for result in [plain, linked] {
            assert!(
                matches!(result, Err(RemoteSpawnError::NoConnection { .. })),
                "{result:?}"
            );
        }
        world.stop().await;
    })
    .await;
}

/// A node that hangs: the caller is told in time, and what the node starts when it goes on is ended.
#[tokio::test]
async fn late_answers() {
    each_release(async |release| {
        let world = World::start(release).await;
        let far = world.rust.remote(world.erl.name()).await.unwrap();
        world.erl.load(SLEEPER).await.unwrap();
        let sleep = || far.spawn_function("sleeper", "start", args![]);
        sleep().await.unwrap();
        sleepers(&world.erl, 1).await;
        stand_still(&world.erl).await;
        let after = millis(50);
        let late = sleep().timeout(after).await;
        let node = Atom::new(world.erl.name()).unwrap();
        assert_eq!(late, Err(RemoteSpawnError::Timeout { node, after }));
        let tied = sleep().link().monitor().timeout(after);
        let late = within(&world.rust, async move |_| tied.await.is_err()).await;
        assert!(late);
        // Callers that are killed before the answer, tied and not.
        for spawn in [sleep(), sleep().link()] {
            let (asks, asked) = oneshot::channel();
            let caller = world.rust.spawn_fn(async move |_| {
                let mut spawn = std::pin::pin!(spawn.into_future());
                let first =
                    std::future::poll_fn(|cx| std::task::Poll::Ready(spawn.as_mut().poll(cx)));
                assert!(first.await.is_pending());
                let _ = asks.send(());
                let _ = spawn.await;
            });
            deadline(PATIENCE, asked).await.unwrap();
            world.rust.exit(caller.unwrap(), ExitReason::Kill);
        }
        world.erl.cont();
        // Four that came too late, of which the first is the one that was meant.
        world
            .erl
            .eval_until("sleeper:started()", "5")
            .await
            .unwrap();
        sleepers(&world.erl, 1).await;
        world.stop().await;
    })
    .await;
}

const SLEEPER: &str = "-module(sleeper).
-export([start/0, started/0, count/0]).
start() -> ets_add(), receive after infinity -> ok end.
ets_add() -> put(sleeper, true), counters:add(counter(), 1, 1).
counter() ->
    case persistent_term:get(sleeper, none) of
        none -> global:trans({sleeper, self()}, fun make/0, [node()]);
        There -> There
    end.
make() ->
    case persistent_term:get(sleeper, none) of
        none -> New = counters:new(1, []), persistent_term:put(sleeper, New), New;
        There -> There
    end.
started() -> counters:get(counter(), 1).
count() -> length([P || P <- processes(), process_info(P, initial_call) =:= {initial_call, {sleeper, start, 0}}]).
";

async fn sleepers(erl: &Erl, count: usize) {
    let count = count.to_string();
    erl.eval_until("sleeper:count()", &count).await.unwrap();
}
