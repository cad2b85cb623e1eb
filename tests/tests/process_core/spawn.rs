//! Starting processes, and inits that fail: G-09.

use ergo::prelude::*;
use ergo_tests::{PATIENCE, deadline, unique_name};
use tokio::sync::oneshot;

use ergo::process::Behavior;

use crate::probe::{Event, Probed, gone, node, relations, stop};

type Init<A> = Box<dyn FnOnce(&Context<A>) -> Result<(), ExitReason> + Send>;

/// Its init runs in the spawner.
#[derive(Actor)]
struct Eager;

#[ergo::server]
impl Eager {
    fn init(act: Init<Eager>, cx: &Context<Self>) -> Result<Self, ExitReason> {
        act(cx)?;
        Ok(Eager)
    }

    #[call]
    fn seven(&self) -> u8 {
        7
    }
}

/// Its init runs in the process.
#[derive(Actor)]
struct Lazy;

#[ergo::server]
impl Lazy {
    async fn init(act: Init<Lazy>, cx: &Context<Self>) -> Result<Self, ExitReason> {
        act(cx)?;
        tokio::task::yield_now().await;
        Ok(Lazy)
    }

    #[call]
    fn seven(&self) -> u8 {
        7
    }
}

#[derive(Debug, Clone, Copy)]
enum Failure {
    Error,
    Shutdown,
    Panic,
    KillItself,
    ExitItself,
    ExitItselfNormally,
}

const FAILURES: [Failure; 6] = [
    Failure::Error,
    Failure::Shutdown,
    Failure::Panic,
    Failure::KillItself,
    Failure::ExitItself,
    Failure::ExitItselfNormally,
];

impl Failure {
    fn happen<A: Behavior>(self, cx: &Context<A>) -> Result<(), ExitReason> {
        let exit = |reason: ExitReason| {
            cx.exit(cx.pid(), reason);
            Ok(())
        };
        match self {
            Failure::Error => Err(ExitReason::from("refused")),
            Failure::Shutdown => Err(ExitReason::Shutdown),
            Failure::Panic => panic!("in init"),
            Failure::KillItself => exit(ExitReason::Kill),
            Failure::ExitItself => exit(ExitReason::from("enough")),
            Failure::ExitItselfNormally => exit(ExitReason::Normal),
        }
    }

    #[track_caller]
    fn check(self, error: SpawnError) {
        let SpawnError::Init(reason) = error else {
            panic!("{self:?}: {error:?}");
        };
        let expected = match self {
            Failure::Error => ExitReason::from("refused"),
            Failure::Shutdown => ExitReason::Shutdown,
            Failure::KillItself => ExitReason::Killed,
            Failure::ExitItself => ExitReason::from("enough"),
            Failure::ExitItselfNormally => ExitReason::Normal,
            Failure::Panic => {
                let ExitReason::Panic(text) = &reason else {
                    panic!("{reason:?}");
                };
                assert!(
                    text.contains("in init") && text.contains("spawn.rs:"),
                    "{text}"
                );
                return;
            }
        };
        assert_eq!(reason, expected, "{self:?}");
    }
}

/// How the starter is tied to what it starts.
#[derive(Debug, Clone, Copy)]
enum Tied {
    No,
    Link,
    Monitor,
}

async fn failing_init<A: Behavior<Args = Init<A>>>(failure: Failure, tied: Tied, trapping: bool) {
    let node = node().await;
    let mut parent = Probed::with(&node, SpawnOptions::default().trap_exit(trapping)).await;
    let mut friend = Probed::trapping(&node).await;
    let names = || {
        let mut names = node.registered();
        names.sort();
        names
    };
    let (before, names_before) = (node.process_count(), names());
    let name = unique_name("failing");
    let (friend_pid, register, tell) = (friend.pid.clone(), name.clone(), friend.pid.clone());
    let init: Init<A> = Box::new(move |cx| {
        cx.register(&register).unwrap();
        cx.link(friend_pid.clone());
        cx.monitor(friend_pid);
        cx.alias();
        cx.send_after(millis(1), tell, term!(too_late));
        failure.happen(cx)
    });
    let error = parent
        .inside_async(async move |cx| match tied {
            Tied::No => cx.spawn::<A>(init).await.err(),
            Tied::Link => cx.spawn_link::<A>(init).await.err(),
            Tied::Monitor => cx.spawn_monitor::<A>(init).await.err(),
        })
        .await;
    failure.check(error.expect("its init fails"));

    assert_eq!(node.process_count(), before);
    assert_eq!(names(), names_before);
    assert_eq!(node.whereis_pid(&name), None);
    assert_eq!(parent.heard().await, []);
    let left = |relations: &ergo::process::Relations| {
        (
            relations.link_count(),
            relations.monitoring_count(),
            relations.watcher_count(),
        )
    };
    assert_eq!(
        relations(&node, &parent.pid, left),
        (0, 0, 0),
        "{failure:?}"
    );
    assert_eq!(
        relations(&node, &friend.pid, left),
        (0, 0, 0),
        "{failure:?}"
    );
    // Whom it linked to in its init hears of its end, as in OTP; its timer is gone.
    tokio::time::sleep(millis(5)).await;
    let heard = friend.heard().await;
    assert!(
        matches!(&heard[..], [Event::Exit(..)]),
        "{failure:?}: {heard:?}"
    );
    stop(node).await;
}

#[tokio::test(start_paused = true)]
async fn a_failed_init_leaves_nothing_behind() {
    for failure in FAILURES {
        for tied in [Tied::No, Tied::Link, Tied::Monitor] {
            for trapping in [false, true] {
                failing_init::<Eager>(failure, tied, trapping).await;
                failing_init::<Lazy>(failure, tied, trapping).await;
            }
        }
    }
}

#[tokio::test]
async fn both_inits_give_a_running_server() {
    let node = node().await;
    let eager = node.spawn::<Eager>(Box::new(|_| Ok(()))).await.unwrap();
    let lazy = node.spawn::<Lazy>(Box::new(|_| Ok(()))).await.unwrap();
    assert_eq!(deadline(PATIENCE, eager.seven()).await, Ok(7));
    assert_eq!(deadline(PATIENCE, lazy.seven()).await, Ok(7));
    stop(node).await;
}

/// Waits in its init for as long as the test likes.
#[derive(Actor)]
struct Slow;

#[ergo::server]
impl Slow {
    async fn init(name: String, cx: &Context<Self>) -> Result<Self, ExitReason> {
        cx.register(&name).unwrap();
        std::future::pending::<()>().await;
        Ok(Slow)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exit_signal_during_an_init_that_waits_ends_it() {
    for (reason, expected) in [
        (ExitReason::Kill, ExitReason::Killed),
        (ExitReason::from("stop"), ExitReason::from("stop")),
    ] {
        let node = node().await;
        let before = node.process_count();
        let name = unique_name("slow");
        let spawning = tokio::spawn({
            let (node, name) = (node.clone(), name.clone());
            async move { node.spawn::<Slow>(name).await.map(drop) }
        });
        let pid = loop {
            if let Some(pid) = node.whereis_pid(&name) {
                break pid;
            }
            tokio::task::yield_now().await;
        };
        node.exit(&pid, reason);
        let outcome = deadline(PATIENCE, spawning).await.unwrap();
        assert_eq!(outcome, Err(SpawnError::Init(expected)));
        assert_eq!(
            (node.process_count(), node.whereis_pid(&name)),
            (before, None)
        );
        stop(node).await;
    }
}

#[tokio::test]
async fn a_refused_name_leaves_nothing_behind() {
    let node = node().await;
    let name = unique_name("holder");
    let holder = Probed::with(&node, SpawnOptions::default().name(&*name)).await;
    let mut parent = Probed::trapping(&node).await;
    let before = node.process_count();
    let taken = SpawnError::NameTaken {
        name: Atom::new(&name).unwrap(),
        holder: holder.pid.clone(),
    };
    let long = "x".repeat(256);
    let cases = [
        (name.clone(), taken),
        (String::new(), SpawnError::BadName(String::new())),
        ("undefined".into(), SpawnError::BadName("undefined".into())),
        (long.clone(), SpawnError::BadName(long)),
    ];
    for (name, expected) in cases {
        let options = SpawnOptions::default().name(name);
        let error = parent
            .inside_async(async move |cx| {
                let init: Init<Eager> = Box::new(|_| panic!("its init must not run"));
                cx.spawn_link_with::<Eager>(init, options).await.err()
            })
            .await;
        assert_eq!(error, Some(expected));
        assert_eq!(node.process_count(), before);
    }
    assert_eq!(parent.heard().await, []);
    assert_eq!(
        relations(&node, &parent.pid, |relations| relations.link_count()),
        0
    );
    stop(node).await;
}

#[tokio::test]
async fn a_started_process_is_tied_as_it_was_asked() {
    let node = node().await;
    let mut parent = Probed::trapping(&node).await;
    let nothing = || -> Init<Eager> { Box::new(|_| Ok(())) };
    let init = nothing();
    let linked = parent
        .inside_async(async move |cx| cx.spawn_link::<Eager>(init).await)
        .await;
    let linked = Handle::pid(&linked.unwrap()).unwrap();
    let init = nothing();
    let monitored = parent.inside_async(async move |cx| cx.spawn_monitor::<Eager>(init).await);
    let (monitored, reference) = monitored.await.unwrap();
    let monitored = Handle::pid(&monitored).unwrap();
    node.exit(&linked, ExitReason::from("one"));
    assert_eq!(
        parent.next().await,
        Event::Exit(linked, ExitReason::from("one"))
    );
    node.exit(&monitored, ExitReason::from("two"));
    let down = Event::Down(
        reference,
        Destination::Pid(monitored),
        ExitReason::from("two"),
    );
    assert_eq!(parent.next().await, down);
    stop(node).await;
}

#[tokio::test]
async fn a_parent_that_ends_takes_a_child_in_its_init_with_it() {
    let node = node().await;
    let parent = Probed::start(&node).await;
    let name = unique_name("child");
    let (started, starting) = oneshot::channel();
    let child_name = name.clone();
    let handle = parent.handle.clone();
    tokio::spawn(async move {
        let act = Box::new(move |cx: Context<crate::probe::Probe>| {
            Box::pin(async move {
                let _ = started.send(());
                let _ = cx.spawn_link::<Slow>(child_name).await;
            }) as std::pin::Pin<Box<dyn Future<Output = ()> + Send>>
        });
        handle.run_async(act).await
    });
    deadline(PATIENCE, starting).await.unwrap();
    let child = loop {
        if let Some(pid) = node.whereis_pid(&name) {
            break pid;
        }
        tokio::task::yield_now().await;
    };
    node.exit(&parent.pid, ExitReason::from("gone"));
    assert_eq!(parent.ended().await, ExitReason::from("gone"));
    gone(&node, &child).await;
    assert_eq!(node.whereis_pid(&name), None);
    stop(node).await;
}

#[tokio::test]
async fn a_panic_before_there_is_a_future_ends_a_plain_process() {
    let node = node().await;
    let before = node.process_count();
    let pid = node
        .spawn_fn(|_| -> std::future::Ready<()> { panic!("too early") })
        .unwrap();
    let reason = gone(&node, &pid).await;
    assert!(
        matches!(&reason, ExitReason::Panic(text) if text.contains("too early")),
        "{reason:?}"
    );
    assert_eq!(node.process_count(), before);
    stop(node).await;
}

/// A pid of a process that has ended never reaches one that has its place in the table now.
#[tokio::test]
async fn an_old_pid_reaches_nobody() {
    let node = node().await;
    let mut old = Vec::new();
    for _ in 0..200 {
        let probe = Probed::start(&node).await;
        probe.handle.stop(ExitReason::Normal).unwrap();
        probe.ended().await;
        old.push(probe.pid);
    }
    let mut fresh = Vec::new();
    for _ in 0..50 {
        fresh.push(Probed::start(&node).await);
    }
    let places: Vec<u32> = fresh.iter().map(|probe| probe.pid.id()).collect();
    assert!(
        old.iter().any(|pid| places.contains(&pid.id())),
        "no place was used again"
    );
    for pid in &old {
        assert!(!fresh.iter().any(|probe| probe.pid == *pid));
        assert_eq!(node.try_send(pid, term!(lost)), Err(CastError::Closed));
        node.exit(pid, ExitReason::Kill);
        assert!(!node.is_process_alive(pid));
    }
    for probe in &mut fresh {
        assert_eq!(probe.heard().await, []);
    }
    stop(node).await;
}
