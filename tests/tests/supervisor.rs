//! The supervisor: restarts, intensity, starts that fail, the order of stops. G-06 and G-07 for one_for_one.
//!
//! What is expected was compared with OTP 25's `supervisor`.

use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use ergo::behaviour::supervisor::{ChildCount, ChildInfo, ChildKind};
use ergo::prelude::*;
use ergo::process::host::AsHost;
use ergo_tests::{PATIENCE, deadline, unique_name};
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;

async fn node() -> Node {
    let name = format!("{}@127.0.0.1", unique_name("supervisor"));
    deadline(PATIENCE, Node::builder(name).local_only().start())
        .await
        .unwrap()
}

async fn stop(node: Node) {
    deadline(PATIENCE, node.stop()).await;
    assert_eq!(node.process_count(), 0);
}

/// The end of a process that lives now.
#[track_caller]
fn end(node: &Node, pid: &Pid) -> impl Future<Output = ExitReason> + use<> {
    let host = node.host();
    let process = host.process(host.local_id(pid).unwrap()).expect("it lives");
    deadline(PATIENCE, async move {
        std::future::poll_fn(|cx| process.poll_gone(cx)).await
    })
}

/// What happened to children, in order.
#[derive(Clone, Default)]
struct Journal(Arc<Mutex<Vec<String>>>);

impl Journal {
    fn note(&self, text: impl Into<String>) {
        self.0.lock().unwrap().push(text.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// A child that notes its start and its stop, and ends as it is told.
#[derive(Actor)]
#[actor(trap_exit)]
struct Child {
    id: String,
    journal: Journal,
}

#[derive(Clone)]
struct Start {
    id: String,
    journal: Journal,
    /// Says whether the start succeeds.
    init: Arc<dyn Fn() -> Result<(), ExitReason> + Send + Sync>,
}

impl Start {
    fn good(id: &str, journal: &Journal) -> Start {
        Start::with(id, journal, || Ok(()))
    }

    fn with(
        id: &str,
        journal: &Journal,
        init: impl Fn() -> Result<(), ExitReason> + Send + Sync + 'static,
    ) -> Start {
        Start {
            id: id.to_owned(),
            journal: journal.clone(),
            init: Arc::new(init),
        }
    }
}

#[ergo::server]
impl Child {
    async fn init(start: Start) -> Result<Self, ExitReason> {
        (start.init)()?;
        start.journal.note(format!("start {}", start.id));
        Ok(Child {
            id: start.id,
            journal: start.journal,
        })
    }

    #[call]
    fn sync(&self) {}

    #[cast]
    fn stop(&mut self, reason: ExitReason) -> Flow {
        Flow::Stop(reason)
    }

    #[cast]
    fn crash(&mut self) {
        panic!("on demand")
    }

    async fn terminate(self, _reason: &ExitReason) {
        self.journal.note(format!("stop {}", self.id));
    }
}

fn child(id: &str, journal: &Journal) -> ChildSpec {
    Child::spec(Start::good(id, journal)).id(id)
}

/// The pid of the only child.
async fn only(supervisor: &SupervisorRef) -> Option<Pid> {
    let infos = deadline(PATIENCE, supervisor.which_children())
        .await
        .unwrap();
    infos.into_iter().next().and_then(|info| info.pid)
}

async fn infos(supervisor: &SupervisorRef) -> Vec<(String, bool)> {
    let infos = deadline(PATIENCE, supervisor.which_children())
        .await
        .unwrap();
    infos
        .iter()
        .map(|info: &ChildInfo| (info.id.to_string(), info.pid.is_some()))
        .collect()
}

#[tokio::test]
async fn restart_types_by_exit_reasons() {
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Then {
        Restarted,
        Kept,
        Removed,
    }
    use Then::{Kept, Removed, Restarted};
    type End = fn(&Node, &ChildRef, &Pid);
    // How it ends; what then, when it is permanent, transient and temporary.
    let cases: [(&str, End, [Then; 3]); 7] = [
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
    ];
    let types: [fn(ChildSpec) -> ChildSpec; 3] = [
        ChildSpec::permanent,
        ChildSpec::transient,
        ChildSpec::temporary,
    ];
    for (what, how, thens) in cases {
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
    let cases: [((usize, u64), &[u64], Option<usize>); 6] = [
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
    node.exit(&b.unwrap(), ExitReason::Kill);
    assert_eq!(ended.await, ExitReason::Shutdown);
    assert_eq!(
        journal.take(),
        ["start a", "start b", "start c", "stop c", "stop a"]
    );
    assert_eq!(node.process_count(), before);
    stop(node).await;
}

#[tokio::test]
async fn a_start_that_fails_takes_those_before_it_back() {
    let holder_name = unique_name("holder");
    for case in ["refuses", "panics", "name is taken"] {
        let (node, journal) = (node().await, Journal::default());
        let options = SpawnOptions::default().name(&*holder_name);
        let holder = node
            .spawn_fn_with(options, async |mut cx| drop(cx.receive().await))
            .unwrap();
        let before = node.process_count();
        let failing = match case {
            "refuses" => Child::spec(Start::with("b", &journal, || Err(ExitReason::from("no")))),
            "panics" => Child::spec(Start::with("b", &journal, || panic!("in init"))),
            _ => child("b", &journal).name(&*holder_name),
        };
        let error = Supervisor::one_for_one()
            .child(child("a", &journal))
            .child(failing.id("b"))
            .child(child("c", &journal))
            .start(&node)
            .await
            .unwrap_err();
        let SpawnError::Init(ExitReason::ShutdownWith(why)) = error else {
            panic!("{error:?}")
        };
        let Some([what, id, reason]) = why.as_tuple() else {
            panic!("{why}")
        };
        assert_eq!((what, id), (&term!(failed_to_start_child), &term!(b)));
        match case {
            "refuses" => assert_eq!(*reason, term!(no)),
            "panics" => assert!(reason.to_string().starts_with("{panic,<<"), "{reason}"),
            _ => assert_eq!(
                *reason,
                Term::tuple([term!(already_started), Term::Pid(holder)])
            ),
        }
        assert_eq!(journal.take(), ["start a", "stop a"]);
        assert_eq!(node.process_count(), before);
        stop(node).await;
    }
}

#[tokio::test]
async fn duplicate_ids_are_refused_by_name() {
    let (node, journal) = (node().await, Journal::default());
    let before = node.process_count();
    let error = Supervisor::one_for_one()
        .child(child("twin", &journal))
        .child(child("other", &journal))
        .child(child("twin", &journal))
        .start(&node)
        .await
        .unwrap_err();
    let reason = term!({start_spec, {duplicate_child_name, twin}});
    assert_eq!(error, SpawnError::Init(ExitReason::from(reason)));
    assert_eq!(journal.take(), Vec::<String>::new());
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
        node.exit(&only(&supervisor).await.unwrap(), ExitReason::Kill);
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
    node.exit(&only(&supervisor).await.unwrap(), ExitReason::Kill);
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
    node.exit(&Handle::pid(&supervisor).unwrap(), ExitReason::Kill);
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

/// Notes that it runs, and then does not care for a shutdown until `after` is over.
fn stubborn(id: &str, journal: &Journal, after: Duration) -> ChildSpec {
    let (id_text, journal) = (id.to_owned(), journal.clone());
    ChildSpec::from_fn(id, move |mut cx: PlainContext| {
        let (id, journal) = (id_text.clone(), journal.clone());
        async move {
            cx.trap_exit(true);
            let Some(Message::Exit(exit)) = cx.receive().await else {
                panic!()
            };
            journal.note(format!("told {} {id}", exit.reason));
            tokio::time::sleep(after).await;
            journal.note(format!("stop {id}"));
            exit.reason
        }
    })
}

#[tokio::test(start_paused = true)]
async fn a_child_has_the_time_it_was_given_to_stop() {
    let told = || "told shutdown one".to_owned();
    let stopped = || "stop one".to_owned();
    type How = fn(ChildSpec) -> ChildSpec;
    // How it is to be stopped, how long it takes, how long the supervisor waits, what happened, and its reason.
    let cases: [(How, u64, u64, Vec<String>, ExitReason); 5] = [
        (
            |spec| spec.shutdown(secs(2)),
            1,
            1,
            vec![told(), stopped()],
            ExitReason::Shutdown,
        ),
        (
            |spec| spec.shutdown(secs(2)),
            3,
            2,
            vec![told()],
            ExitReason::Killed,
        ),
        (|spec| spec, 60, 5, vec![told()], ExitReason::Killed),
        (
            |spec| spec.shutdown_infinity(),
            600,
            600,
            vec![told(), stopped()],
            ExitReason::Shutdown,
        ),
        (|spec| spec.brutal_kill(), 1, 0, vec![], ExitReason::Killed),
    ];
    for (how, takes, waited, happened, reason) in cases {
        let (node, journal) = (node().await, Journal::default());
        let spec = how(stubborn("one", &journal, secs(takes)));
        let supervisor = Supervisor::one_for_one()
            .child(spec)
            .start(&node)
            .await
            .unwrap();
        let ended = end(&node, &only(&supervisor).await.unwrap());
        tokio::time::sleep(millis(1)).await;
        let begun = Instant::now();
        supervisor.stop().await;
        assert_eq!(begun.elapsed().as_millis() / 10, u128::from(waited) * 100);
        assert_eq!((ended.await, journal.take()), (reason, happened));
        stop(node).await;
    }
}

#[tokio::test]
async fn what_it_says_of_its_children_in_the_shapes_of_otp() {
    let (node, journal) = (node().await, Journal::default());
    let inner = Supervisor::one_for_one().child(child("leaf", &journal));
    let supervisor = Supervisor::one_for_one()
        .child(child("a", &journal))
        .child(child("b", &journal).transient())
        .child(inner.spec("c"))
        .start(&node)
        .await
        .unwrap();
    let typed = supervisor.which_children().await.unwrap();
    let pids: Vec<Pid> = typed.iter().filter_map(|info| info.pid.clone()).collect();
    let [c, b, a] = &pids[..] else {
        panic!("{typed:?}")
    };
    let ids: Vec<(String, ChildKind)> = typed
        .iter()
        .map(|info| (info.id.to_string(), info.kind))
        .collect();
    let (worker, nested) = (ChildKind::Worker, ChildKind::Supervisor);
    assert_eq!(
        ids,
        [
            ("c".into(), nested),
            ("b".into(), worker),
            ("a".into(), worker)
        ]
    );

    let pid = Handle::pid(&supervisor).unwrap();
    let ended = end(&node, b);
    node.exit(b, ExitReason::Kill);
    ended.await;
    let b = supervisor.which_children().await.unwrap()[1]
        .pid
        .clone()
        .unwrap();
    let handle: ChildRef = node.at(&b);
    let ended = end(&node, &b);
    handle.stop(ExitReason::Normal).unwrap();
    ended.await;
    let module = |name: &str| Term::list([Term::Atom(Atom::new(name).unwrap())]);
    let row =
        |id: Term, pid: Term, kind: Term, name: &str| Term::tuple([id, pid, kind, module(name)]);
    let children = Term::list([
        row(
            term!(c),
            Term::Pid(c.clone()),
            term!(supervisor),
            "Supervisor",
        ),
        row(term!(b), term!(undefined), term!(worker), "Child"),
        row(term!(a), Term::Pid(a.clone()), term!(worker), "Child"),
    ]);
    assert_eq!(node.call(&pid, term!(which_children)).await, Ok(children));
    let count = term!([{specs, 3}, {active, 2}, {supervisors, 1}, {workers, 2}]);
    assert_eq!(node.call(&pid, term!(count_children)).await, Ok(count));
    let count: ChildCount = supervisor.count_children().await.unwrap();
    assert_eq!(
        (count.specs, count.active, count.supervisors, count.workers),
        (3, 2, 1, 2)
    );

    let unknown = node.call(&pid, term!({nonsense, 1})).await;
    assert_eq!(
        unknown,
        Ok(term!({error, {unknown_request, {nonsense, 1}}}))
    );
    node.send(&pid, term!(anything)).await.unwrap();
    node.cast(&pid, term!(which_children)).unwrap();
    assert!(supervisor.count_children().await.is_ok());
    stop(node).await;
}

fn tree(journal: &Journal) -> Supervisor {
    let inner = Supervisor::one_for_one()
        .child(child("b1", journal))
        .child(child("b2", journal));
    Supervisor::one_for_one()
        .child(child("a", journal))
        .child(inner.spec("b"))
        .child(child("c", journal))
}

const TREE_STARTS: [&str; 4] = ["start a", "start b1", "start b2", "start c"];

#[tokio::test]
async fn a_tree_stops_in_the_reverse_order_of_its_start() {
    let (node, journal) = (node().await, Journal::default());
    let before = node.process_count();
    let supervisor = tree(&journal).start(&node).await.unwrap();
    assert_eq!(journal.take(), TREE_STARTS);
    deadline(PATIENCE, supervisor.stop()).await;
    assert_eq!(journal.take(), ["stop c", "stop b2", "stop b1", "stop a"]);
    assert_eq!(node.process_count(), before);
    stop(node).await;
}

#[tokio::test]
async fn the_end_of_a_node_stops_its_trees_in_order() {
    let (node, journal) = (node().await, Journal::default());
    tree(&journal).start(&node).await.unwrap();
    stop(node).await;
    assert_eq!(
        journal.take()[4..],
        ["stop c", "stop b2", "stop b1", "stop a"]
    );
}

#[tokio::test]
async fn killing_the_supervisor_takes_its_children_down() {
    let (node, journal) = (node().await, Journal::default());
    let before = node.process_count();
    let plain = ChildSpec::from_fn("plain", async |mut cx| drop(cx.receive().await));
    let supervisor = tree(&journal).child(plain).start(&node).await.unwrap();
    let infos = supervisor.which_children().await.unwrap();
    let ends: Vec<_> = infos
        .iter()
        .map(|info| end(&node, info.pid.as_ref().unwrap()))
        .collect();
    node.exit(&Handle::pid(&supervisor).unwrap(), ExitReason::Kill);
    for end in ends {
        assert_eq!(end.await, ExitReason::Killed);
    }
    while node.process_count() > before {
        tokio::task::yield_now().await;
    }
    // Those that trap exits clean up, as it is their parent that ended.
    let mut happened = journal.take().split_off(4);
    happened.sort();
    assert_eq!(happened, ["stop a", "stop b1", "stop b2", "stop c"]);
    stop(node).await;
}

/// Who asks the supervisor to stop.
#[tokio::test]
async fn anybody_may_stop_a_supervisor() {
    for linked in [false, true] {
        for by_process in [false, true] {
            let (node, journal) = (node().await, Journal::default());
            let before = node.process_count();
            let (found, mut finding) = mpsc::unbounded_channel();
            let tree = tree(&journal);
            let parent = node.spawn_fn(async move |mut cx| {
                cx.trap_exit(true);
                let node = cx.node();
                let started = match linked {
                    true => tree.start_link(&cx).await,
                    false => tree.start(&node).await,
                };
                found.send(started.unwrap()).unwrap();
                cx.receive().await;
            });
            let parent = parent.unwrap();
            let supervisor = deadline(PATIENCE, finding.recv()).await.unwrap();
            let joined = tokio::spawn({
                let supervisor = supervisor.clone();
                async move { supervisor.join().await }
            });
            tokio::task::yield_now().await;
            let pid = Handle::pid(&supervisor).unwrap();
            if by_process {
                let (done, stopped) = tokio::sync::oneshot::channel();
                node.spawn_fn(async move |_| {
                    supervisor.stop().await;
                    let _ = done.send(());
                })
                .unwrap();
                deadline(PATIENCE, stopped).await.unwrap();
            } else {
                deadline(PATIENCE, supervisor.stop()).await;
            }
            assert!(!node.is_process_alive(&pid));
            deadline(PATIENCE, joined).await.unwrap().unwrap();
            assert_eq!(
                journal.take()[4..],
                ["stop c", "stop b2", "stop b1", "stop a"]
            );
            // The linked parent hears of it, and ends.
            if !linked {
                node.try_send(&parent, term!(over)).unwrap();
            }
            while node.process_count() > before {
                tokio::task::yield_now().await;
            }
            stop(node).await;
        }
    }
}

#[tokio::test]
async fn the_end_of_its_parent_stops_a_supervisor() {
    let (node, journal) = (node().await, Journal::default());
    let before = node.process_count();
    let tree = tree(&journal);
    let (found, finding) = tokio::sync::oneshot::channel();
    let parent = node.spawn_fn(async move |mut cx| {
        let _ = found.send(tree.start_link(&cx).await.unwrap());
        drop(cx.receive().await);
        ExitReason::from("boom")
    });
    let supervisor = deadline(PATIENCE, finding).await.unwrap();
    let ended = end(&node, &Handle::pid(&supervisor).unwrap());
    node.try_send(parent.unwrap(), term!(go)).unwrap();
    assert_eq!(ended.await, ExitReason::from("boom"));
    assert_eq!(
        journal.take()[4..],
        ["stop c", "stop b2", "stop b1", "stop a"]
    );
    assert_eq!(node.process_count(), before);
    stop(node).await;
}

#[tokio::test]
async fn join_tells_a_stop_that_was_asked_for_from_a_failure() {
    let start = async |node: &Node| {
        let supervisor = Supervisor::one_for_one().intensity(0, secs(5));
        let supervisor = supervisor
            .name("joined")
            .child(child("one", &Journal::default()));
        let supervisor = supervisor.start(node).await.unwrap();
        let by_name: SupervisorRef = node.at("joined");
        let join = |supervisor: SupervisorRef| {
            tokio::spawn(async move { supervisor.join().await.map_err(|error| error.to_string()) })
        };
        let joins = [join(supervisor.clone()), join(by_name)];
        tokio::task::yield_now().await;
        (supervisor, joins)
    };
    let check = async |joins: [tokio::task::JoinHandle<Result<(), String>>; 2],
                       expected: Result<(), &str>| {
        for join in joins {
            let joined = deadline(PATIENCE, join).await.unwrap();
            assert_eq!(
                joined.as_ref().map(|()| ()).map_err(String::as_str),
                expected
            );
        }
    };
    let node = node().await;
    let (supervisor, joins) = start(&node).await;
    supervisor.stop().await;
    check(joins, Ok(())).await;

    let (supervisor, joins) = start(&node).await;
    node.exit(&only(&supervisor).await.unwrap(), ExitReason::Kill);
    check(joins, Err("shutdown")).await;
    assert!(supervisor.join().await.is_err());

    let (supervisor, joins) = start(&node).await;
    node.exit(&Handle::pid(&supervisor).unwrap(), ExitReason::Kill);
    check(joins, Err("killed")).await;

    let (_, joins) = start(&node).await;
    stop(node).await;
    check(joins, Ok(())).await;
}
