//! Peers that ask for what they may not, and answer what nobody has asked. No Erlang node is in it: none can be made to.

use ergo::RemoteSpawnError;
use ergo::dist::{Control, Flags, SpawnReply};
use ergo::etf::Encoded;
use ergo::prelude::*;
use ergo_tests::{PATIENCE, deadline, ports};

use crate::raw::Raw;
use crate::worker::workers;
use crate::world::rust;

const SPAWN: (&str, &str, u32) = ("ergo", "spawn", 2);
const PEER: &str = "raw@127.0.0.1";

fn encoded(term: &Term) -> Encoded {
    Encoded::new(term).unwrap()
}

fn works() -> Encoded {
    encoded(&term!([worker, [1]]))
}

async fn node() -> Node {
    rust(ports::free(), |node| node).await
}

#[track_caller]
fn refused(reply: &SpawnReply, word: &str) {
    assert_eq!(reply.result, Err(Atom::new(word).unwrap()));
    assert!(!reply.link && !reply.monitor, "{reply:?}");
}

/// The peer is still connected, and may start a process that is in order.
async fn goes_on(raw: &mut Raw) {
    let reply = raw.ask(raw.request(SPAWN), &works()).await;
    assert!(
        reply.result.is_ok() && reply.link && reply.monitor,
        "{reply:?}"
    );
}

/// The flag is enforced, whatever the peer makes of it.
#[tokio::test]
async fn a_peer_that_ignores_the_missing_flag() {
    let node = rust(ports::free(), |node| node.remote_spawn(false)).await;
    let mut raw = Raw::connect(&node, PEER, Flags::VISIBLE).await;
    for (function, args) in [
        (SPAWN, works()),
        (("worker", "any", 1), encoded(&term!([1]))),
        (("tests", "run", 0), encoded(&term!([]))),
        (("no", "such", 0), encoded(&term!([]))),
        (
            ("erpc", "execute_cast", 3),
            encoded(&term!([tests, run, []])),
        ),
    ] {
        refused(&raw.ask(raw.request(function), &args).await, "disabled");
    }
    let mut odd = raw.request(SPAWN);
    odd.options = term!([no_option]);
    refused(&raw.ask(odd, &works()).await, "disabled");
    assert_eq!(workers(&node), 0);
    deadline(PATIENCE, node.stop()).await;
}

/// The child would be tied to a process that has not asked: as for each signal in the name of another node, the connection
/// ends. So it does after an answer to a third node.
#[tokio::test]
async fn signals_of_a_third_node() {
    let node = node().await;
    let other = Pid::new(atom!("other@127.0.0.1"), 1, 0, 1);
    for from in [other, node.pid_of_node()] {
        let mut raw = Raw::connect(&node, PEER, Flags::VISIBLE).await;
        let mut request = raw.request(SPAWN);
        request.from = from;
        raw.request_spawn(&request, &works()).await;
        raw.closed().await;
    }
    let mut raw = Raw::connect(&node, PEER, Flags::VISIBLE).await;
    let to = Term::from(node.pid_of_node());
    let reply = [
        Term::from(31),
        Term::from(raw.reference(3)),
        to,
        Term::from(0),
    ];
    let reply = reply.into_iter().chain([term!(badopt)]);
    raw.send(&Term::tuple(reply), None).await;
    raw.closed().await;
    let mut raw = Raw::connect(&node, PEER, Flags::VISIBLE).await;
    goes_on(&mut raw).await;
    assert_eq!(workers(&node), 1);
    deadline(PATIENCE, node.stop()).await;
}

#[tokio::test]
async fn options_and_arguments_that_are_none() {
    let node = node().await;
    let mut raw = Raw::connect(&node, PEER, Flags::VISIBLE).await;
    let deep = (0..1_000).fold(Term::atom("link"), |inner, _| Term::list([inner]));
    let improper = Term::parse("[link | monitor]").unwrap();
    let unknown = [
        term!(link),
        term!({ link }),
        term!([1]),
        term!([{ monitor }]),
        term!("link"),
    ];
    for options in unknown.into_iter().chain([deep.clone(), improper]) {
        let mut request = raw.request(SPAWN);
        request.options = options;
        refused(&raw.ask(request, &works()).await, "badopt");
    }
    let texts = [
        "1",
        "worker",
        "{}",
        "<<1>>",
        "[worker | 1]",
        "[worker, [1] | x]",
        "[worker, 1]",
        "[worker, [1 | 2]]",
        "[1, [1]]",
        "[]",
        "[worker]",
        "[worker, [1], #{}]",
        "\"ab\"",
    ];
    for args in texts {
        let args = encoded(&Term::parse(args).unwrap());
        refused(&raw.ask(raw.request(SPAWN), &args).await, "badarg");
    }
    for args in ["1", "{}", "[1 | 2]", "#{}"] {
        let args = encoded(&Term::parse(args).unwrap());
        let reply = raw.ask(raw.request(("worker", "any", 1)), &args).await;
        refused(&reply, "badarg");
    }
    assert_eq!(workers(&node), 0);
    // Deep, and in order.
    let args = Term::list([Term::atom("worker"), Term::list([deep.clone()])]);
    let reply = raw.ask(raw.request(SPAWN), &encoded(&args)).await;
    let worker: Pid = reply.result.unwrap();
    let id = node.call(&worker, term!(id)).await.unwrap();
    assert_eq!(id, deep);
    goes_on(&mut raw).await;
    deadline(PATIENCE, node.stop()).await;
}

/// An alias of another node than the one that asks would be told something for it.
#[tokio::test]
async fn a_strangers_ack() {
    let node = node().await;
    let mut raw = Raw::connect(&node, PEER, Flags::VISIBLE).await;
    let mut stranger = Raw::connect(&node, "stranger@127.0.0.1", Flags::VISIBLE).await;
    let spawn = ("ergo", "spawn", 3);
    let asked = |ack: Term| {
        let options = Term::from(
            [(Term::atom("ack"), ack)]
                .into_iter()
                .collect::<ergo::etf::Map>(),
        );
        encoded(&Term::list([Term::atom("worker"), term!([1]), options]))
    };
    for ack in [stranger.reference(5), node.new_reference()] {
        let reply = raw.ask(raw.request(spawn), &asked(Term::from(ack))).await;
        refused(&reply, "badopt");
    }
    refused(
        &raw.ask(raw.request(spawn), &asked(Term::from(raw.pid(5))))
            .await,
        "badopt",
    );
    goes_on(&mut raw).await;
    goes_on(&mut stranger).await;
    assert_eq!(workers(&node), 2);
    deadline(PATIENCE, node.stop()).await;
}

/// A peer without the flag is not asked at all.
#[tokio::test]
async fn a_peer_without_the_flag_is_not_asked() {
    let node = node().await;
    let mut raw = Raw::connect(&node, PEER, Flags::VISIBLE.without(Flags::SPAWN)).await;
    let far = node.remote(PEER).await.unwrap();
    let options = || SpawnOptions::default();
    let disabled = Err(RemoteSpawnError::Disabled {
        node: atom!("raw@127.0.0.1"),
    });
    assert_eq!(far.spawn("worker", options(), args![1]).await, disabled);
    assert_eq!(far.spawn_function("m", "f", args![]).await, disabled);
    node.send(raw.pid(1), atom!(mark)).await.unwrap();
    loop {
        match raw.next().await.unwrap() {
            (Control::SpawnRequest(request), _) => panic!("{request:?}"),
            (Control::Send { .. }, _) => break,
            _ => {}
        }
    }
    deadline(PATIENCE, node.stop()).await;
}

/// Answers that nobody has asked for, twice, and in the place of the answer to a call: nothing comes of them.
#[tokio::test]
async fn answers_to_nothing() {
    let node = node().await;
    let mut raw = Raw::connect(&node, PEER, Flags::VISIBLE).await;
    let (to, child) = (node.pid_of_node(), raw.pid(9));
    let reply = |request: Reference, result: Term| {
        Term::tuple([
            Term::from(31),
            Term::from(request),
            Term::from(to.clone()),
            Term::from(3),
            result,
        ])
    };
    let (ok, error) = (Term::from(child.clone()), term!(badopt));
    let unknown = node.new_reference();
    raw.send(&reply(unknown.clone(), ok.clone()), None).await;
    raw.send(&reply(unknown, error.clone()), None).await;
    // A call to a process of the peer: its number is answered as if it were a spawn.
    let (caller, callee) = (node.clone(), raw.pid(4));
    let call = tokio::spawn(async move { caller.call(&callee, term!(hello)).await });
    let (alias, from) = loop {
        let (control, payload) = raw.next().await.unwrap();
        let Some(payload) = payload.filter(|_| matches!(control, Control::Send { .. })) else {
            continue;
        };
        let request = payload.to_term().unwrap();
        let from = request.as_tuple().unwrap()[1].clone();
        let tag = from.as_tuple().unwrap()[1].clone();
        break (tag, from);
    };
    let number = reference_in(&alias);
    raw.send(&reply(number.clone(), ok.clone()), None).await;
    raw.send(&reply(number.clone(), error.clone()), None).await;
    let answer = encoded(&Term::tuple([alias, term!(world)]));
    let control = Term::tuple([Term::from(33), Term::from(child), Term::from(number)]);
    raw.send(&control, Some(&answer)).await;
    let answered = deadline(PATIENCE, call).await.unwrap();
    assert_eq!(answered.unwrap(), term!(world), "{from}");
    goes_on(&mut raw).await;
    deadline(PATIENCE, node.stop()).await;
}

/// The reference in the tag of a call: `[alias | Reference]`, or it alone.
fn reference_in(tag: &Term) -> Reference {
    match tag {
        Term::ImproperList(list) => reference_in(list.tail()),
        tag => tag.as_reference().expect("a reference").clone(),
    }
}
