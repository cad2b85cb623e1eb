//! Children that are started on request: of a template, and by specifications.

use std::num::NonZero;

use ergo::behaviour::supervisor::{ChildArgs, ChildError, ChildId};

use super::*;

/// A child of a template: what it was started with.
#[derive(Actor)]
struct Session {
    user: String,
}

#[ergo::server]
impl Session {
    fn init(user: String) -> Result<Self, ExitReason> {
        match user.as_str() {
            "nobody" => Err(ExitReason::from("no_user")),
            "ignored" => Err(ExitReason::Ignore),
            _ => Ok(Session { user }),
        }
    }

    #[call]
    fn user(&self) -> String {
        self.user.clone()
    }
}

fn sessions() -> ChildSpec {
    Session::template(|(name, number): (String, u8)| format!("{name}{number}"))
}

async fn user(node: &Node, pid: &Pid) -> String {
    let session: SessionRef = node.at(pid);
    deadline(PATIENCE, session.user()).await.unwrap()
}

#[tokio::test]
async fn children_of_a_template_get_arguments_of_their_own_and_keep_them() {
    let node = node().await;
    let supervisor = Supervisor::simple_one_for_one(sessions())
        .start(&node)
        .await
        .unwrap();
    let joe = supervisor.start_child(args!["joe", 1]).await.unwrap();
    let amy = supervisor
        .start_child(ChildArgs::value(("amy".to_owned(), 2_u8)))
        .await
        .unwrap();
    assert_eq!(user(&node, &joe).await, "joe1");
    for pid in [&joe, &amy] {
        let ended = end(&node, pid);
        node.exit(pid, ExitReason::Kill);
        ended.await;
        // The intensity allows one restart: the second child brings the supervisor down.
        if pid == &joe {
            let infos = supervisor.which_children().await.unwrap();
            let pids: Vec<Pid> = infos.into_iter().filter_map(|info| info.pid).collect();
            assert_eq!(pids.len(), 2);
            let mut users = Vec::new();
            for pid in &pids {
                users.push(user(&node, pid).await);
            }
            users.sort();
            assert_eq!(users, ["amy2", "joe1"]);
        }
    }
    assert!(supervisor.join().await.is_err());
    stop(node).await;
}

#[tokio::test]
async fn arguments_that_do_not_fit_are_an_error_that_says_what_fits() {
    let node = node().await;
    let supervisor = Supervisor::simple_one_for_one(sessions())
        .start(&node)
        .await
        .unwrap();
    let wrong = |error: ChildError| match error {
        ChildError::Failed(ExitReason::Term(term)) => term.to_string(),
        other => panic!("{other}"),
    };
    for (args, says) in [
        (ChildArgs::terms(args!["joe"]), "2"),
        (ChildArgs::terms(args!["joe", "amy"]), "integer"),
        (ChildArgs::none(), "tuple"),
        (ChildArgs::value(7_u8), "(alloc::string::String, u8)"),
    ] {
        let text = wrong(supervisor.start_child(args).await.unwrap_err());
        assert!(
            text.contains("bad_arguments") && text.contains(says),
            "{text}"
        );
    }
    let by_spec = supervisor
        .start_child(child("x", &Journal::default()))
        .await;
    assert_eq!(by_spec, Err(ChildError::SimpleOneForOne));
    assert_eq!(supervisor.count_children().await.unwrap().workers, 0);

    let fixed = Supervisor::one_for_one().start(&node).await.unwrap();
    let by_args = fixed.start_child(args!["joe", 1]).await;
    let spec = term!({invalid_child_spec, ["joe", 1]});
    assert_eq!(by_args, Err(ChildError::BadSpec(spec)));
    stop(node).await;
}

#[tokio::test]
async fn a_single_argument_needs_no_tuple() {
    let node = node().await;
    let template = Session::template(|user: String| user);
    let supervisor = Supervisor::simple_one_for_one(template)
        .start(&node)
        .await
        .unwrap();
    let pid = supervisor.start_child(args!["joe"]).await.unwrap();
    assert_eq!(user(&node, &pid).await, "joe");
    let refused = supervisor.start_child(args!["nobody"]).await;
    assert_eq!(
        refused,
        Err(ChildError::Failed(ExitReason::from("no_user")))
    );
    let ignored = supervisor.start_child(args!["ignored"]).await;
    assert_eq!(ignored, Err(ChildError::Ignored));
    assert_eq!(supervisor.count_children().await.unwrap().active, 1);
    stop(node).await;
}

/// A socket, say.
struct Unique(&'static str);

#[tokio::test]
async fn a_value_that_cannot_be_cloned_is_given_once() {
    let node = node().await;
    let template = Session::local_template(|unique: Unique| unique.0.to_owned());
    let supervisor = Supervisor::simple_one_for_one(template.permanent())
        .intensity(1, secs(5))
        .start(&node)
        .await
        .unwrap();
    let pid = supervisor
        .start_child(ChildArgs::once(Unique("joe")))
        .await
        .unwrap();
    assert_eq!(user(&node, &pid).await, "joe");
    // It cannot be started again: the restart fails, is tried again, and that is one too many.
    let over = end(&node, &Handle::pid(&supervisor).unwrap());
    node.exit(&pid, ExitReason::Kill);
    assert_eq!(over.await, ExitReason::Shutdown);
    stop(node).await;
}

#[tokio::test]
async fn a_child_that_is_ignored_is_kept_without_a_pid_unless_it_is_temporary() {
    let node = node().await;
    let ignored = |id: &str| Session::spec("ignored".to_owned()).id(id);
    let supervisor = Supervisor::one_for_one()
        .child(ignored("a"))
        .child(ignored("b").temporary())
        .start(&node)
        .await
        .unwrap();
    assert_eq!(infos(&supervisor).await, [("a".to_owned(), false)]);
    assert_eq!(
        supervisor.restart_child("a").await,
        Err(ChildError::Ignored)
    );
    assert_eq!(
        supervisor.start_child(ignored("c")).await,
        Err(ChildError::Ignored)
    );
    let again = supervisor.start_child(ignored("c")).await;
    assert_eq!(again, Err(ChildError::AlreadyPresent));
    assert_eq!(supervisor.delete_child("c").await, Ok(()));
    stop(node).await;
}

#[tokio::test]
async fn a_name_that_is_taken_is_an_error_with_its_holder() {
    let (node, journal) = (node().await, Journal::default());
    let name = unique_name("taken");
    let supervisor = Supervisor::one_for_one()
        .child(child("a", &journal).name(&*name))
        .start(&node)
        .await
        .unwrap();
    let holder = only(&supervisor).await.unwrap();
    let refused = supervisor
        .start_child(child("b", &journal).name(&*name))
        .await;
    assert_eq!(refused, Err(ChildError::AlreadyStarted(holder)));
    assert_eq!(supervisor.count_children().await.unwrap().specs, 1);
    stop(node).await;
}

#[tokio::test]
async fn what_a_supervisor_says_of_one_child() {
    let (node, journal) = (node().await, Journal::default());
    let spec = child("a", &journal).transient().brutal_kill();
    let supervisor = Supervisor::one_for_one()
        .child(spec)
        .start(&node)
        .await
        .unwrap();
    let known = supervisor.child_spec("a").await.unwrap();
    assert_eq!(known.id, ChildId::from("a"));
    assert_eq!(
        (known.restart, known.shutdown),
        (Restart::Transient, Shutdown::Kill)
    );
    let info = supervisor.which_child("a").await.unwrap();
    assert_eq!(info.pid, only(&supervisor).await);
    assert_eq!(supervisor.which_child("b").await, Err(ChildError::NotFound));
    assert_eq!(supervisor.child_spec("b").await, Err(ChildError::NotFound));
    stop(node).await;
    let gone = supervisor.which_child("a").await;
    assert_eq!(gone, Err(ChildError::Call(CallError::NoProcess)));
}

/// What makes the arguments of a child is code of the user, and runs in the supervisor.
#[tokio::test]
async fn a_template_that_panics_is_a_start_that_failed() {
    let node = node().await;
    let template = Session::template(|number: u8| {
        assert!(number < 9, "{number} is too large");
        number.to_string()
    });
    let supervisor = Supervisor::simple_one_for_one(template)
        .start(&node)
        .await
        .unwrap();
    let refused = supervisor.start_child(args![9]).await.unwrap_err();
    let ChildError::Failed(ExitReason::Panic(text)) = refused else {
        panic!("{refused}")
    };
    assert!(
        text.contains("9 is too large at ") && text.contains("dynamic.rs:"),
        "{text}"
    );
    let pid = supervisor.start_child(args![8]).await.unwrap();
    assert_eq!(user(&node, &pid).await, "8");
    stop(node).await;
}

/// Says what it finds in its environment.
#[derive(Actor)]
struct Reader;

#[ergo::server]
impl Reader {
    fn init() -> Result<Self, ExitReason> {
        Ok(Reader)
    }

    #[call]
    fn find(&self, key: String, cx: &Context<Self>) -> Option<u32> {
        cx.env(&key)
    }
}

#[tokio::test]
async fn the_options_of_a_child_reach_it_and_those_below() {
    let node = node().await;
    let name = unique_name("reader");
    let options = || SpawnOptions::default();
    let own = Reader::spec(())
        .name(&*name)
        .options(options().env("own", 2_u32));
    let inner = Supervisor::one_for_one().child(own).spec("inner");
    let supervisor = Supervisor::one_for_one()
        .child(inner.options(options().env("above", 1_u32)))
        .start(&node)
        .await
        .unwrap();
    let reader: ReaderRef = node.whereis(&name).unwrap();
    for (key, found) in [("own", Some(2)), ("above", Some(1)), ("none", None)] {
        assert_eq!(reader.find(key.to_owned()).await.unwrap(), found, "{key}");
    }
    supervisor.stop().await;
    stop(node).await;
}

/// Starting, finding and stopping one of 100,000 takes what it takes with one of 1,000: a supervisor that looks at all of
/// them would take a hundred times as long. All stop at once.
#[tokio::test]
async fn a_hundred_thousand_children() {
    const MANY: usize = 100_000;
    let node = node().await;
    let before = node.process_count();
    let template = Session::template(|user: String| user).temporary();
    let supervisor = Supervisor::simple_one_for_one(template)
        .start(&node)
        .await
        .unwrap();
    let mut pids = Vec::new();
    for number in 0..MANY {
        let args = ChildArgs::value(number.to_string());
        pids.push(supervisor.start_child(args).await.unwrap());
    }
    let count = supervisor.count_children().await.unwrap();
    assert_eq!((count.specs, count.active, count.workers), (1, MANY, MANY));
    // A tenth of them, from everywhere.
    let step = NonZero::new(10).unwrap();
    for pid in pids.iter().step_by(step.get()) {
        assert_eq!(
            supervisor.which_child(pid).await.unwrap().pid.as_ref(),
            Some(pid)
        );
        assert_eq!(supervisor.terminate_child(pid).await, Ok(()));
    }
    assert_eq!(
        supervisor.count_children().await.unwrap().active,
        MANY - MANY / step
    );
    supervisor.stop().await;
    assert_eq!(node.process_count(), before);
    stop(node).await;
}

/// Takes its time to stop.
#[derive(Actor)]
#[actor(trap_exit)]
struct Slow {
    takes: Duration,
}

#[ergo::server]
impl Slow {
    fn init(takes: Duration) -> Result<Self, ExitReason> {
        Ok(Slow { takes })
    }

    #[call]
    fn sync(&self) {}

    async fn terminate(self, _reason: &ExitReason) {
        tokio::time::sleep(self.takes).await;
    }
}

#[tokio::test(start_paused = true)]
async fn children_of_a_template_stop_all_at_once_and_share_their_time() {
    // What the children take, what they are given, and how long it takes to stop them all.
    for (takes, given, waited) in [(3, 5, 3), (60, 5, 5)] {
        let node = node().await;
        let template = Slow::local_template(|takes: Duration| takes).shutdown(secs(given));
        let supervisor = Supervisor::simple_one_for_one(template)
            .start(&node)
            .await
            .unwrap();
        for _ in 0..10 {
            supervisor
                .start_child(ChildArgs::value(secs(takes)))
                .await
                .unwrap();
        }
        let begun = Instant::now();
        supervisor.stop().await;
        assert_eq!(begun.elapsed().as_secs(), waited);
        stop(node).await;
    }
}
