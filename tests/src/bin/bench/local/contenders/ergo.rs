//! Servers of ergo.

use std::time::{Duration, Instant};

use ::ergo::prelude::*;

use crate::local::actors::Actors;
use crate::local::latch::{Latch, Tally};

/// A node of ergo.
#[derive(Clone)]
pub(crate) struct Ergo(Node);

/// Counts what it is sent.
#[derive(Actor)]
pub(crate) struct Counter {
    tally: Tally,
}

#[ergo::server]
impl Counter {
    fn init(tally: Tally) -> Result<Self, ExitReason> {
        Ok(Counter { tally })
    }

    #[cast]
    fn add(&mut self, number: u64) {
        self.tally.add(number);
    }

    #[call]
    fn get(&mut self, number: u64) -> u64 {
        number
    }

    #[cast]
    fn finish(&mut self) -> Flow {
        Flow::Stop(ExitReason::Normal)
    }
}

/// The same with a bound, and senders that wait for room.
#[derive(Actor)]
#[actor(mailbox = 1024, overflow = "wait")]
pub(crate) struct Bounded {
    tally: Tally,
}

#[ergo::server]
impl Bounded {
    fn init(tally: Tally) -> Result<Self, ExitReason> {
        Ok(Bounded { tally })
    }

    #[cast(wait)]
    fn add(&mut self, number: u64) {
        self.tally.add(number);
    }

    #[cast]
    fn finish(&mut self) -> Flow {
        Flow::Stop(ExitReason::Normal)
    }
}

/// Passes a token on.
#[derive(Actor)]
pub(crate) struct Member {
    tally: Tally,
    next: Option<MemberRef>,
}

#[ergo::server]
impl Member {
    fn init(tally: Tally) -> Result<Self, ExitReason> {
        Ok(Member { tally, next: None })
    }

    #[cast]
    fn join(&mut self, next: MemberRef) {
        self.next = Some(next);
    }

    #[cast]
    fn pass(&mut self, left: u64) {
        self.tally.add(1);
        if let (true, Some(next)) = (left > 1, &self.next) {
            next.pass(left - 1).expect("the next one lives");
        }
    }

    #[cast]
    fn leave(&mut self) -> Flow {
        Flow::Stop(ExitReason::Normal)
    }
}

/// A process that calls and spawns, for what only processes do.
#[derive(Actor)]
pub(crate) struct Caller {}

#[ergo::server]
impl Caller {
    fn init() -> Result<Self, ExitReason> {
        Ok(Caller {})
    }

    #[call(local)]
    async fn call(&mut self, to: CounterRef, calls: u64) -> u64 {
        let mut sum = 0;
        for number in 0..calls {
            sum += to.get(number).await.expect("an answer");
        }
        sum
    }

    #[call(local)]
    async fn spawn_linked(&mut self, tallies: Vec<Tally>, cx: &Context<Self>) {
        let mut counters = Vec::new();
        for tally in tallies {
            counters.push(cx.spawn_link::<Counter>(tally).await.expect("a counter"));
        }
        counters.into_iter().for_each(Ergo::stop);
    }
}

/// One call after the other, from inside a process.
pub(crate) async fn call_process(calls: u64) -> Duration {
    let Ergo(node) = Ergo::start().await;
    let (reached, ended) = (Latch::new(1), Latch::new(1));
    let counter = node
        .spawn::<Counter>(Tally::new(u64::MAX, &reached, &ended))
        .await
        .expect("a counter");
    let caller = node.spawn::<Caller>(()).await.expect("a caller");
    let begin = Instant::now();
    let sum = caller
        .call(counter, calls)
        .timeout(secs(600))
        .await
        .expect("an answer");
    let elapsed = begin.elapsed();
    assert_eq!(sum, calls * (calls - 1) / 2, "a wrong answer");
    elapsed
}

/// Starts all of them linked to one process, then stops all of them.
pub(crate) async fn spawn_many_linked(processes: u64) -> Duration {
    let Ergo(node) = Ergo::start().await;
    let (reached, ended) = (Latch::new(1), Latch::new(processes));
    let caller = node.spawn::<Caller>(()).await.expect("a caller");
    let tallies = (0..processes)
        .map(|_| Tally::new(u64::MAX, &reached, &ended))
        .collect();
    let begin = Instant::now();
    caller
        .spawn_linked(tallies)
        .timeout(secs(600))
        .await
        .expect("an answer");
    ended.wait().await;
    begin.elapsed()
}

impl Actors for Ergo {
    type Counter = CounterRef;
    type Bounded = BoundedRef;
    type Member = MemberRef;
    type End = CounterRef;

    async fn start() -> Self {
        let node = Node::builder("bench@127.0.0.1").local_only().start().await;
        Ergo(node.expect("a node"))
    }

    async fn counter(&self, tally: Tally) -> (Self::Counter, Self::End) {
        let counter = self.0.spawn::<Counter>(tally).await.expect("a counter");
        (counter.clone(), counter)
    }

    #[inline]
    async fn cast(to: &Self::Counter, number: u64) {
        to.add(number).expect("the counter lives");
    }

    #[inline]
    async fn call(to: &Self::Counter, number: u64) -> u64 {
        to.get(number).await.expect("an answer")
    }

    fn stop(counter: Self::Counter) {
        counter.finish().expect("the counter lives");
    }

    async fn ended(end: Self::End) {
        end.as_ref().ended().await;
    }

    async fn bounded(&self, tally: Tally) -> Self::Bounded {
        self.0.spawn::<Bounded>(tally).await.expect("a counter")
    }

    #[inline]
    async fn cast_bounded(to: &Self::Bounded, number: u64) {
        to.add(number).await.expect("the counter lives");
    }

    fn stop_bounded(counter: Self::Bounded) {
        counter.finish().expect("the counter lives");
    }

    async fn member(&self, tally: Tally) -> Self::Member {
        self.0.spawn::<Member>(tally).await.expect("a member")
    }

    fn join(member: &Self::Member, next: Self::Member) {
        member.join(next).expect("the member lives");
    }

    #[inline]
    fn pass(to: &Self::Member, left: u64) {
        to.pass(left).expect("the member lives");
    }

    fn leave(member: &Self::Member) {
        member.leave().expect("the member lives");
    }
}
