//! Restarts: by type, how many, and those that fail.

use super::*;

/// What becomes of a child that has ended.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Then {
    Restarted,
    Kept,
    Removed,
}
use Then::{Kept, Removed, Restarted};

type End = fn(&Node, &ChildRef, &Pid);

/// How a child ends; what then, when it is permanent, transient and temporary.
fn endings() -> [(&'static str, End, [Then; 3]); 7] {
    [
        (
            "normal",
            |_, child, _| child.stop(ExitReason::Normal).unwrap(),
            [Restarted, Kept, Removed],
        ),
        (
            "shutdown",
            |_, child, _| child.stop(ExitReason::Shutdown).unwrap(),
            [Restarted, Kept, Removed],
        ),
        (
            "{shutdown, _}",
            |_, child, _| {
                child
                    .stop(ExitReason::from(term!({shutdown, because})))
                    .unwrap()
            },
            [Restarted, Kept, Removed],
        ),
        (
            "crash",
            |_, child, _| child.stop(ExitReason::from("boom")).unwrap(),
            [Restarted, Restarted, Removed],
        ),
        (
            "kill",
            |node, _, pid| node.exit(pid, ExitReason::Kill),
            [Restarted, Restarted, Removed],
        ),
        (
            "its own kill",
            |_, child, _| child.stop(ExitReason::Kill).unwrap(),
            [Restarted, Restarted, Removed],
        ),
        (
            "panic",
            |_, child, _| child.crash().unwrap(),
            [Restarted, Restarted, Removed],
        ),
    ]
}

#[tokio::test]
async fn restart_types_by_exit_reasons() {
    let types: [fn(ChildSpec) -> ChildSpec; 3] = [
        ChildSpec::permanent,
        ChildSpec::transient,
        ChildSpec::temporary,
    ];
    for (what, how, thens) in endings() {
        for (kind, then) in types.into_iter().zip(thens) {
            let node = node().await;
            let name = unique_name("child");
            let spec = kind(child("one", &Journal::default()).name(&*name));
            let supervisor = Supervisor::one_for_one()
                .child(spec)
                .start(&node)
                .await
                .unwrap();
            let pid = only(&supervisor).await.unwrap();
            let handle: ChildRef = node.whereis(&name).unwrap();
            let ended = end(&node, &pid);
            how(&node, &handle, &pid);
            ended.await;
            let left = infos(&supervisor).await;
            let now = node.whereis_pid(&name);
            assert_ne!(now.as_ref(), Some(&pid));
            match then {
                Restarted => {
                    assert_eq!(left, [("one".to_owned(), true)], "{what}");
                    assert_eq!(now, only(&supervisor).await, "{what}: under the same name");
                    let again: ChildRef = node.whereis(&name).unwrap();
                    assert_eq!(again.sync().await, Ok(()));
                }
                Kept => assert_eq!(
                    (left, now),
                    (vec![("one".to_owned(), false)], None),
                    "{what}"
                ),
                Removed => assert_eq!((left, now), (vec![], None), "{what}"),
            }
            stop(node).await;
        }
    }
}

/// Crashes the only child of a supervisor and waits until that has been seen to. False when the supervisor is over.
async fn crash(node: &Node, supervisor: &SupervisorRef) -> bool {
    let Some(pid) = only(supervisor).await else {
        return false;
    };
    let ended = end(node, &pid);
    node.exit(&pid, ExitReason::Kill);
    ended.await;
    supervisor.count_children().await.is_ok()
}

#[tokio::test(start_paused = true)]
async fn the_restart_after_the_allowed_ones_stops_everything() {
    // The intensity, the seconds at which the child crashes, and which crash is one too many.
    type Case = ((usize, u64), &'static [u64], Option<usize>);
    let cases: [Case; 6] = [
        ((0, 5), &[0], Some(0)),
        ((1, 5), &[0, 0], Some(1)),
        ((1, 5), &[0, 5], Some(1)),
        ((1, 5), &[0, 6, 12, 18], None),
        ((3, 10), &[0, 1, 2, 3], Some(3)),
        ((2, 5), &[0, 4, 6, 9], Some(3)),
    ];
    for ((restarts, period), crashes, too_many) in cases {
        let node = node().await;
        let before = node.process_count();
        let supervisor = Supervisor::one_for_one()
            .intensity(restarts, secs(period))
            .child(child("one", &Journal::default()))
            .start(&node)
            .await
            .unwrap();
        let ended = end(&node, &Handle::pid(&supervisor).unwrap());
        let begun = Instant::now();
        for (number, at) in crashes.iter().enumerate() {
            tokio::time::sleep_until(begun + secs(*at)).await;
            let lives = crash(&node, &supervisor).await;
            assert_eq!(
                lives,
                too_many != Some(number),
                "{restarts} in {period}: crash {number}"
            );
        }
        if too_many.is_some() {
            assert_eq!(ended.await, ExitReason::Shutdown);
            assert_eq!(node.process_count(), before);
        }
        stop(node).await;
    }
}

#[tokio::test]
async fn too_many_restarts_stop_the_children_in_reverse_order() {
    let (node, journal) = (node().await, Journal::default());
    let before = node.process_count();
    let supervisor = ["a", "b", "c"]
        .into_iter()
        .fold(
            Supervisor::one_for_one().intensity(0, secs(1)),
            |supervisor, id| supervisor.child(child(id, &journal)),
        )
        .start(&node)
        .await
        .unwrap();
    let infos = supervisor.which_children().await.unwrap();
    let b = infos
        .iter()
        .find(|info| info.id == term!(b))
        .and_then(|info| info.pid.clone());
    let ended = end(&node, &Handle::pid(&supervisor).unwrap());
    node.exit(b.unwrap(), ExitReason::Kill);
    assert_eq!(ended.await, ExitReason::Shutdown);
    assert_eq!(
        journal.take(),
        ["start a", "start b", "start c", "stop c", "stop a"]
    );
    assert_eq!(node.process_count(), before);
    stop(node).await;
}

/// The first start succeeds, the next `failures` fail.
fn failing_restarts(journal: &Journal, failures: u32) -> (ChildSpec, Arc<AtomicU32>) {
    let starts = Arc::new(AtomicU32::new(0));
    let counter = starts.clone();
    let start = Start::with("one", journal, move || {
        match counter.fetch_add(1, Ordering::SeqCst) {
            start if start == 0 || start > failures => Ok(()),
            _ => Err(ExitReason::from("not yet")),
        }
    });
    (Child::spec(start).id("one"), starts)
}

#[tokio::test]
async fn a_restart_that_fails_is_tried_again_and_counted() {
    // Restarts allowed, restarts that fail, starts seen, and whether the supervisor lives.
    for (allowed, failures, starts, lives) in [(4, 3, 5, true), (3, 3, 4, false), (2, 9, 3, false)]
    {
        let node = node().await;
        let (spec, seen) = failing_restarts(&Journal::default(), failures);
        let supervisor = Supervisor::one_for_one()
            .intensity(allowed, secs(60))
            .child(spec)
            .start(&node)
            .await
            .unwrap();
        let over = end(&node, &Handle::pid(&supervisor).unwrap());
        node.exit(only(&supervisor).await.unwrap(), ExitReason::Kill);
        if lives {
            while seen.load(Ordering::SeqCst) < starts || only(&supervisor).await.is_none() {
                tokio::task::yield_now().await;
            }
        } else {
            assert_eq!(over.await, ExitReason::Shutdown);
        }
        assert_eq!(
            seen.load(Ordering::SeqCst),
            starts,
            "{allowed} allowed, {failures} fail"
        );
        stop(node).await;
    }
}

/// Its restart waits for the test, and then fails.
#[derive(Actor)]
struct Gated;

#[derive(Clone)]
struct Gate {
    starts: Arc<AtomicU32>,
    open: Arc<Notify>,
}

#[ergo::server]
impl Gated {
    async fn init(gate: Gate) -> Result<Self, ExitReason> {
        if gate.starts.fetch_add(1, Ordering::SeqCst) == 0 {
            return Ok(Gated);
        }
        gate.open.notified().await;
        Err(ExitReason::from("shut"))
    }

    #[call]
    fn sync(&self) {}
}

#[tokio::test]
async fn a_child_between_restarts_is_shown_as_restarting() {
    let node = node().await;
    let gate = Gate {
        starts: Arc::default(),
        open: Arc::default(),
    };
    let supervisor = Supervisor::one_for_one()
        .intensity(100, secs(5))
        .child(Gated::spec(gate.clone()).id("gated"))
        .start(&node)
        .await
        .unwrap();
    node.exit(only(&supervisor).await.unwrap(), ExitReason::Kill);
    while gate.starts.load(Ordering::SeqCst) < 2 {
        tokio::task::yield_now().await;
    }
    // They lie in the mailbox before the restart fails, and so before the next attempt.
    let (by_term, count) = (supervisor.clone(), supervisor.clone());
    let to = Handle::pid(&by_term).unwrap();
    let asked = node.clone();
    let children = tokio::spawn(async move { asked.call(to, term!(which_children)).await });
    let typed = tokio::spawn(async move { by_term.which_children().await });
    let count = tokio::spawn(async move { count.count_children().await });
    for _ in 0..3 {
        tokio::task::yield_now().await;
    }
    gate.open.notify_one();
    let shape = term!([{gated, restarting, worker, [("Gated".parse_atom())]}]);
    assert_eq!(deadline(PATIENCE, children).await.unwrap(), Ok(shape));
    let typed = deadline(PATIENCE, typed).await.unwrap().unwrap();
    assert_eq!((typed[0].pid.clone(), typed[0].restarting), (None, true));
    let count = deadline(PATIENCE, count).await.unwrap().unwrap();
    assert_eq!((count.specs, count.active, count.workers), (1, 0, 1));
    node.exit(Handle::pid(&supervisor).unwrap(), ExitReason::Kill);
    stop(node).await;
}

trait ParseAtom {
    fn parse_atom(&self) -> Atom;
}

impl ParseAtom for str {
    fn parse_atom(&self) -> Atom {
        Atom::new(self).unwrap()
    }
}

/// A full mailbox takes no message of others, and yet the supervisor goes on with its own affairs.
#[tokio::test]
async fn a_full_supervisor_starts_its_children_again() {
    let node = node().await;
    let gate = Gate {
        starts: Arc::default(),
        open: Arc::default(),
    };
    let (tell, told) = tokio::sync::oneshot::channel();
    let supervisor = Supervisor::one_for_one()
        .intensity(3, secs(5))
        .child(Gated::spec(gate.clone()).id("gated"));
    let parent = node.spawn_fn(async move |mut cx| {
        cx.trap_exit(true);
        let options = SpawnOptions::default().mailbox(2);
        let started = supervisor.start_link_with(&cx, options).await;
        let _ = tell.send(started.unwrap());
        while let Some(_ignored) = cx.receive().await {}
    });
    let parent = parent.unwrap();
    let supervisor = deadline(PATIENCE, told).await.unwrap();
    node.exit(only(&supervisor).await.unwrap(), ExitReason::Kill);
    while gate.starts.load(Ordering::SeqCst) < 2 {
        tokio::task::yield_now().await;
    }
    let asking: Vec<_> = (0..2)
        .map(|_| {
            let supervisor = supervisor.clone();
            tokio::spawn(async move { supervisor.which_children().await })
        })
        .collect();
    let asked = async || supervisor.count_children().timeout(Duration::ZERO).await;
    while !matches!(asked().await, Err(CallError::Full(_))) {
        tokio::task::yield_now().await;
    }
    // Each of its failures is one restart more, until there are too many.
    for _ in 0..4 {
        gate.open.notify_one();
    }
    let ended = deadline(PATIENCE, async {
        loop {
            gate.open.notify_one();
            tokio::select! {
                reason = supervisor.as_ref().ended() => break reason,
                () = tokio::task::yield_now() => {}
            }
        }
    });
    assert_eq!(ended.await, ExitReason::Shutdown);
    assert!(gate.starts.load(Ordering::SeqCst) > 2);
    drop(asking);
    node.exit(&parent, ExitReason::Kill);
    stop(node).await;
}
