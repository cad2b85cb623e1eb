//! Actors of actix, which live on threads of their own: on one arbiter, or dealt out to two of them. So do the tasks
//! that send to them, as its users would have it.
//!
//! Its fast form: `do_send`, which does not wait, an actor that is started without a trip through the arbiter's queue
//! where its starter is on that arbiter, and mailboxes without a bound (actix has 16 messages otherwise, and a
//! caller that finds a full one tries again).

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix::dev::ToEnvelope;
use actix::prelude::*;
use tokio::sync::oneshot;

use crate::local::actors::{Actors, BOUND};
use crate::local::latch::Tally;

/// A system of actix with so many arbiters.
#[derive(Clone)]
pub(crate) struct Actix<const ARBITERS: usize>(Arc<Threads>);

struct Threads {
    system: System,
    arbiters: Vec<ArbiterHandle>,
    /// How many actors have been dealt out.
    dealt: AtomicUsize,
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.system.stop();
    }
}

/// What [`Context::set_mailbox_capacity`] takes for no bound.
const UNBOUNDED: usize = 0;

#[derive(Message)]
#[rtype(result = "()")]
struct Add(u64);

#[derive(Message)]
#[rtype(result = "u64")]
struct Get(u64);

#[derive(Message)]
#[rtype(result = "()")]
struct Finish;

/// Counts what it is sent.
pub(crate) struct Counter {
    tally: Tally,
}

impl Actor for Counter {
    type Context = Context<Self>;
}

impl Handler<Add> for Counter {
    type Result = ();

    fn handle(&mut self, Add(number): Add, _: &mut Context<Self>) {
        self.tally.add(number);
    }
}

impl Handler<Get> for Counter {
    type Result = u64;

    fn handle(&mut self, Get(number): Get, _: &mut Context<Self>) -> u64 {
        number
    }
}

impl Handler<Finish> for Counter {
    type Result = ();

    fn handle(&mut self, _: Finish, cx: &mut Context<Self>) {
        cx.stop();
    }
}

/// Passes a token on.
pub(crate) struct Member {
    tally: Tally,
    next: Option<Addr<Member>>,
}

#[derive(Message)]
#[rtype(result = "()")]
struct Join(Addr<Member>);

#[derive(Message)]
#[rtype(result = "()")]
struct Pass(u64);

impl Actor for Member {
    type Context = Context<Self>;
}

impl Handler<Join> for Member {
    type Result = ();

    fn handle(&mut self, Join(next): Join, _: &mut Context<Self>) {
        self.next = Some(next);
    }
}

impl Handler<Pass> for Member {
    type Result = ();

    fn handle(&mut self, Pass(left): Pass, _: &mut Context<Self>) {
        self.tally.add(1);
        if let (true, Some(next)) = (left > 1, &self.next) {
            next.do_send(Pass(left - 1));
        }
    }
}

impl Handler<Finish> for Member {
    type Result = ();

    fn handle(&mut self, _: Finish, cx: &mut Context<Self>) {
        cx.stop();
    }
}

impl<const ARBITERS: usize> Actix<ARBITERS> {
    /// Deals an actor out.
    fn deal<A>(&self, actor: A, capacity: usize) -> Addr<A>
    where
        A: Actor<Context = Context<A>> + Send,
    {
        let with_capacity = move |cx: &mut Context<A>| {
            cx.set_mailbox_capacity(capacity);
            actor
        };
        if ARBITERS == 1 && Arbiter::try_current().is_some() {
            return Actor::create(with_capacity);
        }
        let at = self.0.dealt.fetch_add(1, Ordering::Relaxed) % ARBITERS;
        Actor::start_in_arbiter(&self.0.arbiters[at], with_capacity)
    }
}

/// Stops an actor and lets go of its address.
fn finish<A>(actor: Addr<A>)
where
    A: Actor + Handler<Finish>,
    A::Context: ToEnvelope<A, Finish>,
{
    actor.do_send(Finish);
}

/// Runs a system until it is stopped; `started` gets it and its arbiters.
fn run(arbiters: usize, started: oneshot::Sender<Threads>) {
    let runner = System::new();
    let arbiters: Vec<Arbiter> = (0..arbiters).map(|_| Arbiter::new()).collect();
    let threads = Threads {
        system: System::current(),
        arbiters: arbiters.iter().map(Arbiter::handle).collect(),
        dealt: AtomicUsize::new(0),
    };
    // Nobody waits for it any more: dropped, it stops the system.
    drop(started.send(threads));
    runner.run().expect("a system that is stopped");
    for arbiter in arbiters {
        arbiter.stop();
        arbiter.join().expect("an arbiter that does not panic");
    }
}

impl<const ARBITERS: usize> Actors for Actix<ARBITERS> {
    type Counter = Addr<Counter>;
    type Bounded = Addr<Counter>;
    type Member = Addr<Member>;
    type End = Addr<Counter>;

    async fn start() -> Self {
        let (started, threads) = oneshot::channel();
        std::thread::spawn(|| run(ARBITERS, started));
        Actix(Arc::new(threads.await.expect("a system of actix")))
    }

    fn task(&self, at: u64, future: impl Future<Output = ()> + Send + 'static) {
        let at = usize::try_from(at).expect("few tasks") % ARBITERS;
        assert!(self.0.arbiters[at].spawn(future), "the arbiter lives");
    }

    async fn counter(&self, tally: Tally) -> (Self::Counter, Self::End) {
        let counter = self.deal(Counter { tally }, UNBOUNDED);
        (counter.clone(), counter)
    }

    #[inline]
    async fn cast(to: &Self::Counter, number: u64) {
        to.do_send(Add(number));
    }

    #[inline]
    async fn call(to: &Self::Counter, number: u64) -> u64 {
        to.send(Get(number)).await.expect("an answer")
    }

    fn stop(counter: Self::Counter) {
        finish(counter);
    }

    /// Nothing tells the end of an actor but a request that is never answered.
    async fn ended(end: Self::End) {
        let answer = end.send(Get(0)).await;
        assert!(answer.is_err(), "the counter has been stopped");
    }

    async fn bounded(&self, tally: Tally) -> Self::Bounded {
        self.deal(Counter { tally }, BOUND as usize)
    }

    #[inline]
    async fn cast_bounded(to: &Self::Bounded, number: u64) {
        while let Err(error) = to.try_send(Add(number)) {
            assert!(matches!(error, SendError::Full(_)), "the counter lives");
            tokio::task::yield_now().await;
        }
    }

    fn stop_bounded(counter: Self::Bounded) {
        finish(counter);
    }

    async fn member(&self, tally: Tally) -> Self::Member {
        self.deal(Member { tally, next: None }, UNBOUNDED)
    }

    fn join(member: &Self::Member, next: Self::Member) {
        member.do_send(Join(next));
    }

    #[inline]
    fn pass(to: &Self::Member, left: u64) {
        to.do_send(Pass(left));
    }

    fn leave(member: &Self::Member) {
        finish(member.clone());
    }
}
