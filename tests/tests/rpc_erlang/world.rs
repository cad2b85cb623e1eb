//! A node here and two of Erlang: the one that asks, and one that offers the same functions as the node here.

use ergo::prelude::*;
use ergo_tests::erlang::{Epmd, Node as Erl, Release};
use ergo_tests::unique_name;

/// The functions that the Erlang node has, in Erlang.
const MODULE: &str = include_str!("m.erl");

/// What the asking node evaluates before all else: `C` gives what a fun returns or raises, with of a stack only the place
/// of the error; `B` does the same for what `rpc` returns.
const HELPERS: &str = "
    A = fun(X) when is_list(X) -> length(X); (X) -> X end,
    T = fun([{M, F, X, _} | _]) -> {M, F, A(X)} end,
    C = fun(G) ->
            try {ok, G()}
            catch
                error:{exception, E, S} -> {error, {exception, E, T(S)}};
                Class:Reason -> {Class, Reason}
            end
        end,
    B = fun({badrpc, {'EXIT', {E, S = [_ | _]}}}) -> {badrpc, {'EXIT', {E, T(S)}}}; (V) -> V end,
    No = 'nobody@127.0.0.1',
    L = fun() -> receive M -> M after 20000 -> late end end,
    Q = fun() -> receive M -> M after 50 -> quiet end end,
    ok";

pub(crate) struct World {
    pub(crate) node: Node,
    /// The node that asks.
    pub(crate) erl: Erl,
    /// The node that offers, too.
    pub(crate) peer: Erl,
    _epmd: Epmd,
}

impl World {
    pub(crate) async fn start(release: Release) -> World {
        let epmd = Epmd::start().await.unwrap();
        let started = async |prefix: &str| {
            let builder = Erl::builder(release, prefix, epmd.port());
            builder.start().await.unwrap()
        };
        let (erl, peer) = (started("asks").await, started("offers").await);
        let node = Node::builder(format!("{}@127.0.0.1", unique_name("rpc")))
            .cookie("ergo")
            .epmd_port(epmd.port())
            .embedded_epmd(false)
            .start()
            .await
            .unwrap();
        offer(&node).await;
        for erl in [&erl, &peer] {
            erl.load(MODULE).await.unwrap();
        }
        peer.eval("spawn(m, serve, []), ok").await.unwrap();
        let names = format!(
            "R = '{}', P = '{}', {HELPERS}",
            node.name().as_str(),
            peer.name()
        );
        assert_eq!(erl.eval(&names).await.unwrap(), "ok");
        World {
            node,
            erl,
            peer,
            _epmd: epmd,
        }
    }

    /// Evaluates each row of a table where `N` is the node here, and then the one of Erlang: what is expected of both.
    pub(crate) async fn both(&self, rows: &[(&str, &str)]) {
        for (expression, expected) in rows {
            for (who, name) in [
                ("here", self.node.name().as_str()),
                ("Erlang", self.peer.name()),
            ] {
                let bound = format!("(fun(N) -> {expression} end)('{name}')");
                let value = self.erl.eval(&bound).await.unwrap();
                let expected = expected.replace("NODE", &format!("'{name}'"));
                let release = self.erl.release();
                assert_eq!(value, expected, "{expression}: {who}, OTP {release}");
            }
        }
    }

    /// Evaluates each row of a table, which is about the node here alone.
    pub(crate) async fn here(&self, rows: &[(&str, &str)]) {
        for (expression, expected) in rows {
            let bound = format!("(fun(N) -> {expression} end)(R)");
            let value = self.erl.eval(&bound).await.unwrap();
            let expected = expected.replace("NODE", &format!("'{}'", self.node.name().as_str()));
            assert_eq!(value, expected, "{expression}: OTP {}", self.erl.release());
        }
    }

    pub(crate) async fn stop(self) {
        self.node.stop().await;
    }
}

/// The functions of `m.erl`, and some that only a node here has.
struct M;

#[ergo::rpc(module = "m")]
impl M {
    fn add(a: i64, b: i64) -> i64 {
        a + b
    }

    fn two() -> u8 {
        2
    }

    fn fail(class: Atom, reason: Term) -> Result<(), Exception> {
        Err(match class.as_str() {
            "error" => Exception::Error(reason),
            "exit" => Exception::Exit(reason),
            _ => Exception::Throw(reason),
        })
    }

    fn tell(cx: &PlainContext, to: Pid, what: Term) -> Atom {
        // Whoever it is for may be gone.
        let _ = cx.send(to, what);
        Atom::from_static("ok")
    }

    async fn wait(cx: &mut PlainContext, to: Pid) -> Result<Term, Exception> {
        let running = (Atom::from_static("running"), cx.pid());
        // As above.
        let _ = cx.send(to, running);
        match cx.receive().await {
            Some(Message::Term(term)) => Ok(term),
            _ => Err(Exception::Exit(term!(unexpected))),
        }
    }

    fn root(n: i64) -> Result<u64, String> {
        u64::try_from(n)
            .map(u64::isqrt)
            .map_err(|_| format!("{n} has none"))
    }

    fn panic(why: String) {
        panic!("{why}");
    }

    fn who(cx: &PlainContext) -> Option<Atom> {
        cx.caller().cloned()
    }
}

async fn offer(node: &Node) {
    M::register_rpc(node).await.unwrap();
    let options = SpawnOptions::default().name("srv");
    let served = node.spawn_fn_with(options, async |mut cx| {
        while let Some(message) = cx.receive().await {
            let Message::Term(term) = message else {
                continue;
            };
            serve(&cx, &term);
        }
    });
    served.unwrap();
}

fn serve(cx: &PlainContext, message: &Term) {
    let here = Term::Atom(cx.node().name().clone());
    // Whoever asks may be gone.
    let _ = match message.as_tuple() {
        Some([Term::Pid(from), Term::Atom(ping)]) if ping.as_str() == "ping" => {
            cx.send(Pid::clone(from), term!({srv, (here), pong}))
        }
        Some([Term::Atom(tell), Term::Pid(to)]) if tell.as_str() == "tell" => {
            cx.send(Pid::clone(to), term!(told))
        }
        _ => Ok(()),
    };
}
