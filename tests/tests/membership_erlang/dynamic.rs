//! Nodes that are given their name by another node: Erlang's by ours, and ours by Erlang's.

use ergo::dist::handshake::HandshakeError;
use ergo::prelude::*;
use ergo::{ConnectError, StartError};
use ergo_tests::erlang::each_release;
use ergo_tests::{PATIENCE, deadline};

use crate::world::{COOKIE, Here, World, start_as};

/// Echoes, from whoever it is asked.
fn echo(node: &Here) {
    let options = SpawnOptions::default().name("echo");
    node.spawn_fn_with(options, async move |mut cx: PlainContext| {
        while let Some(Message::Term(term)) = cx.receive().await {
            if let Some([Term::Pid(from), what]) = term.as_tuple() {
                let _ = cx.send(&**from, what.clone());
            }
        }
    })
    .unwrap();
}

#[tokio::test]
async fn ours_is_named_by_erlang() {
    each_release(async |release| {
        let world = World::start(release).await;
        let erl = world.erl.name().to_owned();
        let rust = start_as("undefined@127.0.0.1", world.epmd.port(), |node| {
            node.named_by(&erl)
        })
        .await;
        let name = rust.text().to_owned();
        assert!(
            name.ends_with("@127.0.0.1") && !name.starts_with("undefined"),
            "{name}"
        );
        assert_eq!(rust.port(), None);
        let registered: Vec<_> = world.epmd.names().unwrap();
        assert_eq!(registered.len(), 1, "{registered:?}");
        // It is connected from the start, as a hidden node on both sides.
        assert_eq!(rust.nodes_of(Visibility::Hidden).len(), 1);
        let hidden = format!("nodes(hidden) =:= ['{name}']");
        world.erl.eval_until(&hidden, "true").await.unwrap();
        // Pids have the name and the creation, in both directions.
        echo(&rust);
        let asked = format!("{{echo, '{name}'}} ! {{self(), hello}}, receive hello -> ok end");
        assert_eq!(world.erl.eval(&asked).await.unwrap(), "ok");
        let pid = term!({is_auth, (Term::Atom(rust.name().clone()))});
        let yes = rust.call(("net_kernel", erl.as_str()), pid).await.unwrap();
        assert_eq!(yes, Term::atom("yes"));
        let watch = "net_kernel:monitor_nodes(true, [{node_type, all}])";
        assert_eq!(world.erl.eval(watch).await.unwrap(), "ok");
        // Another node meets it under this name, and cannot come to it.
        let other = world.another(|erl| erl).await;
        assert_eq!(
            other
                .eval(&format!("net_adm:ping('{name}')"))
                .await
                .unwrap(),
            "pang"
        );
        rust.connect(other.name()).await.unwrap();
        other.eval_until(&hidden, "true").await.unwrap();
        assert_eq!(other.eval(&asked).await.unwrap(), "ok");
        // It keeps the name without a connection, and comes back under it.
        assert!(rust.disconnect(&erl));
        let down = format!("receive {{nodedown, '{name}', _}} -> down after 20000 -> late end");
        assert_eq!(world.erl.eval(&down).await.unwrap(), "down");
        rust.connect(&erl).await.unwrap();
        assert_eq!(rust.text(), name);
        assert_eq!(world.erl.eval(&asked).await.unwrap(), "ok");
        let state = rust.call("net_kernel", term!(get_state)).await.unwrap();
        assert!(
            state.to_string().contains("name_type => dynamic"),
            "{state}"
        );
    })
    .await;
}

#[tokio::test]
async fn why_there_is_no_name() {
    each_release(async |release| {
        let world = World::start(release).await;
        let start = async |name: &str, namer: &str, cookie: &str| {
            let node = Node::builder(name)
                .cookie(cookie)
                .epmd_port(world.epmd.port())
                .named_by(namer);
            deadline(PATIENCE, node.start())
                .await
                .map(drop)
                .unwrap_err()
        };
        let erl = world.erl.name();
        let cookie = start("undefined@127.0.0.1", erl, "another").await;
        assert!(
            matches!(
                &cookie,
                StartError::Unnamed {
                    source: ConnectError::Handshake {
                        source: HandshakeError::Closed(_),
                        ..
                    },
                    ..
                }
            ),
            "{cookie:?}"
        );
        let unknown = start("undefined@127.0.0.1", "nobody@127.0.0.1", COOKIE).await;
        assert!(
            matches!(
                &unknown,
                StartError::Unnamed {
                    source: ConnectError::Unknown { .. },
                    ..
                }
            ),
            "{unknown:?}"
        );
        let short = start("undefined@localhost", erl, COOKIE).await;
        assert!(
            matches!(
                &short,
                StartError::Unnamed {
                    source: ConnectError::NameLength { .. },
                    ..
                }
            ),
            "{short:?}"
        );
        let named = start("somebody@127.0.0.1", erl, COOKIE).await;
        assert!(matches!(named, StartError::HasName { .. }), "{named:?}");
        let nobody = Node::builder("undefined@127.0.0.1").cookie(COOKIE).start();
        let nobody = nobody.await.map(drop).unwrap_err();
        assert!(matches!(nobody, StartError::NoNamer { .. }), "{nobody:?}");
    })
    .await;
}

/// `erl -name undefined`: what ours gives it is a name of its own, by which both sides call it.
#[tokio::test]
async fn erlangs_is_named_by_ours() {
    each_release(async |release| {
        let world = World::start(release).await;
        let rust = world.node(|node| node).await;
        echo(&rust);
        let undefined = |erl: ergo_tests::erlang::Builder| erl.full_name("undefined@127.0.0.1");
        let (one, two) = (world.another(undefined).await, world.another(undefined).await);
        let connect = format!("net_kernel:connect_node('{}')", rust.text());
        let mut names = Vec::new();
        for erl in [&one, &two] {
            assert_eq!(erl.eval("node()").await.unwrap(), "nonode@nohost");
            assert_eq!(erl.eval(&connect).await.unwrap(), "true");
            let name = erl.eval("atom_to_list(node())").await.unwrap();
            let name = name.trim_matches('"').to_owned();
            assert!(name.ends_with("@127.0.0.1"), "{name}");
            let asked = format!(
                "register(me, self()), {{echo, '{}'}} ! {{self(), hello}}, receive hello -> ok end",
                rust.text()
            );
            assert_eq!(erl.eval(&asked).await.unwrap(), "ok");
            assert_eq!(erl.eval("{nodes(hidden), nodes()}").await.unwrap(), format!("{{['{}'],[]}}", rust.text()));
            rust.send(("me", name.as_str()), term!(from_rust)).await.unwrap();
            let got = "receive from_rust -> ok after 20000 -> late end";
            assert_eq!(erl.eval(got).await.unwrap(), "ok");
            let info = rust.node_info(&name).unwrap();
            assert!(info.hidden && info.creation.is_some());
            names.push(name);
        }
        assert_ne!(names[0], names[1]);
        assert_eq!(rust.nodes_of(Visibility::Hidden).len(), 2);
        // It comes back after it has lost the connection, and is given a name again.
        let mut events = rust.monitor_nodes();
        let leave = format!("erlang:disconnect_node('{}')", rust.text());
        assert_eq!(one.eval(&leave).await.unwrap(), "true");
        let down = deadline(PATIENCE, events.next()).await;
        assert!(matches!(&down, Some(ergo::NodeEvent::Down { node, .. }) if *node == *names[0].as_str()), "{down:?}");
        assert_eq!(one.eval(&connect).await.unwrap(), "true");
        assert!(one.eval("node()").await.unwrap().ends_with("@127.0.0.1'"));
        // A node with the list of allowed ones takes it by its host, which is all it has.
        let picky = world.node(|node| node.allow(["somebody@127.0.0.1"])).await;
        let three = world.another(undefined).await;
        let connect = format!("net_kernel:connect_node('{}')", picky.text());
        assert_eq!(three.eval(&connect).await.unwrap(), "false");
        picky.allow(["127.0.0.1"]).unwrap();
        assert_eq!(three.eval(&connect).await.unwrap(), "true");
    })
    .await;
}
