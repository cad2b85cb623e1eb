//! Actors of kameo.

use kameo::actor::{ActorRef, Spawn as _};
use kameo::mailbox;
use kameo::message::{Context, Message};

use crate::local::actors::{Actors, BOUND};
use crate::local::latch::Tally;

/// The actors of kameo need nothing to run in.
#[derive(Clone)]
pub(crate) struct Kameo;

/// Counts what it is sent.
#[derive(kameo::Actor)]
pub(crate) struct Counter {
    tally: Tally,
}

struct Add(u64);
struct Get(u64);
struct Finish;

impl Message<Add> for Counter {
    type Reply = ();

    async fn handle(&mut self, Add(number): Add, _: &mut Context<Self, ()>) {
        self.tally.add(number);
    }
}

impl Message<Get> for Counter {
    type Reply = u64;

    async fn handle(&mut self, Get(number): Get, _: &mut Context<Self, u64>) -> u64 {
        number
    }
}

impl Message<Finish> for Counter {
    type Reply = ();

    async fn handle(&mut self, _: Finish, cx: &mut Context<Self, ()>) {
        cx.stop();
    }
}

/// Passes a token on.
#[derive(kameo::Actor)]
pub(crate) struct Member {
    tally: Tally,
    next: Option<ActorRef<Member>>,
}

struct Join(ActorRef<Member>);
struct Pass(u64);

impl Message<Join> for Member {
    type Reply = ();

    async fn handle(&mut self, Join(next): Join, _: &mut Context<Self, ()>) {
        self.next = Some(next);
    }
}

impl Message<Pass> for Member {
    type Reply = ();

    async fn handle(&mut self, Pass(left): Pass, _: &mut Context<Self, ()>) {
        self.tally.add(1);
        if let (true, Some(next)) = (left > 1, &self.next) {
            next.tell(Pass(left - 1))
                .try_send()
                .expect("the next one lives");
        }
    }
}

impl Message<Finish> for Member {
    type Reply = ();

    async fn handle(&mut self, _: Finish, cx: &mut Context<Self, ()>) {
        cx.stop();
    }
}

impl Actors for Kameo {
    type Counter = ActorRef<Counter>;
    type Bounded = ActorRef<Counter>;
    type Member = ActorRef<Member>;
    type End = ActorRef<Counter>;

    async fn start() -> Self {
        Kameo
    }

    async fn counter(&self, tally: Tally) -> (Self::Counter, Self::End) {
        let counter = Counter::spawn_with_mailbox(Counter { tally }, mailbox::unbounded());
        (counter.clone(), counter)
    }

    #[inline]
    async fn cast(to: &Self::Counter, number: u64) {
        to.tell(Add(number)).try_send().expect("the counter lives");
    }

    #[inline]
    async fn call(to: &Self::Counter, number: u64) -> u64 {
        to.ask(Get(number)).await.expect("an answer")
    }

    fn stop(counter: Self::Counter) {
        counter.tell(Finish).try_send().expect("the counter lives");
    }

    async fn ended(end: Self::End) {
        end.wait_for_shutdown().await;
    }

    async fn bounded(&self, tally: Tally) -> Self::Bounded {
        Counter::spawn_with_mailbox(Counter { tally }, mailbox::bounded(BOUND as usize))
    }

    #[inline]
    async fn cast_bounded(to: &Self::Bounded, number: u64) {
        to.tell(Add(number)).await.expect("the counter lives");
    }

    fn stop_bounded(counter: Self::Bounded) {
        counter.tell(Finish).try_send().expect("the counter lives");
    }

    async fn member(&self, tally: Tally) -> Self::Member {
        Member::spawn_with_mailbox(Member { tally, next: None }, mailbox::unbounded())
    }

    fn join(member: &Self::Member, next: Self::Member) {
        member
            .tell(Join(next))
            .try_send()
            .expect("the member lives");
    }

    #[inline]
    fn pass(to: &Self::Member, left: u64) {
        to.tell(Pass(left)).try_send().expect("the member lives");
    }

    fn leave(member: &Self::Member) {
        member.tell(Finish).try_send().expect("the member lives");
    }
}
