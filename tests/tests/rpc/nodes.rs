//! The nodes of these tests.

use ergo::RpcError;
use ergo::prelude::*;
use ergo::testing::{Network, TestNode};

pub(crate) async fn node(network: &Network, name: &str) -> TestNode {
    network.node(name).start().await.unwrap()
}

/// `m:who/0`, which says who asks.
pub(crate) async fn who(cx: PlainContext, (): ()) -> Result<Option<Atom>, Exception> {
    Ok(cx.caller().cloned())
}

/// Calls `m:who/0` there.
pub(crate) async fn ask(from: &Node, at: &str) -> Result<Atom, RpcError> {
    from.rpc(at).call("m", "who", args![]).await
}

/// `{not_allowed, {m, who, 0}}`, with the place in the form of Erlang.
pub(crate) fn not_allowed() -> RpcError {
    RpcError::Error {
        reason: term!({not_allowed, {m, who, 0}}),
        stack: term!([{m, who, [], []}]),
    }
}

/// `undef`, with the place in the form of Erlang.
pub(crate) fn undef() -> RpcError {
    RpcError::Error {
        reason: term!(undef),
        stack: term!([{m, who, [], []}]),
    }
}
