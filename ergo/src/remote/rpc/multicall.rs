//! A call of a function on several nodes at once.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::etf::DecodeOwned;
use crate::node::Node;
use crate::process::Deadline;
use crate::process::host::AsHost;
use crate::remote::{RpcCall, RpcError};

/// Calls of one function on several nodes, from [`Node::multicall`]: a future of their results, in the order of the nodes.
///
/// # Cancel safety
/// Dropping it abandons all of them, as for one call.
#[must_use = "the calls are sent when it is awaited"]
pub struct Multicall<R> {
    node: Node,
    calls: Vec<One<R>>,
    timeout: Duration,
    deadline: Option<Deadline>,
}

enum One<R> {
    Call(RpcCall<R>),
    Result(Result<R, RpcError>),
}

impl<R> Multicall<R> {
    pub(in crate::remote) fn new(node: &Node, calls: Vec<RpcCall<R>>, timeout: Duration) -> Self {
        Multicall {
            node: node.clone(),
            calls: calls.into_iter().map(One::Call).collect(),
            timeout,
            deadline: None,
        }
    }

    /// Gives all of them together this long instead of 5 seconds; [`Duration::MAX`] is OTP's `infinity`.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

impl<R> Unpin for Multicall<R> {}

impl<R: DecodeOwned> Future for Multicall<R> {
    type Output = Vec<Result<R, RpcError>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let mut is_over = true;
        for one in &mut this.calls {
            if let One::Call(call) = one {
                match call.poll_result(cx) {
                    Poll::Ready(result) => *one = One::Result(result),
                    Poll::Pending => is_over = false,
                }
            }
        }
        if !is_over {
            let deadline = this
                .deadline
                .get_or_insert_with(|| Deadline::new(this.timeout));
            std::task::ready!(deadline.poll(&this.node.host(), cx));
        }
        // What has not answered is abandoned with its call.
        let results = std::mem::take(&mut this.calls).into_iter();
        Poll::Ready(
            results
                .map(|one| match one {
                    One::Call(_) => Err(RpcError::Timeout),
                    One::Result(result) => result,
                })
                .collect(),
        )
    }
}

impl<R> Drop for Multicall<R> {
    fn drop(&mut self) {
        if let Some(deadline) = &mut self.deadline {
            deadline.end(&self.node.host());
        }
    }
}

impl<R> std::fmt::Debug for Multicall<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let calls = self.calls.iter().filter_map(|one| match one {
            One::Call(call) => Some(call),
            One::Result(_) => None,
        });
        f.debug_list().entries(calls).finish()
    }
}
