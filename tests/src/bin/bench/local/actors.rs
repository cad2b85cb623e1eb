//! What every contender has to offer.

use std::future::Future;

use crate::local::latch::Tally;

/// Tasks or actors of one contender. Every method does the least its users would get away with.
///
/// A counter owns a [`Tally`] and adds what it is sent. A member of a ring passes a token on: it counts each token in
/// its tally and sends `left - 1` to the next one while `left` is above 1.
pub(crate) trait Actors: Sized + Clone + Send + Sync + 'static {
    /// A reference to a counter with an unbounded mailbox.
    type Counter: Clone + Send + Sync + 'static;
    /// A reference to a counter whose mailbox holds [`BOUND`] messages.
    type Bounded: Clone + Send + Sync + 'static;
    /// A reference to a member of a ring.
    type Member: Clone + Send + Sync + 'static;
    /// What the end of a counter is waited for with.
    type End: Send + 'static;

    /// Whatever has to run before actors do.
    fn start() -> impl Future<Output = Self> + Send;

    /// Runs a task that is no actor where the users of this contender would. Whoever deals its actors out to threads
    /// of its own, beginning with thread 0, runs this one on thread `at`.
    fn task(&self, at: u64, future: impl Future<Output = ()> + Send + 'static) {
        let _ = at;
        tokio::spawn(future);
    }

    /// Starts a counter.
    fn counter(&self, tally: Tally) -> impl Future<Output = (Self::Counter, Self::End)> + Send;
    /// Sends a number. Waits only if it cannot be sent without.
    fn cast(to: &Self::Counter, number: u64) -> impl Future<Output = ()> + Send;
    /// Sends a number and waits for it to come back.
    fn call(to: &Self::Counter, number: u64) -> impl Future<Output = u64> + Send;
    /// Lets a counter end after what it has been sent.
    fn stop(counter: Self::Counter);
    /// Waits until a counter has ended.
    fn ended(end: Self::End) -> impl Future<Output = ()> + Send;

    /// Starts a counter with a bound.
    fn bounded(&self, tally: Tally) -> impl Future<Output = Self::Bounded> + Send;
    /// Sends a number, waiting for room.
    fn cast_bounded(to: &Self::Bounded, number: u64) -> impl Future<Output = ()> + Send;
    /// Lets a bounded counter end; its mailbox is empty.
    fn stop_bounded(counter: Self::Bounded);

    /// Starts a member of a ring.
    fn member(&self, tally: Tally) -> impl Future<Output = Self::Member> + Send;
    /// Says who is next.
    fn join(member: &Self::Member, next: Self::Member);
    /// Sends the token.
    fn pass(to: &Self::Member, left: u64);
    /// Lets a member end.
    fn leave(member: &Self::Member);
}

/// The bound of [`Actors::Bounded`].
pub(crate) const BOUND: u32 = 1024;
