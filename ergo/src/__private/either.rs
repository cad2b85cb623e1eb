//! One of two futures.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

pin_project_lite::pin_project! {
    /// A future that is one of two: what a match of two calls gives without an `async` block, which would keep the
    /// message beside the future that has taken it.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless they are polled"]
    pub struct Either<L, R> {
        #[pin]
        one: One<L, R>,
    }
}

pin_project_lite::pin_project! {
    #[derive(Debug)]
    #[project = Projection]
    enum One<L, R> {
        Left { #[pin] left: L },
        Right { #[pin] right: R },
    }
}

impl<L, R> Either<L, R> {
    /// The first of them.
    #[inline]
    pub fn left(left: L) -> Self {
        Either {
            one: One::Left { left },
        }
    }

    /// The second of them.
    #[inline]
    pub fn right(right: R) -> Self {
        Either {
            one: One::Right { right },
        }
    }
}

impl<L: Future, R: Future<Output = L::Output>> Future for Either<L, R> {
    type Output = L::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().one.project() {
            Projection::Left { left } => left.poll(cx),
            Projection::Right { right } => right.poll(cx),
        }
    }
}
