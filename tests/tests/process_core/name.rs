//! Registered names: G-08.

use ergo::prelude::*;
use ergo::{RegisterError, WhereisError};
use ergo_tests::unique_name;

use crate::probe::{Event, ProbeRef, Probed, ends_with, gone, node, stop};

#[tokio::test]
async fn a_name_has_one_owner_and_a_process_one_name() {
    let node = node().await;
    let (one, other) = (Probed::start(&node).await, Probed::start(&node).await);
    let (name, second) = (Atom::new(unique_name("one")).unwrap(), unique_name("two"));
    let register = async |probe: &Probed, name: &str| {
        let name = name.to_owned();
        probe.inside(move |cx| cx.register(&name)).await
    };
    assert_eq!(register(&one, name.as_str()).await, Ok(()));
    assert_eq!(node.whereis_pid(name.as_str()), Some(one.pid.clone()));
    assert!(node.registered().contains(&name));
    let taken = RegisterError::Taken {
        name: name.clone(),
        holder: one.pid.clone(),
    };
    assert_eq!(register(&other, name.as_str()).await, Err(taken));
    let named = RegisterError::AlreadyNamed(name.clone());
    assert_eq!(register(&one, name.as_str()).await, Err(named.clone()));
    assert_eq!(register(&one, &second).await, Err(named));
    assert_eq!(node.whereis_pid(&second), None);

    assert!(one.inside(|cx| cx.unregister()).await);
    assert!(!one.inside(|cx| cx.unregister()).await);
    assert_eq!(node.whereis_pid(name.as_str()), None);
    assert_eq!(register(&other, name.as_str()).await, Ok(()));
    node.exit(&other.pid, ExitReason::Kill);
    other.ended().await;
    assert_eq!(node.whereis_pid(name.as_str()), None);
    assert_eq!(register(&one, name.as_str()).await, Ok(()));
    stop(node).await;
}

#[tokio::test]
async fn names_that_no_process_can_have() {
    let node = node().await;
    let probe = Probed::start(&node).await;
    let longest = "ä".repeat(255);
    for name in [String::new(), "undefined".into(), "ä".repeat(256)] {
        let given = name.clone();
        let refused = probe.inside(move |cx| cx.register(&given)).await;
        assert_eq!(refused, Err(RegisterError::BadName(name.clone())));
        assert_eq!(node.try_send(&*name, term!(x)), Err(CastError::Closed));
        assert_eq!(node.call(&*name, term!(x)).await, Err(CallError::NoProcess));
    }
    let name = longest.clone();
    assert_eq!(probe.inside(move |cx| cx.register(&name)).await, Ok(()));
    assert_eq!(node.whereis_pid(&longest), Some(probe.pid.clone()));
    stop(node).await;
}

#[tokio::test]
async fn a_process_that_has_ended_gets_no_name() {
    let node = node().await;
    let probe = Probed::start(&node).await;
    let cx = probe.inside(|cx| cx.clone()).await;
    probe.handle.stop(ExitReason::Normal).unwrap();
    probe.ended().await;
    let name = unique_name("late");
    assert_eq!(cx.register(&name), Err(RegisterError::NoProcess));
    assert_eq!(node.whereis_pid(&name), None);
    stop(node).await;
}

#[tokio::test]
async fn whereis_gives_a_handle_of_the_right_type_only() {
    let node = node().await;
    let name = unique_name("probe");
    let mut probe = Probed::with(&node, SpawnOptions::default().name(&*name)).await;
    let found: ProbeRef = node.whereis(&name).unwrap();
    found.number(1).unwrap();
    assert_eq!(probe.heard().await, [Event::Cast(1)]);
    let wrong = node.whereis::<SupervisorRef>(&name).unwrap_err();
    assert!(
        matches!(&wrong, WhereisError::WrongType { name: n, found, wanted }
            if *n == name && found.ends_with("Probe") && wanted.ends_with("SupervisorProcess")),
        "{wrong:?}"
    );
    let nobody = node.whereis::<ProbeRef>("nobody").map(drop);
    assert_eq!(nobody, Err(WhereisError::NotRegistered("nobody".into())));
    stop(node).await;
}

/// A handle made from a name is looked up at each use.
#[tokio::test]
async fn a_handle_by_name_follows_the_name() {
    let node = node().await;
    let name = unique_name("moving");
    let handle: ProbeRef = node.at(&*name);
    assert_eq!(handle.number(1), Err(CastError::Closed));
    assert_eq!(handle.sync().await, Err(CallError::NoProcess));
    for round in 0..3 {
        let mut probe = Probed::with(&node, SpawnOptions::default().name(&*name)).await;
        handle.number(round).unwrap();
        assert_eq!(handle.sync().await, Ok(()));
        assert_eq!(probe.heard().await, [Event::Cast(round)]);
        node.send(&*name, term!({hello, 1})).await.unwrap();
        node.send((&*name, node.name().as_str()), term!(here))
            .await
            .unwrap();
        assert_eq!(
            probe.heard().await,
            [term!({hello, 1}), term!(here)].map(Event::Info)
        );
        handle.stop(ExitReason::Normal).unwrap();
        assert_eq!(handle.as_ref().ended().await, ExitReason::Normal);
    }
    let dead = ends_with(&node);
    node.exit(&dead, ExitReason::Kill);
    gone(&node, &dead).await;
    stop(node).await;
}

/// Panics when it is asked to.
#[derive(Actor)]
#[actor(name = "fragile")]
struct Fragile;

#[ergo::server]
impl Fragile {
    fn init() -> Result<Self, ExitReason> {
        Ok(Fragile)
    }

    #[call]
    fn fail(&mut self) -> u32 {
        panic!("as asked")
    }
}

/// Who hears from a call that the server has ended can start another one under its name at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_is_free_before_a_caller_hears_of_the_end() {
    let node = node().await;
    for round in 0..200 {
        let fragile = node
            .spawn::<Fragile>(())
            .await
            .unwrap_or_else(|error| panic!("{round}: {error}"));
        let failed = fragile.fail().await;
        assert!(
            matches!(failed, Err(CallError::Exit(ExitReason::Panic(_)))),
            "{failed:?}"
        );
    }
    stop(node).await;
}
