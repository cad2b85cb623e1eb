//! Actors of tokio-actors. Every mailbox of it has a bound, so `notify` waits for room: there is no row without one.
//!
//! Its fast form: one message type per actor and mailboxes of [`BOUND`] messages instead of 64. An actor is started
//! as its users start it, by an `await` that ends after its initialization, as ours does.

use tokio_actors::actor::ActorExt as _;
use tokio_actors::{Actor, ActorConfig, ActorContext, ActorHandle, ActorResult, StopReason};

use crate::local::actors::{Actors, BOUND};
use crate::local::latch::Tally;

/// The default system of tokio-actors.
#[derive(Clone)]
pub(crate) struct TokioActors;

/// Counts what it is sent.
pub(crate) struct Counter {
    tally: Tally,
}

/// What a counter gets.
pub(crate) enum Message {
    Add(u64),
    Get(u64),
    Finish,
}

impl Actor for Counter {
    type Message = Message;
    type Response = u64;

    async fn handle(&mut self, message: Message, cx: &mut ActorContext<Self>) -> ActorResult<u64> {
        match message {
            Message::Add(number) => self.tally.add(number),
            Message::Get(number) => return Ok(number),
            Message::Finish => finish(cx).await,
        }
        Ok(0)
    }
}

/// Passes a token on.
pub(crate) struct Member {
    tally: Tally,
    next: Option<ActorHandle<Member>>,
}

/// What a member of a ring gets.
pub(crate) enum Token {
    Join(ActorHandle<Member>),
    Pass(u64),
    Leave,
}

impl Actor for Member {
    type Message = Token;
    type Response = ();

    async fn handle(&mut self, token: Token, cx: &mut ActorContext<Self>) -> ActorResult<()> {
        match token {
            Token::Join(next) => self.next = Some(next),
            Token::Pass(left) => {
                self.tally.add(1);
                if let (true, Some(next)) = (left > 1, &self.next) {
                    Self::pass_on(next, left - 1);
                }
            }
            Token::Leave => finish(cx).await,
        }
        Ok(())
    }
}

impl Member {
    fn pass_on(next: &ActorHandle<Member>, left: u64) {
        next.try_notify(Token::Pass(left))
            .expect("the next one lives");
    }
}

/// A stop overtakes messages: only the actor itself can stop after what it has been sent.
async fn finish<A: Actor>(cx: &ActorContext<A>) {
    cx.self_handle()
        .stop(StopReason::Graceful)
        .await
        .expect("it lives");
}

async fn started<A: Actor>(actor: A) -> ActorHandle<A> {
    let config = ActorConfig::default().with_mailbox_capacity(BOUND as usize);
    actor.spawn().with_config(config).await.expect("an actor")
}

impl Actors for TokioActors {
    type Counter = ActorHandle<Counter>;
    type Bounded = ActorHandle<Counter>;
    type Member = ActorHandle<Member>;
    type End = ActorHandle<Counter>;

    async fn start() -> Self {
        TokioActors
    }

    async fn counter(&self, tally: Tally) -> (Self::Counter, Self::End) {
        let counter = started(Counter { tally }).await;
        (counter.clone(), counter)
    }

    #[inline]
    async fn cast(to: &Self::Counter, number: u64) {
        to.notify(Message::Add(number))
            .await
            .expect("the counter lives");
    }

    #[inline]
    async fn call(to: &Self::Counter, number: u64) -> u64 {
        to.send(Message::Get(number)).await.expect("an answer")
    }

    fn stop(counter: Self::Counter) {
        counter
            .try_notify(Message::Finish)
            .expect("the counter lives");
    }

    async fn ended(end: Self::End) {
        end.wait_stopped().await;
    }

    async fn bounded(&self, tally: Tally) -> Self::Bounded {
        started(Counter { tally }).await
    }

    #[inline]
    async fn cast_bounded(to: &Self::Bounded, number: u64) {
        Self::cast(to, number).await;
    }

    fn stop_bounded(counter: Self::Bounded) {
        Self::stop(counter);
    }

    async fn member(&self, tally: Tally) -> Self::Member {
        started(Member { tally, next: None }).await
    }

    fn join(member: &Self::Member, next: Self::Member) {
        member
            .try_notify(Token::Join(next))
            .expect("the member lives");
    }

    #[inline]
    fn pass(to: &Self::Member, left: u64) {
        Member::pass_on(to, left);
    }

    fn leave(member: &Self::Member) {
        member.try_notify(Token::Leave).expect("the member lives");
    }
}
