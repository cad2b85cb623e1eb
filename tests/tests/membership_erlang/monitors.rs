//! Processes that are told of nodes get the same messages as processes of an Erlang node.

use ergo::prelude::*;
use ergo::{AutoConnect, MonitorNodes, NodeBuilder, NodeType};
use ergo_tests::erlang::each_release;
use ergo_tests::{PATIENCE, deadline};
use tokio::sync::mpsc;

use crate::world::{Here, World};

/// The options of a subscription, here and there.
fn rows() -> Vec<(MonitorNodes, &'static str)> {
    let new = MonitorNodes::new;
    vec![
        (new(), "[]"),
        (new().nodedown_reason(), "[nodedown_reason]"),
        (new().node_type(NodeType::All), "[{node_type, all}]"),
        (new().node_type(NodeType::Visible), "[{node_type, visible}]"),
        (new().node_type(NodeType::Hidden), "[{node_type, hidden}]"),
        (
            new().node_type(NodeType::All).nodedown_reason(),
            "[{node_type, all}, nodedown_reason]",
        ),
        (new().as_map(), "#{}"),
        (
            new().as_map().node_type(NodeType::All).nodedown_reason(),
            "#{node_type => all, nodedown_reason => true}",
        ),
    ]
}

/// A process that has asked to be told, and what it has got.
struct Told {
    pid: Pid,
    messages: mpsc::UnboundedReceiver<Term>,
}

impl Told {
    async fn start(node: &Here, options: MonitorNodes) -> Told {
        let (sender, messages) = mpsc::unbounded_channel();
        let body = async move |mut cx: PlainContext| {
            cx.monitor_nodes(options);
            let _ = sender.send(Term::atom("ready"));
            while let Some(Message::Term(term)) = cx.receive().await {
                let _ = sender.send(term);
            }
        };
        let pid = node.spawn_fn(body).unwrap();
        let mut told = Told { pid, messages };
        assert_eq!(told.next().await, Term::atom("ready"));
        told
    }

    async fn next(&mut self) -> Term {
        next(&mut self.messages).await
    }

    /// What it has got up to now.
    async fn all(&mut self, node: &Here) -> Vec<Term> {
        node.send(&self.pid, term!(end)).await.unwrap();
        let mut all = Vec::new();
        loop {
            match self.next().await {
                end if end == Term::atom("end") => return all,
                message => all.push(message),
            }
        }
    }
}

/// Both watch a visible and a hidden node come and go, the one that is told here and the one that is told there.
#[tokio::test]
async fn the_messages_are_those_of_erlang() {
    each_release(async |release| {
        let world = World::start(release).await;
        // Those that come and go connect to nobody, not even for an answer that is late.
        let passive = |node: NodeBuilder| node.auto_connect(AutoConnect::Never);
        let visible = world.node(passive).await;
        let hidden = world.node(|node| passive(node).hidden()).await;
        // Nor does the Erlang node by itself: its own `rex` greets a node that has gone meanwhile.
        let never = "application:set_env(kernel, dist_auto_connect, never)";
        assert_eq!(world.erl.eval(never).await.unwrap(), "ok");
        for (options, text) in rows() {
            let rust = world.node(|node| node).await;
            let mut here = Told::start(&rust, options).await;
            // It is told after the other one, of everything.
            let mut end = Told::start(&rust, MonitorNodes::new().node_type(NodeType::All)).await;
            for node in [&visible, &hidden] {
                rust.connect(node.name().as_str()).await.unwrap();
                assert!(rust.disconnect(node.name().as_str()));
                end.next().await;
                end.next().await;
            }
            let got = here.all(&rust).await;
            let there = format!(
                "(fun() ->
                    S = self(),
                    P = spawn(fun() -> ok = net_kernel:monitor_nodes(true, {text}), S ! ready, (fun F() -> receive {{stop, From}} -> From ! done; M -> S ! {{got, M}}, F() end end)() end),
                    receive ready -> ok end,
                    net_kernel:monitor_nodes(true, [{{node_type, all}}]),
                    [begin
                        true = net_kernel:connect_node(N), receive {{nodeup, N, _}} -> ok end,
                        true = erlang:disconnect_node(N), receive {{nodedown, N, _}} -> ok end
                    end || N <- ['{}', '{}']],
                    net_kernel:monitor_nodes(false, [{{node_type, all}}]),
                    P ! {{stop, S}}, receive done -> ok end,
                    (fun F() -> receive {{got, M}} -> [M | F()] after 0 -> [] end end)()
                end)()",
                visible.text(),
                hidden.text(),
            );
            let there = world.erl.eval(&there).await.unwrap();
            let there: Term = there.parse().unwrap();
            assert_eq!(Term::list(got), there, "{text} on {}", world.erl.release());
        }
    })
    .await;
}

async fn next(messages: &mut mpsc::UnboundedReceiver<Term>) -> Term {
    deadline(PATIENCE, messages.recv()).await.unwrap()
}

/// Why an Erlang node went: the same word that Erlang nodes hear.
#[tokio::test]
async fn the_reasons_are_those_of_erlang() {
    each_release(async |release| {
        let world = World::start(release).await;
        let options = MonitorNodes::new().nodedown_reason();
        let rust = world.node(|node| node).await;
        let mut told = Told::start(&rust, options).await;
        let other = world.another(|erl| erl).await;
        let watch = format!(
            "net_kernel:monitor_nodes(true, [nodedown_reason]), net_kernel:connect_node('{}')",
            other.name()
        );
        assert_eq!(world.erl.eval(&watch).await.unwrap(), "true");
        rust.connect(other.name()).await.unwrap();
        other.kill9();
        let name = Term::Atom(Atom::new(other.name()).unwrap());
        let node = name.clone();
        assert_eq!(told.next().await, term!({nodeup, (node), []}));
        let here = told.next().await;
        let there = format!(
            "receive {{nodedown, '{}', _}} = M -> M after 20000 -> late end",
            other.name()
        );
        let there: Term = world.erl.eval(&there).await.unwrap().parse().unwrap();
        assert_eq!(here, there);
        assert_eq!(
            here,
            term!({nodedown, (name), [{nodedown_reason, connection_closed}]})
        );
    })
    .await;
}

/// `monitor_node/2` of an Erlang node: it connects, it counts, and a node that does not run is down.
#[tokio::test]
async fn one_node_is_monitored() {
    each_release(async |release| {
        let world = World::start(release).await;
        let rust = world.node(|node| node).await;
        let (sender, mut told) = mpsc::unbounded_channel();
        let erl = world.erl.name().to_owned();
        rust.spawn_fn(async move |mut cx: PlainContext| {
            for _ in 0..3 {
                cx.monitor_node(&erl);
            }
            cx.demonitor_node(&erl);
            cx.monitor_node("nobody@127.0.0.1");
            while let Some(Message::Term(term)) = cx.receive().await {
                let _ = sender.send(term);
            }
        })
        .unwrap();
        let nobody: Term = "{nodedown, 'nobody@127.0.0.1'}".parse().unwrap();
        assert_eq!(next(&mut told).await, nobody);
        let up = format!("lists:member('{}', nodes())", rust.text());
        world.erl.eval_until(&up, "true").await.unwrap();
        world.erl.kill9();
        for _ in 0..2 {
            let down = next(&mut told).await;
            assert_eq!(
                down.as_tuple().unwrap()[1].as_atom(),
                Some(world.erl.name())
            );
        }
        rust.ping("nobody@127.0.0.1").await;
        assert!(told.try_recv().is_err(), "each counts for one end");
    })
    .await;
}
