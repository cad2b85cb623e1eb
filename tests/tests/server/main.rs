//! The server behaviour: when terminate is called, answers with a stop, defaults, handles in messages, destructors.

mod calls;
mod crash;
mod flow;
mod sys;

use ergo::prelude::*;
use ergo_tests::{PATIENCE, deadline, unique_name};
use tokio::sync::mpsc;

async fn node() -> Node {
    let name = format!("{}@127.0.0.1", unique_name("server"));
    deadline(PATIENCE, Node::builder(name).local_only().start())
        .await
        .unwrap()
}

async fn stop(node: Node) {
    deadline(PATIENCE, node.stop()).await;
    assert_eq!(node.process_count(), 0);
}

/// Panics when it is dropped, if it is told to.
struct Fragile(bool);

impl Drop for Fragile {
    fn drop(&mut self) {
        if std::mem::take(&mut self.0) {
            panic!("in a destructor");
        }
    }
}

#[derive(Actor)]
struct Clerk {
    log: mpsc::UnboundedSender<String>,
    terminate_panics: bool,
    fragile: Fragile,
}

#[ergo::server]
impl Clerk {
    fn init(log: mpsc::UnboundedSender<String>) -> Result<Self, ExitReason> {
        Ok(Clerk {
            log,
            terminate_panics: false,
            fragile: Fragile(false),
        })
    }

    #[call]
    fn seven(&self) -> u8 {
        7
    }

    /// `{stop, Reason, Reply, State}`.
    #[call]
    fn last_word(&mut self, word: String, reason: ExitReason, reply: Reply<String>) -> Flow {
        reply.send(word);
        Flow::Stop(reason)
    }

    #[cast]
    fn stop(&mut self, reason: ExitReason) -> Flow {
        Flow::Stop(reason)
    }

    #[cast]
    fn rest(&mut self) -> Flow {
        let _ = self.log.send("rest".into());
        Flow::Hibernate
    }

    #[cast]
    fn panics(&mut self) {
        panic!("in a cast")
    }

    #[cast]
    fn panic_at_the_end(&mut self) {
        self.terminate_panics = true;
    }

    #[cast(local)]
    fn hold(&mut self, fragile: Fragile) {
        self.fragile = fragile;
    }

    #[cast]
    async fn hang(&mut self) {
        std::future::pending().await
    }

    /// Tells another clerk to rest.
    #[call]
    fn delegate(&mut self, to: ClerkRef) -> bool {
        to.rest().is_ok()
    }

    /// A handle in an answer.
    #[call]
    fn itself(&self, cx: &Context<Self>) -> ClerkRef {
        cx.handle()
    }

    async fn terminate(self, reason: &ExitReason) {
        let _ = self.log.send(format!("terminate {reason}"));
        if self.terminate_panics {
            panic!("in terminate");
        }
    }
}

struct Office {
    node: Node,
    clerk: ClerkRef,
    pid: Pid,
    log: mpsc::UnboundedReceiver<String>,
}

impl Office {
    async fn open(options: SpawnOptions) -> Office {
        let node = node().await;
        let (sender, log) = mpsc::unbounded_channel();
        let clerk = node.spawn_with::<Clerk>(sender, options).await.unwrap();
        let pid = clerk.as_ref().pid().unwrap();
        Office {
            node,
            clerk,
            pid,
            log,
        }
    }

    async fn ended(&mut self) -> (ExitReason, Vec<String>) {
        let reason = deadline(PATIENCE, self.clerk.as_ref().ended()).await;
        (reason, self.noted())
    }

    fn noted(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.log.try_recv().ok()).collect()
    }
}

type End = fn(&Node, &ClerkRef, &Pid);

/// What it is, whether the server traps exits, how it ends, its reason, and whether terminate is called.
fn endings() -> [(&'static str, bool, End, ExitReason, bool); 8] {
    let boom = || ExitReason::from("boom");
    [
        (
            "stop",
            false,
            |_, clerk, _| clerk.stop(ExitReason::Normal).unwrap(),
            ExitReason::Normal,
            true,
        ),
        (
            "stop with a reason",
            true,
            |_, clerk, _| clerk.stop("boom".into()).unwrap(),
            boom(),
            true,
        ),
        (
            "signal",
            false,
            |node, _, pid| node.exit(pid, "boom".into()),
            boom(),
            false,
        ),
        // The node is the parent of what no process has started.
        (
            "parent's signal",
            true,
            |node, _, pid| node.exit(pid, "boom".into()),
            boom(),
            true,
        ),
        (
            "shutdown",
            true,
            |node, _, pid| node.exit(pid, ExitReason::Shutdown),
            ExitReason::Shutdown,
            true,
        ),
        (
            "kill",
            true,
            |node, _, pid| node.exit(pid, ExitReason::Kill),
            ExitReason::Killed,
            false,
        ),
        (
            "untrapped kill",
            false,
            |node, _, pid| node.exit(pid, ExitReason::Kill),
            ExitReason::Killed,
            false,
        ),
        (
            "untrapped shutdown",
            false,
            |_, clerk, _| clerk.as_ref().exit(ExitReason::Shutdown),
            ExitReason::Shutdown,
            false,
        ),
    ]
}

/// gen_server(3): "called by a gen_server process when it is about to terminate", but not on an exit signal that is not
/// trapped; and here not after a panic, either.
#[tokio::test]
async fn when_terminate_is_called() {
    for (what, trapping, end, reason, called) in endings() {
        let mut office = Office::open(SpawnOptions::default().trap_exit(trapping)).await;
        end(&office.node, &office.clerk, &office.pid);
        let noted = if called {
            vec![format!("terminate {reason}")]
        } else {
            vec![]
        };
        assert_eq!(office.ended().await, (reason, noted), "{what}");
        stop(office.node).await;
    }
    let mut office = Office::open(SpawnOptions::default().trap_exit(true)).await;
    office.clerk.panics().unwrap();
    let (reason, noted) = office.ended().await;
    assert!(
        matches!(&reason, ExitReason::Panic(text) if text.contains("in a cast")),
        "{reason}"
    );
    assert_eq!(noted, Vec::<String>::new());
    stop(office.node).await;
}

#[tokio::test]
async fn an_answer_with_a_stop() {
    let mut office = Office::open(SpawnOptions::default()).await;
    let call = office
        .clerk
        .last_word("farewell".into(), ExitReason::from("done"));
    assert_eq!(deadline(PATIENCE, call).await, Ok("farewell".to_owned()));
    assert_eq!(
        office.ended().await,
        (ExitReason::from("done"), vec!["terminate done".into()])
    );
    stop(office.node).await;
}

/// As in OTP, where the reason is then that of the crash in terminate.
#[tokio::test]
async fn a_panic_in_terminate_is_the_reason() {
    let name = unique_name("clerk");
    let mut office = Office::open(SpawnOptions::default().name(&*name)).await;
    office.clerk.panic_at_the_end().unwrap();
    office.clerk.stop(ExitReason::Normal).unwrap();
    let (reason, noted) = office.ended().await;
    assert!(
        matches!(&reason, ExitReason::Panic(text) if text.contains("in terminate")),
        "{reason}"
    );
    assert_eq!(noted, ["terminate normal"]);
    assert_eq!(office.node.whereis_pid(&name), None);
    stop(office.node).await;
}

#[tokio::test]
async fn a_hibernating_server_goes_on() {
    let mut office = Office::open(SpawnOptions::default()).await;
    for _ in 0..3 {
        office.clerk.rest().unwrap();
        assert_eq!(deadline(PATIENCE, office.clerk.seven()).await, Ok(7));
    }
    assert_eq!(office.noted(), ["rest"; 3]);
    stop(office.node).await;
}

#[tokio::test]
async fn a_handle_travels_in_messages() {
    let mut office = Office::open(SpawnOptions::default()).await;
    let name = unique_name("other");
    let (sender, mut log) = mpsc::unbounded_channel();
    let options = SpawnOptions::default().name(&*name);
    let other = office
        .node
        .spawn_with::<Clerk>(sender, options)
        .await
        .unwrap();
    let pid = other.as_ref().pid().unwrap();
    let named: ClerkRef = office.node.at(&*name);
    let by_term = Term::tuple([term!(delegate), Term::from(pid.clone())]);
    let by_name = Term::tuple([
        term!(delegate),
        Term::tuple([
            Term::Atom(Atom::new(&name).unwrap()),
            Term::Atom(office.node.name().clone()),
        ]),
    ]);
    assert_eq!(
        deadline(PATIENCE, office.clerk.delegate(other.clone())).await,
        Ok(true)
    );
    assert_eq!(
        deadline(PATIENCE, office.clerk.delegate(named)).await,
        Ok(true)
    );
    for request in [by_term, by_name] {
        let answer = office.node.call(&office.pid, request);
        assert_eq!(deadline(PATIENCE, answer).await, Ok(term!(true)));
    }
    assert_eq!(deadline(PATIENCE, other.seven()).await, Ok(7));
    let noted: Vec<String> = std::iter::from_fn(|| log.try_recv().ok()).collect();
    assert_eq!(noted, ["rest"; 4]);

    let itself = deadline(PATIENCE, office.clerk.itself()).await.unwrap();
    assert_eq!(itself.as_ref().pid(), Some(office.pid.clone()));
    let answer = office.node.call(&office.pid, term!(itself));
    assert_eq!(
        deadline(PATIENCE, answer).await,
        Ok(Term::from(office.pid.clone()))
    );
    assert_eq!(office.noted(), Vec::<String>::new());
    stop(office.node).await;
}

/// A panic in a destructor of the user must not keep anything of the process.
#[tokio::test]
async fn destructors_that_panic_leave_nothing_behind() {
    // Dropped with the state, as a message in the mailbox, or as one of the batch in progress.
    for place in ["state", "mailbox", "batch"] {
        let name = unique_name("clerk");
        let mut office = Office::open(SpawnOptions::default().name(&*name)).await;
        let (node, pid, clerk) = (
            office.node.clone(),
            office.pid.clone(),
            office.clerk.clone(),
        );
        let before = node.process_count();
        let (told, hearing) = tokio::sync::oneshot::channel();
        let to = pid.clone();
        node.spawn_fn(async move |mut cx| {
            cx.trap_exit(true);
            cx.link(&to);
            cx.monitor(&to);
            let _ = told.send((cx.receive().await, cx.receive().await));
        })
        .unwrap();
        tokio::task::yield_now().await;
        match place {
            "state" => {
                clerk.hold(Fragile(true)).unwrap();
                assert_eq!(deadline(PATIENCE, clerk.seven()).await, Ok(7));
            }
            "batch" => {
                clerk.hang().unwrap();
                clerk.hold(Fragile(true)).unwrap();
                tokio::task::yield_now().await;
            }
            _ => {
                clerk.hang().unwrap();
                tokio::task::yield_now().await;
                clerk.hold(Fragile(true)).unwrap();
            }
        }
        node.exit(&pid, ExitReason::from("boom"));
        assert_eq!(office.ended().await.0, ExitReason::from("boom"));
        let heard = deadline(PATIENCE, hearing).await.unwrap();
        assert!(
            matches!(&heard, (Some(Message::Exit(_)), Some(Message::Down(_)))),
            "{place}: {heard:?}"
        );
        assert_eq!(node.whereis_pid(&name), None);
        while node.process_count() > before - 1 {
            tokio::task::yield_now().await;
        }
        stop(node).await;
    }
}

/// All callbacks but init by their defaults: nothing that arrives ends the server.
#[derive(Actor, ServerBehavior)]
struct Silent;

impl Server for Silent {
    type Args = ();

    async fn init((): (), _: &Context<Self>) -> Result<Self, ExitReason> {
        Ok(Silent)
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_without_handlers_lives() {
    let node = node().await;
    let options = SpawnOptions::default().trap_exit(true);
    let silent = node.spawn_with::<Silent>((), options).await.unwrap();
    let pid = silent.as_ref().pid().unwrap();
    let message = |reply| {
        ergo::ServerMessage::Call(ergo::TermCall {
            request: term!(hello),
            reply,
        })
    };
    let outcome = silent.as_ref().call::<Term>(message).await;
    assert_eq!(outcome, Err(CallError::NoReply));
    // By a term there is no telling, as in Erlang.
    assert_eq!(node.call(&pid, term!(hello)).await, Err(CallError::Timeout));
    node.cast(&pid, term!(hello)).unwrap();
    node.send(&pid, term!(hello)).await.unwrap();
    let to = pid.clone();
    let other = node
        .spawn_fn(async move |cx| cx.exit(&to, ExitReason::from("boom")))
        .unwrap();
    tokio::task::yield_now().await;
    assert!(!node.is_process_alive(&other));
    assert_eq!(
        silent.as_ref().call::<Term>(message).await,
        Err(CallError::NoReply)
    );
    assert!(node.is_process_alive(&pid));
    stop(node).await;
}
