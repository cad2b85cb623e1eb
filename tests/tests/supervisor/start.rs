//! Starts that fail, and what a supervisor says of its children.

use super::*;

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
                Term::tuple([term!(already_started), Term::from(holder)])
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
            Term::from(c.clone()),
            term!(supervisor),
            "Supervisor",
        ),
        row(term!(b), term!(undefined), term!(worker), "Child"),
        row(term!(a), Term::from(a.clone()), term!(worker), "Child"),
    ]);
    assert_eq!(node.call(&pid, term!(which_children)).await, Ok(children));
    let count = term!([{specs, 3}, {active, 2}, {supervisors, 1}, {workers, 2}]);
    assert_eq!(node.call(&pid, term!(count_children)).await, Ok(count));
    let count: ChildCount = supervisor.count_children().await.unwrap();
    assert_eq!(
        (count.specs, count.active, count.supervisors, count.workers),
        (3, 2, 1, 2)
    );
    stop(node).await;
}

/// What it does not understand is answered, and does not end it.
#[tokio::test]
async fn what_a_supervisor_does_not_understand() {
    let node = node().await;
    let supervisor = Supervisor::one_for_one().start(&node).await.unwrap();
    let pid = Handle::pid(&supervisor).unwrap();
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
