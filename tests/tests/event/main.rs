//! The event manager: handlers that come, go, fail and are supervised.

mod gone;

use ergo::prelude::*;
use ergo::{EventError, Replacement, Terminated};
use ergo_tests::{PATIENCE, deadline, unique_name};
use tokio::sync::mpsc;

async fn node() -> Node {
    let name = format!("{}@127.0.0.1", unique_name("event"));
    deadline(PATIENCE, Node::builder(name).local_only().start())
        .await
        .unwrap()
}

async fn stop(node: Node) {
    deadline(PATIENCE, node.stop()).await;
    assert_eq!(node.process_count(), 0);
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
enum Alarm {
    Fire(String),
    Panic,
    Fail(Term),
    Remove,
    Swap,
}

/// Notes what it sees, and does what events say that name it.
struct Noter {
    name: &'static str,
    log: mpsc::UnboundedSender<String>,
}

impl Noter {
    fn note(&self, text: impl std::fmt::Display) {
        let _ = self.log.send(format!("{}: {text}", self.name));
    }
}

impl EventHandler<Alarm> for Noter {
    async fn handle_event(&mut self, event: &Alarm, _: &EventContext<Alarm>) -> EventFlow<Alarm> {
        tokio::task::yield_now().await;
        self.note(format!("{event:?}"));
        // The others see everything, too.
        if self.name != "moody" {
            return EventFlow::Continue;
        }
        match event {
            Alarm::Fire(_) => EventFlow::Hibernate,
            Alarm::Panic => panic!("on purpose"),
            Alarm::Fail(why) => EventFlow::Fail(why.clone()),
            Alarm::Remove => EventFlow::Remove,
            Alarm::Swap => {
                let log = self.log.clone();
                EventFlow::swap(atom!(bye), move |from| {
                    let _ = log.send(format!("made of {from}"));
                    Ok(Noter {
                        name: "second",
                        log,
                    })
                })
            }
        }
    }

    async fn handle_call(
        &mut self,
        request: Term,
        _: &EventContext<Alarm>,
    ) -> (Term, EventFlow<Alarm>) {
        match request.as_atom() {
            Some("name") => (Term::from(self.name), EventFlow::Continue),
            Some("go") => (Term::atom("gone"), EventFlow::Remove),
            Some("panic") => panic!("in a call"),
            _ => (
                Term::tuple([Term::atom("what"), request]),
                EventFlow::Continue,
            ),
        }
    }

    async fn handle_info(&mut self, message: &Term, _: &EventContext<Alarm>) -> EventFlow<Alarm> {
        self.note(format!("info {message}"));
        EventFlow::Continue
    }

    async fn terminate(self, why: Terminated, _: &EventContext<Alarm>) -> Term {
        self.note(format!("terminate {}", why.to_term()));
        Term::atom("last_words")
    }

    fn snapshot(&self) -> Option<Term> {
        Some(Term::from(self.name))
    }
}

struct Rig {
    node: Node,
    manager: EventManagerRef<Alarm>,
    log: mpsc::UnboundedReceiver<String>,
    sender: mpsc::UnboundedSender<String>,
}

async fn rig() -> Rig {
    let node = node().await;
    let manager = EventManager::new()
        .name("alarms")
        .start(&node)
        .await
        .unwrap();
    let (sender, log) = mpsc::unbounded_channel();
    Rig {
        node,
        manager,
        log,
        sender,
    }
}

impl Rig {
    fn noter(&self, name: &'static str) -> Noter {
        Noter {
            name,
            log: self.sender.clone(),
        }
    }

    async fn add(&self, name: &'static str) {
        self.manager
            .add_handler_as(name, self.noter(name))
            .await
            .unwrap();
    }

    async fn which(&self) -> String {
        let ids = self.manager.which_handlers().await.unwrap();
        let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
        ids.join(" ")
    }

    /// What was noted until now.
    fn noted(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.log.try_recv().ok()).collect()
    }
}

#[tokio::test]
async fn all_handlers_get_every_event_the_last_one_first() {
    let mut rig = rig().await;
    assert_eq!(rig.which().await, "");
    rig.add("a").await;
    rig.add("b").await;
    let numbered = ("a", 7);
    rig.manager
        .add_handler_as(numbered, rig.noter("c"))
        .await
        .unwrap();
    rig.manager.add_handler(rig.noter("d")).await.unwrap();
    assert_eq!(rig.which().await, "'Noter' {a,7} b a");
    rig.manager.notify(Alarm::Fire("x".into())).unwrap();
    rig.manager.sync_notify(Alarm::Remove).await.unwrap();
    let expect: Vec<String> = ["Fire(\"x\")", "Remove"]
        .iter()
        .flat_map(|event| ["d", "c", "b", "a"].map(|name| format!("{name}: {event}")))
        .collect();
    assert_eq!(rig.noted(), expect);
    stop(rig.node).await;
}

#[tokio::test]
async fn a_handler_that_fails_goes_alone() {
    let mut rig = rig().await;
    rig.add("a").await;
    rig.add("moody").await;
    rig.add("z").await;
    rig.manager.sync_notify(Alarm::Panic).await.unwrap();
    let noted = rig.noted();
    assert_eq!(noted[..2], ["z: Panic", "moody: Panic"]);
    assert!(
        noted[2].starts_with("moody: terminate {error,{'EXIT',{panic,")
            && noted[2].contains("on purpose")
            && noted[2].contains("event/main.rs"),
        "{noted:?}"
    );
    assert_eq!(noted[3], "a: Panic");
    assert_eq!(rig.which().await, "z a");
    rig.add("moody").await;
    let fail = Alarm::Fail(Term::atom("tired"));
    rig.manager.sync_notify(fail).await.unwrap();
    assert!(
        rig.noted()
            .contains(&"moody: terminate {error,tired}".to_owned())
    );
    assert_eq!(rig.which().await, "z a");
    stop(rig.node).await;
}

#[tokio::test]
async fn calls_go_to_one_handler() {
    let mut rig = rig().await;
    rig.add("a").await;
    rig.add("b").await;
    let name: String = rig.manager.call("a", atom!(name)).await.unwrap();
    assert_eq!(name, "a");
    let other: Term = rig.manager.call("b", term!({x, 1})).await.unwrap();
    assert_eq!(other, term!({what, {x, 1}}));
    let wrong = rig.manager.call::<u8>("b", atom!(name)).await;
    assert!(
        matches!(wrong, Err(EventError::Call(CallError::BadReply(_)))),
        "{wrong:?}"
    );
    let nobody = rig.manager.call::<u8>(("a", 1), atom!(name)).await;
    assert_eq!(nobody, Err(EventError::NoHandler(("a", 1).into())));
    let gone: Atom = rig.manager.call("a", atom!(go)).await.unwrap();
    assert_eq!(gone.as_str(), "gone");
    assert_eq!(rig.noted(), ["a: terminate remove_handler"]);
    let failed = rig.manager.call::<u8>("b", atom!(panic)).await;
    assert!(
        matches!(&failed, Err(EventError::Failed(why)) if why.to_string().contains("in a call")),
        "{failed:?}"
    );
    assert_eq!(rig.which().await, "");
    stop(rig.node).await;
}

#[tokio::test]
async fn handlers_are_deleted_and_swapped() {
    let mut rig = rig().await;
    rig.add("a").await;
    let said = rig.manager.delete_handler("a", atom!(why_not)).await;
    assert_eq!(said, Ok(Term::atom("last_words")));
    assert_eq!(rig.noted(), ["a: terminate why_not"]);
    let again = rig.manager.delete_handler("a", atom!(x)).await;
    assert_eq!(again, Err(EventError::NoHandler("a".into())));

    rig.add("a").await;
    rig.add("b").await;
    let log = rig.sender.clone();
    let new = Replacement::new("c".into(), atom!(old), move |from| {
        let _ = log.send(format!("made of {from}"));
        Ok(Noter { name: "c", log })
    });
    rig.manager.swap_handler("a", new).await.unwrap();
    assert_eq!(rig.which().await, "c b");
    assert_eq!(rig.noted(), ["a: terminate old", "made of last_words"]);
    let refused = Replacement::new::<Noter>("d".into(), atom!(old), Err);
    let refused = rig.manager.swap_handler("nobody", refused).await;
    assert_eq!(refused, Err(EventError::Refused(term!({error, error}))));
    assert_eq!(rig.which().await, "c b");

    rig.add("moody").await;
    rig.add("z").await;
    rig.manager.sync_notify(Alarm::Swap).await.unwrap();
    assert_eq!(rig.which().await, "z 'Noter' c b", "in its place");
    let noted = rig.noted();
    assert_eq!(noted[2..4], ["moody: terminate bye", "made of last_words"]);
    stop(rig.node).await;
}

#[tokio::test]
async fn the_end_of_a_manager_is_that_of_its_handlers() {
    let mut rig = rig().await;
    rig.add("a").await;
    rig.node
        .send("alarms", term!({something, other}))
        .await
        .unwrap();
    rig.node
        .send("alarms", term!({notify, {unknown, event}}))
        .await
        .unwrap();
    let stopped = rig.manager.stop(ExitReason::Shutdown, PATIENCE).await;
    stopped.unwrap();
    assert_eq!(
        rig.noted(),
        [
            "a: info {something,other}",
            "a: info {notify,{unknown,event}}",
            "a: terminate stop"
        ]
    );
    stop(rig.node).await;
}

/// A manager under a supervisor has the handlers it began with again.
#[tokio::test]
async fn a_restarted_manager_begins_anew() {
    let mut rig = rig().await;
    let log = rig.sender.clone();
    let manager = EventManager::<Alarm>::new()
        .name("kept")
        .handler(move || Noter {
            name: "first",
            log: log.clone(),
        });
    let sup = Supervisor::one_for_one()
        .child(manager.spec("events"))
        .start(&rig.node)
        .await
        .unwrap();
    let kept: EventManagerRef<Alarm> = rig.node.whereis("kept").unwrap();
    rig.manager = kept.clone();
    rig.add("other").await;
    assert_eq!(rig.which().await, "other 'Noter'");
    kept.exit(ExitReason::Kill);
    deadline(PATIENCE, kept.ended()).await;
    let again = async {
        loop {
            match rig.node.whereis::<EventManagerRef<Alarm>>("kept") {
                Ok(manager) => return manager,
                Err(_) => tokio::task::yield_now().await,
            }
        }
    };
    rig.manager = deadline(PATIENCE, again).await;
    assert_eq!(rig.which().await, "'Noter'");
    sup.stop().await;
    stop(rig.node).await;
}
