//! Calls of functions of another node: what they end with.

use ergo::prelude::*;
use ergo::testing::{self, Network, TestNode};
use ergo::{CastError, RpcError};

use crate::nodes::node;

/// `m`, with functions that end in every way there is.
async fn module(node: &Node) {
    let fail = async |_, (class, reason): (Atom, Term)| -> Result<Term, Exception> {
        Err(match class.as_str() {
            "error" => Exception::Error(reason),
            "exit" => Exception::Exit(reason),
            _ => Exception::Throw(reason),
        })
    };
    let add = async |_, (a, b): (i64, i64)| Ok(a + b);
    let panic = async |_, (why,): (String,)| -> Result<(), Exception> { panic!("{why}") };
    let wait = async |mut cx: PlainContext, (to,): (Pid,)| -> Result<Term, Exception> {
        // The test keeps it.
        let _ = cx.send(to, cx.pid());
        match cx.receive().await {
            Some(Message::Term(term)) => Ok(term),
            _ => Err(Exception::Exit(term!(unexpected))),
        }
    };
    node.register_rpc("m", "fail", fail).await.unwrap();
    node.register_rpc("m", "add", add).await.unwrap();
    node.register_rpc("m", "panic", panic).await.unwrap();
    node.register_rpc("m", "wait", wait).await.unwrap();
}

async fn two(network: &Network) -> (TestNode, TestNode) {
    let (a, b) = (node(network, "a@mem").await, node(network, "b@mem").await);
    module(&a).await;
    module(&b).await;
    (a, b)
}

/// Here and there alike.
const BOTH: [&str; 2] = ["b@mem", "a@mem"];

fn error(reason: Term, stack: Term) -> RpcError {
    RpcError::Error { reason, stack }
}

#[ergo::test]
async fn values_and_exceptions(network: Network) -> ergo::Result {
    let (a, _b) = two(&network).await;
    for at in BOTH {
        let rpc = a.rpc(at);
        assert_eq!(rpc.call::<i64>("m", "add", args![40, 2]).await?, 42);
        let fail = async |class: &'static str| {
            let args = args![(Term::atom(class)), {oops, 1}];
            rpc.call::<Term>("m", "fail", args).await.unwrap_err()
        };
        let place = term!([{m, fail, [error, {oops, 1}], []}]);
        assert_eq!(fail("error").await, error(term!({oops, 1}), place));
        assert_eq!(fail("exit").await, RpcError::Exit(term!({oops, 1})));
        assert_eq!(fail("throw").await, RpcError::Throw(term!({oops, 1})));
    }
    Ok(())
}

#[ergo::test]
async fn what_cannot_be_called(network: Network) -> ergo::Result {
    let (a, _b) = two(&network).await;
    for at in BOTH {
        let rpc = a.rpc(at);
        let undef = rpc.call::<Term>("m", "nothing", args![1]).await;
        let place = term!([{m, nothing, [1], []}]);
        assert_eq!(undef, Err(error(term!(undef), place)));
        let clause = rpc.call::<Term>("m", "add", args![1, two]).await;
        let place = term!([{m, add, [1, two], []}]);
        assert_eq!(clause, Err(error(term!(function_clause), place)));
        let wrong = rpc.call::<String>("m", "add", args![1, 2]).await;
        assert!(matches!(wrong, Err(RpcError::BadValue(_))), "{wrong:?}");
        let no_list = rpc.call::<Term>("m", "add", 7).await;
        assert!(matches!(no_list, Err(RpcError::Args(_))), "{no_list:?}");
        let no_list = rpc.cast("m", "add", 7);
        assert!(matches!(no_list, Err(RpcError::Args(_))), "{no_list:?}");
        let long = rpc.call::<Term>("m", &"f".repeat(256), args![]).await;
        assert!(matches!(long, Err(RpcError::BadName(_))), "{long:?}");
    }
    let nobody = a.rpc("nobody@mem").call::<Term>("m", "add", args![1, 2]);
    assert_eq!(nobody.await, Err(RpcError::NoConnection));
    Ok(())
}

/// A panic is an error to the caller that names its place, and the node lives.
#[ergo::test]
async fn a_panic_is_an_error(network: Network) -> ergo::Result {
    let (a, _b) = two(&network).await;
    for at in BOTH {
        let panicked = a.rpc(at).call::<Term>("m", "panic", args!["oh no"]);
        let error = panicked.await.unwrap_err().to_string();
        assert!(error.starts_with("error: {panic,"), "{error}");
        assert!(error.contains("oh no at "), "{error}");
        assert!(error.contains("calls.rs:"), "{error}");
        assert_eq!(a.rpc(at).call::<i64>("m", "add", args![1, 1]).await?, 2);
    }
    Ok(())
}

/// A call whose time is over is abandoned: nothing of it is left at the caller, and nothing comes of its end.
#[ergo::test]
async fn a_call_that_timed_out_is_abandoned(network: Network) -> ergo::Result {
    let (a, b) = two(&network).await;
    let mut at_a = a.probe();
    for at in BOTH {
        let call = a.rpc(at).timeout(secs(2));
        let call = call.call::<Term>("m", "wait", args![(at_a.pid())]);
        assert_eq!(call.await, Err(RpcError::Timeout));
        let running: Pid = at_a.expect().await;
        let running_at = if at == "b@mem" { &b } else { &a };
        // It runs on, as in OTP, and nobody monitors it.
        assert!(running_at.is_process_alive(&running));
        at_a.send(&running, term!(late))?;
        testing::advance(secs(1)).await;
        assert!(!running_at.is_process_alive(&running));
        at_a.expect_no(secs(1)).await;
    }
    Ok(())
}

/// The answer to the request comes when nobody waits for it any more.
#[ergo::test]
async fn a_call_is_dropped_before_it_has_started_there(network: Network) -> ergo::Result {
    let (a, b) = two(&network).await;
    a.connect("b@mem").await?;
    network.delay("a@mem", "b@mem", millis(50)..=millis(50));
    let mut at_a = a.probe();
    drop(
        a.rpc("b@mem")
            .send_request::<Term>("m", "wait", args![(at_a.pid())]),
    );
    let running: Pid = at_a.expect().await;
    // The monitor is taken back with the answer.
    testing::advance(secs(1)).await;
    let bytes = network.bytes("b@mem", "a@mem");
    b.send(&running, term!(over)).await?;
    testing::advance(secs(1)).await;
    assert!(!b.is_process_alive(&running));
    assert_eq!(network.bytes("b@mem", "a@mem"), bytes);
    Ok(())
}

#[ergo::test]
async fn the_connection_is_lost_meanwhile(network: Network) -> ergo::Result {
    let (a, _b) = two(&network).await;
    let mut at_a = a.probe();
    let call = a
        .rpc("b@mem")
        .send_request::<Term>("m", "wait", args![(at_a.pid())]);
    let _: Pid = at_a.expect().await;
    assert!(network.cut("a@mem", "b@mem"));
    assert_eq!(call.await, Err(RpcError::NoConnection));
    Ok(())
}

#[ergo::test]
async fn the_process_that_runs_it_is_ended(network: Network) -> ergo::Result {
    let (a, b) = two(&network).await;
    let mut at_a = a.probe();
    let call = a
        .rpc("b@mem")
        .send_request::<Term>("m", "wait", args![(at_a.pid())]);
    let running: Pid = at_a.expect().await;
    b.exit(&running, ExitReason::Kill);
    assert_eq!(call.await, Err(RpcError::Ended(ExitReason::Killed)));
    Ok(())
}

/// A process that is ended gives up what it has called.
#[ergo::test]
async fn the_caller_is_killed(network: Network) -> ergo::Result {
    let (a, b) = two(&network).await;
    a.connect("b@mem").await?;
    let mut at_a = a.probe();
    let (node, to) = (a.node().clone(), at_a.pid());
    let caller = a.spawn_fn(async move |_| {
        let call = node.rpc("b@mem").call::<Term>("m", "wait", args![(to)]);
        let _ = call.await;
    })?;
    let running: Pid = at_a.expect().await;
    a.exit(&caller, ExitReason::Kill);
    testing::advance(secs(1)).await;
    let bytes = network.bytes("b@mem", "a@mem");
    b.send(&running, term!(over)).await?;
    testing::advance(secs(1)).await;
    assert_eq!(network.bytes("b@mem", "a@mem"), bytes);
    Ok(())
}

/// Sent at once, in this order, and awaited in another one.
#[ergo::test]
async fn requests_are_sent_before_they_are_awaited(network: Network) -> ergo::Result {
    let (a, _b) = two(&network).await;
    for at in BOTH {
        let requests: Vec<_> = (0..10)
            .map(|n| a.rpc(at).send_request::<i64>("m", "add", args![(n), 1]))
            .collect();
        for (n, request) in (1..).zip(requests).collect::<Vec<_>>().into_iter().rev() {
            assert_eq!(request.await?, n);
        }
    }
    Ok(())
}

#[ergo::test]
async fn casts_are_heard_there_and_not_here(network: Network) -> ergo::Result {
    let (a, b) = two(&network).await;
    for (at, here) in [("b@mem", &b), ("a@mem", &a)] {
        let mut told = here.probe_as("told");
        let tell = async |cx: PlainContext, (what,): (Term,)| {
            let _ = cx.send("told", (cx.caller().cloned(), what));
            Err::<(), _>(Exception::Exit(term!(nobody_hears)))
        };
        here.register_rpc("m", "tell", tell).await?;
        a.rpc(at).cast("m", "tell", args![1])?;
        a.rpc(at).cast("m", "nothing", args![1])?;
        a.rpc(at).cast("m", "tell", args![2])?;
        let mut both: [(Atom, u8); 2] = [told.expect().await, told.expect().await];
        both.sort();
        assert_eq!(both, [(a.name().clone(), 1), (a.name().clone(), 2)]);
    }
    a.rpc("nobody@mem").cast("m", "tell", args![1])?;
    Ok(())
}

#[ergo::test]
async fn results_of_many_nodes_are_in_their_order(network: Network) -> ergo::Result {
    let (a, _b) = two(&network).await;
    let c = node(&network, "c@mem").await;
    let nodes = ["b@mem", "nobody@mem", "a@mem", "c@mem", "b@mem"];
    let mut results = a.multicall::<i64>(nodes, "m", "add", args![1, 2]).await;
    let undef = results.remove(3).unwrap_err().to_string();
    assert_eq!(undef, "error: undef");
    let none = Err(RpcError::NoConnection);
    assert_eq!(results, [Ok(3), none, Ok(3), Ok(3)]);
    assert_eq!(a.multicall::<i64>([""; 0], "m", "add", args![]).await, []);

    // One deadline for all: the slow one is too late, the others are not.
    let slow = async |_, (): ()| {
        tokio::time::sleep(secs(60)).await;
        Ok(1)
    };
    c.register_rpc("m", "now", slow).await?;
    let quick = async |_, (): ()| Ok(2);
    a.register_rpc("m", "now", quick).await?;
    let before = tokio::time::Instant::now();
    let call = a.multicall::<i64>(["c@mem", "a@mem", "c@mem"], "m", "now", args![]);
    let results = call.timeout(secs(3)).await;
    let late = Err(RpcError::Timeout);
    assert_eq!(results, [late.clone(), Ok(2), late]);
    assert!(before.elapsed() < secs(4));
    Ok(())
}

#[ergo::test]
async fn many_at_once(network: Network) -> ergo::Result {
    let (a, _b) = two(&network).await;
    for at in BOTH {
        let requests: Vec<_> = (0..10_000)
            .map(|n| a.rpc(at).send_request::<i64>("m", "add", args![(n), (n)]))
            .collect();
        for (n, request) in requests.into_iter().enumerate() {
            assert_eq!(request.await?, 2 * i64::try_from(n)?);
        }
    }
    Ok(())
}

/// A node that takes nothing has no more waiting for it than messages may.
#[ergo::test]
async fn too_much_waits_for_the_node(network: Network) -> ergo::Result {
    let mut limits = ergo::wire::Limits::default();
    limits.outbound_bytes_max = 0;
    let a = network.node("a@mem").configure(|node| node.limits(limits));
    let a = a.start().await?;
    let _b = node(&network, "b@mem").await;
    network.stall("a@mem", "b@mem");
    a.rpc("b@mem").cast("m", "add", args![1, 2])?;
    let call = a.rpc("b@mem").call::<Term>("m", "add", args![1, 2]).await;
    assert!(matches!(call, Err(RpcError::NotSent(_))), "{call:?}");
    let cast = a.rpc("b@mem").cast("m", "add", args![1, 2]);
    assert!(
        matches!(cast, Err(RpcError::NotSent(CastError::Full { .. }))),
        "{cast:?}"
    );
    Ok(())
}
