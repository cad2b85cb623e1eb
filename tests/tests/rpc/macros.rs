//! `#[ergo::rpc]`.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use ergo::prelude::*;
use ergo::testing::Network;
use ergo::{Access, RpcError};

use crate::nodes::node;

/// Functions without a state.
struct Math;

#[derive(Debug, PartialEq, Encode, Decode)]
enum Wrong {
    Negative(i64),
}

#[ergo::rpc(module = "math")]
impl Math {
    /// Async.
    async fn add(a: i64, b: i64) -> i64 {
        tokio::task::yield_now().await;
        a + b
    }

    fn div(a: i64, b: i64) -> Result<i64, Exception> {
        a.checked_div(b).ok_or(Exception::Error(term!(badarith)))
    }

    /// A `Result` that is a value.
    fn root(n: i64) -> Result<u64, Wrong> {
        match u64::try_from(n) {
            Ok(n) => Ok(n.isqrt()),
            Err(_) => Err(Wrong::Negative(n)),
        }
    }

    #[rpc(name = "root!")]
    fn sure_root(n: i64) -> u64 {
        Self::root(n).unwrap()
    }

    async fn who(cx: &PlainContext) -> Option<Atom> {
        tokio::task::yield_now().await;
        cx.caller().cloned()
    }

    async fn hear(cx: &mut PlainContext, to: Pid) -> Result<Term, Exception> {
        let _ = cx.send(to, cx.pid());
        match cx.receive().await {
            Some(Message::Term(term)) => Ok(term),
            _ => Err(Exception::Exit(term!(unexpected))),
        }
    }

    fn own(cx: PlainContext) -> Pid {
        cx.pid()
    }

    fn nothing() {}

    #[cfg(any())]
    fn left_out(_: TypeThatIsNot) {}

    fn r#type(of: Term) -> Term {
        of
    }

    #[rpc(skip)]
    fn secret() -> u8 {
        7
    }
}

/// Functions with a state that all calls share.
#[derive(Default)]
struct Counter(AtomicI64);

#[ergo::rpc(module = "counter", register = "offer")]
impl Counter {
    fn add(&self, n: i64) -> i64 {
        self.0.fetch_add(n, Ordering::Relaxed) + n
    }

    async fn get(&self, _cx: &PlainContext) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    fn unit() -> &'static str {
        "pieces"
    }
}

/// Says hello.
#[ergo::rpc(module = "greeter", name = "hello")]
async fn greet(cx: &PlainContext, name: String) -> String {
    let from = cx.caller().map(Atom::as_str).unwrap_or_default();
    format!("hello {name} of {from}")
}

#[ergo::test]
async fn functions_of_a_block(network: Network) -> ergo::Result {
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    assert_eq!(Math::register_rpc(&b).await?, Access::Any);
    let rpc = a.rpc("b@mem");
    assert_eq!(rpc.call::<i64>("math", "add", args![40, 2]).await?, 42);
    assert_eq!(rpc.call::<i64>("math", "div", args![9, 3]).await?, 3);
    let error = rpc.call::<i64>("math", "div", args![9, 0]).await;
    assert_eq!(error.unwrap_err().to_string(), "error: badarith");
    let root: Term = rpc.call("math", "root", args![49]).await?;
    assert_eq!(root, term!({ok, 7}));
    let root: Term = rpc.call("math", "root", args![(-1)]).await?;
    assert_eq!(root, term!({error, {negative, (-1)}}));
    let root: Result<u64, Wrong> = rpc.call("math", "root", args![(-1)]).await?;
    assert_eq!(root, Err(Wrong::Negative(-1)));
    assert_eq!(rpc.call::<u64>("math", "root!", args![49]).await?, 7);
    let panic = rpc.call::<u64>("math", "root!", args![(-1)]).await;
    let panic = panic.unwrap_err().to_string();
    assert!(
        panic.contains("{panic,") && panic.contains("macros.rs:"),
        "{panic}"
    );
    let who: Atom = rpc.call("math", "who", args![]).await?;
    assert_eq!(&who, a.name());
    let own: Pid = rpc.call("math", "own", args![]).await?;
    assert_eq!(own.node(), b.name());
    assert_eq!(
        rpc.call::<Term>("math", "nothing", args![]).await?,
        term!(nil)
    );
    assert_eq!(rpc.call::<Term>("math", "type", args![x]).await?, term!(x));
    assert_eq!(Math::secret(), 7);
    let secret = rpc.call::<Term>("math", "secret", args![]).await;
    assert_eq!(secret.unwrap_err().to_string(), "error: undef");
    Ok(())
}

#[ergo::test]
async fn the_context_is_that_of_the_call(network: Network) -> ergo::Result {
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    Math::register_rpc(&b).await?;
    let mut at_a = a.probe();
    let call = a
        .rpc("b@mem")
        .send_request::<Term>("math", "hear", args![(at_a.pid())]);
    let running: Pid = at_a.expect().await;
    at_a.send(running, term!({heard, 1}))?;
    assert_eq!(call.await?, term!({heard, 1}));
    Ok(())
}

#[ergo::test]
async fn a_state_is_shared(network: Network) -> ergo::Result {
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    let counter = Arc::new(Counter::default());
    counter.offer(&b).await?;
    let rpc = a.rpc("b@mem");
    assert_eq!(rpc.call::<i64>("counter", "add", args![3]).await?, 3);
    assert_eq!(rpc.call::<i64>("counter", "add", args![4]).await?, 7);
    counter.0.fetch_add(1, Ordering::Relaxed);
    assert_eq!(rpc.call::<i64>("counter", "get", args![]).await?, 8);
    assert_eq!(
        rpc.call::<String>("counter", "unit", args![]).await?,
        "pieces"
    );
    Ok(())
}

#[ergo::test]
async fn one_function(network: Network) -> ergo::Result {
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    greet::register_rpc(&b).await?;
    let hello: String = a
        .rpc("b@mem")
        .call("greeter", "hello", args!["ann"])
        .await?;
    assert_eq!(hello, "hello ann of a@mem");
    Ok(())
}

/// All functions of a module have one list.
#[ergo::test]
async fn a_module_is_opened_and_closed_as_a_whole(network: Network) -> ergo::Result {
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    let c = node(&network, "c@mem").await;
    let add = async |from: &Node| {
        from.rpc("b@mem")
            .call::<i64>("math", "add", args![1, 2])
            .await
    };
    let own = async |from: &Node| from.rpc("b@mem").call::<Term>("math", "own", args![]).await;
    Math::register_rpc(&b).only(["a@mem"]).await?;
    assert_eq!(add(&a).await, Ok(3));
    assert!(own(&a).await.is_ok());
    for refused in [add(&c).await.unwrap_err(), own(&c).await.unwrap_err()] {
        assert!(refused.to_string().contains("not_allowed"), "{refused}");
    }
    Math::register_rpc(&b).only(["c@mem"]).await?;
    assert_eq!(add(&c).await, Ok(3));
    b.unregister_rpc_module("math").only(["a@mem"]).await?;
    assert!(matches!(add(&a).await, Err(RpcError::Error { .. })));
    assert!(own(&c).await.is_ok());
    assert_eq!(b.unregister_rpc_module("math").await?, Access::Closed);
    assert_eq!(add(&c).await.unwrap_err().to_string(), "error: undef");
    assert!(b.unregister_rpc_module("math").await.is_err());
    Ok(())
}
