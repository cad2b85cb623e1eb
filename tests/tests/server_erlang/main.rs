//! How a server here ends and starts, against a gen_server of a real Erlang node: the whole matrix of who ends it, with
//! which reason, and whether it traps exits.
//!
//! Without `erl` these tests fail; with `ERGO_SKIP_ERLANG=1` they are skipped and say so.

use ergo::Handle;
use ergo::prelude::*;
use ergo::sys;
use ergo_tests::erlang::{Epmd, Node as Erl, Release, each_release};
use ergo_tests::{PATIENCE, deadline, unique_name};
use tokio::sync::mpsc;

type Told = mpsc::UnboundedSender<ExitReason>;

/// The server of `matrix.erl`.
#[derive(Actor)]
struct Ends {
    tell: Told,
}

#[ergo::server]
impl Ends {
    fn init(tell: Told) -> Result<Self, ExitReason> {
        Ok(Ends { tell })
    }

    #[call]
    fn ping(&self) -> u8 {
        0
    }

    #[cast]
    fn stop(&mut self, reason: ExitReason) -> Flow {
        Flow::Stop(reason)
    }

    async fn terminate(self, reason: &ExitReason) {
        let _ = self.tell.send(reason.clone());
    }
}

/// Does not start.
#[derive(Actor)]
struct Refuses;

#[ergo::server]
impl Refuses {
    async fn init(reason: ExitReason) -> Result<Self, ExitReason> {
        Err(reason)
    }
}

const WHO: [&str; 5] = ["parent", "linked", "stranger", "itself", "sys"];

fn reasons() -> [ExitReason; 5] {
    [
        ExitReason::Normal,
        ExitReason::Shutdown,
        ExitReason::from(term!({shutdown, why})),
        ExitReason::from("because"),
        ExitReason::Kill,
    ]
}

async fn node() -> Node {
    let name = format!("{}@127.0.0.1", unique_name("rust"));
    let node = Node::builder(name).local_only().start();
    deadline(PATIENCE, node).await.unwrap()
}

async fn erl(release: Release) -> (Erl, Epmd) {
    let epmd = Epmd::start().await.unwrap();
    let erl = Erl::builder(release, "erl", epmd.port());
    let erl = erl.start().await.unwrap();
    erl.load(include_str!("matrix.erl")).await.unwrap();
    (erl, epmd)
}

/// One row of the matrix, as `matrix:ends/0` writes it.
async fn row(node: &Node, trap: bool, who: &str, reason: &ExitReason) -> Term {
    let (tell, mut told) = mpsc::unbounded_channel();
    let (give, mut take) = mpsc::unbounded_channel();
    let (die, mut dies) = mpsc::unbounded_channel::<ExitReason>();
    let parent = node
        .spawn_fn(async move |cx: PlainContext| {
            let options = SpawnOptions::default().trap_exit(trap);
            let server = cx.spawn_link_with::<Ends>(tell, options).await.unwrap();
            let _ = give.send(server);
            dies.recv().await.unwrap_or_default()
        })
        .unwrap();
    let server: EndsRef = take.recv().await.unwrap();
    act(node, who, reason, (&parent, die.clone()), &server).await;
    let ended = match deadline(PATIENCE, server.ping()).await {
        Ok(_) => Term::atom("lives"),
        Err(_) => {
            let down = deadline(PATIENCE, server.as_ref().ended()).await;
            term!({ended, (down.to_term())})
        }
    };
    let told = match told.try_recv() {
        Ok(why) => term!({terminate, (why.to_term())}),
        Err(_) => Term::atom("no_terminate"),
    };
    node.exit(&parent, ExitReason::Kill);
    server.as_ref().exit(ExitReason::Kill);
    let who = Term::from(Atom::new(who).unwrap());
    term!({(trap), (who), (reason.to_term()), (told), (ended)})
}

async fn act(
    node: &Node,
    who: &str,
    reason: &ExitReason,
    (parent, die): (&Pid, mpsc::UnboundedSender<ExitReason>),
    server: &EndsRef,
) {
    let pid = server.pid().unwrap();
    match who {
        "parent" => {
            die.send(reason.clone()).unwrap();
            gone(node, parent).await;
        }
        "linked" => {
            let reason = reason.clone();
            let linked = node.spawn_fn(async move |cx: PlainContext| {
                cx.link(pid);
                reason
            });
            gone(node, &linked.unwrap()).await;
        }
        "stranger" => node.exit(&pid, reason.clone()),
        "itself" => server.stop(reason.clone()).unwrap(),
        _ => sys::terminate(node, server, reason.clone()).await.unwrap(),
    }
}

/// Waits until nothing of a process is left, and so all of its exit signals have arrived.
async fn gone(node: &Node, pid: &Pid) {
    let (told, tells) = tokio::sync::oneshot::channel();
    let pid = pid.clone();
    node.spawn_fn(async move |cx: PlainContext| {
        cx.ended(&pid).await;
        let _ = told.send(());
    })
    .unwrap();
    deadline(PATIENCE, tells).await.unwrap();
}

#[tokio::test]
async fn how_a_server_ends() {
    let node = node().await;
    let mut ours = Vec::new();
    for trap in [false, true] {
        for who in WHO {
            for reason in reasons() {
                ours.push(row(&node, trap, who, &reason).await.to_string());
            }
        }
    }
    each_release(async |release| {
        let (erl, _epmd) = erl(release).await;
        let rows =
            erl.eval("[lists:flatten(io_lib:format(\"~0p\", [Row])) || Row <- matrix:ends()]");
        let theirs = rows.await.unwrap();
        let theirs: Vec<&str> = theirs.split('"').filter(|row| row.len() > 2).collect();
        assert_eq!(theirs.len(), ours.len(), "{theirs:#?}");
        let pairs = ours.iter().zip(&theirs);
        let differ: Vec<_> = pairs.filter(|(ours, theirs)| *ours != *theirs).collect();
        assert!(
            differ.is_empty(),
            "ours and theirs on OTP {}: {differ:#?}",
            erl.release()
        );
    })
    .await;
    deadline(PATIENCE, node.stop()).await;
}

fn started<H>(of: Result<H, SpawnError>) -> Term {
    match of {
        Ok(_) => Term::atom("ok"),
        Err(SpawnError::Ignored) => Term::atom("ignore"),
        Err(SpawnError::Init(reason)) => term!({error, (reason.to_term())}),
        Err(SpawnError::NameTaken { .. }) => term!({error, already_started}),
        Err(other) => Term::from(other.to_string().as_str()),
    }
}

#[tokio::test]
async fn how_a_server_starts() {
    let node = node().await;
    let mut ours = Vec::new();
    for (what, reason) in [
        ("ignore", ExitReason::Ignore),
        ("stop_normal", ExitReason::Normal),
        ("stop_shutdown", ExitReason::Shutdown),
        ("stop_because", ExitReason::from("because")),
    ] {
        let what = Term::from(Atom::new(what).unwrap());
        let got = started(node.spawn::<Refuses>(reason).await);
        ours.push(term!({(what), (got)}));
    }
    let named = || SpawnOptions::default().name("taken");
    let (tell, _told) = mpsc::unbounded_channel();
    let first = node.spawn_with::<Ends>(tell.clone(), named()).await;
    assert!(first.is_ok());
    let second = node.spawn_with::<Ends>(tell, named()).await;
    ours.push(term!({taken, (started(second))}));
    let ours = Term::list(ours).to_string();
    each_release(async |release| {
        let (erl, _epmd) = erl(release).await;
        let theirs = erl.eval("matrix:starts()").await.unwrap();
        assert_eq!(ours, theirs, "on OTP {}", erl.release());
    })
    .await;
    deadline(PATIENCE, node.stop()).await;
}
