//! Connections that one side has lost and the other holds for alive: the status `alive`, in both directions.

use std::net::{Ipv4Addr, SocketAddr};

use ergo::NodeEvent;
use ergo::epmd::codec::NodeEntry;
use ergo::epmd::{Client, Registration};
use ergo::prelude::*;
use ergo_tests::erlang::{Epmd, each_release};
use ergo_tests::{PATIENCE, deadline, unique_name};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::world::{World, start_as};

/// Stands before a node, under its name at another EPMD, and can break the way to it so that only those who came hear.
struct Front {
    severed: watch::Sender<u32>,
    _registration: Registration,
}

impl Front {
    /// Passes on to `target`, for those who ask the EPMD at this port for `name`.
    async fn start(epmd_port: u16, name: &str, target: u16) -> Front {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let alive = name.split('@').next().unwrap();
        let entry = NodeEntry::named(alive, port).unwrap();
        let epmd = Client::new(SocketAddr::from((Ipv4Addr::LOCALHOST, epmd_port)));
        let registration = epmd.register(&entry).await.unwrap();
        let (severed, times) = watch::channel(0);
        tokio::spawn(async move {
            while let Ok((front, _)) = listener.accept().await {
                let back = TcpStream::connect((Ipv4Addr::LOCALHOST, target))
                    .await
                    .unwrap();
                tokio::spawn(pass(front, back, times.clone()));
            }
        });
        Front {
            severed,
            _registration: registration,
        }
    }

    fn sever(&self) {
        self.severed.send_modify(|times| *times += 1);
    }
}

/// Passes bytes until it is severed, and then keeps the end at the back open, without a word, until the test is over.
async fn pass(mut front: TcpStream, mut back: TcpStream, mut severed: watch::Receiver<u32>) {
    severed.mark_unchanged();
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut front, &mut back) => return,
        changed = severed.changed() => if changed.is_err() { return },
    }
    drop(front);
    std::future::pending::<()>().await;
}

/// Erlang has lost the connection, this node has not: it says `alive`, Erlang insists, and its connection takes over.
#[tokio::test]
async fn an_erlang_node_takes_over() {
    each_release(async |release| {
        let world = World::start(release).await;
        let own = Epmd::start().await.unwrap();
        let name = format!("{}@127.0.0.1", unique_name("rust"));
        let rust = start_as(&name, own.port(), |node| node).await;
        let front = Front::start(world.epmd.port(), &name, rust.port().unwrap()).await;
        let mut events = rust.monitor_nodes();
        let ping = format!("net_kernel:monitor_nodes(true), net_adm:ping('{name}')");
        assert_eq!(world.erl.eval(&ping).await.unwrap(), "pong");
        let first = rust.node_info(world.erl.name()).unwrap();
        front.sever();
        let down = format!("receive {{nodedown, '{name}'}} -> down after 20000 -> late end");
        assert_eq!(world.erl.eval(&down).await.unwrap(), "down");
        let held = rust.node_info(world.erl.name()).unwrap();
        assert_eq!(
            held.connection_id, first.connection_id,
            "it has not heard of it"
        );
        assert_eq!(world.erl.eval(&ping).await.unwrap(), "pong");
        let second = rust.node_info(world.erl.name()).unwrap();
        assert!(second.connection_id > first.connection_id);
        for expect in ["up", "down", "up"] {
            let event = deadline(PATIENCE, events.next()).await.unwrap();
            let got = match event {
                NodeEvent::Up { .. } => "up",
                NodeEvent::Down { .. } => "down",
                _ => "something else",
            };
            assert_eq!(got, expect);
        }
    })
    .await;
}

/// This node has lost the connection, Erlang has not: told `alive`, this node insists.
#[tokio::test]
async fn this_node_takes_over() {
    each_release(async |release| {
        let world = World::start(release).await;
        let own = Epmd::start().await.unwrap();
        let erl = world.erl.name();
        let port = world.epmd.names().unwrap()[0].port;
        let front = Front::start(own.port(), erl, port).await;
        let name = format!("{}@127.0.0.1", unique_name("rust"));
        let rust = start_as(&name, own.port(), |node| node).await;
        world
            .erl
            .eval("net_kernel:monitor_nodes(true)")
            .await
            .unwrap();
        let mut events = rust.monitor_nodes();
        rust.connect(erl).await.unwrap();
        let up = deadline(PATIENCE, events.next()).await;
        assert!(matches!(up, Some(NodeEvent::Up { .. })), "{up:?}");
        world.erl.eval_until("length(nodes())", "1").await.unwrap();
        front.sever();
        let down = deadline(PATIENCE, events.next()).await;
        assert!(matches!(down, Some(NodeEvent::Down { .. })), "{down:?}");
        assert_eq!(world.erl.eval("length(nodes())").await.unwrap(), "1");
        rust.connect(erl).await.unwrap();
        let answer = rust
            .call(("net_kernel", erl), term!(longnames))
            .await
            .unwrap();
        assert_eq!(answer, Term::from(true));
        let heard = format!(
            "[receive {{What, '{name}'}} -> What after 20000 -> late end || _ <- [1, 2, 3]]"
        );
        assert_eq!(
            world.erl.eval(&heard).await.unwrap(),
            "[nodeup,nodedown,nodeup]"
        );
    })
    .await;
}
