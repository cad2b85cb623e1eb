//! Actors of ractor. It has no bounded mailbox, and takes no part in that workload.

use ractor::concurrency::JoinHandle;
use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort};

use crate::local::actors::Actors;
use crate::local::latch::Tally;

/// The actors of ractor need nothing to run in.
#[derive(Clone)]
pub(crate) struct Ractor;

/// What a counter gets.
pub(crate) enum Message {
    Add(u64),
    Get(u64, RpcReplyPort<u64>),
    Finish,
}

/// What a member of a ring gets.
pub(crate) enum Token {
    Join(ActorRef<Token>),
    Pass(u64),
    Leave,
}

struct Counter;

impl Actor for Counter {
    type Msg = Message;
    type State = Tally;
    type Arguments = Tally;

    async fn pre_start(
        &self,
        _: ActorRef<Message>,
        tally: Tally,
    ) -> Result<Tally, ActorProcessingErr> {
        Ok(tally)
    }

    async fn handle(
        &self,
        myself: ActorRef<Message>,
        message: Message,
        tally: &mut Tally,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            Message::Add(number) => tally.add(number),
            Message::Get(number, reply) => reply.send(number)?,
            Message::Finish => myself.stop(None),
        }
        Ok(())
    }
}

struct Member;

impl Actor for Member {
    type Msg = Token;
    type State = (Tally, Option<ActorRef<Token>>);
    type Arguments = Tally;

    async fn pre_start(
        &self,
        _: ActorRef<Token>,
        tally: Tally,
    ) -> Result<Self::State, ActorProcessingErr> {
        Ok((tally, None))
    }

    async fn handle(
        &self,
        myself: ActorRef<Token>,
        token: Token,
        (tally, next): &mut Self::State,
    ) -> Result<(), ActorProcessingErr> {
        match token {
            Token::Join(member) => *next = Some(member),
            Token::Pass(left) => {
                tally.add(1);
                if let (true, Some(next)) = (left > 1, next) {
                    next.cast(Token::Pass(left - 1))?;
                }
            }
            Token::Leave => myself.stop(None),
        }
        Ok(())
    }
}

impl Actors for Ractor {
    type Counter = ActorRef<Message>;
    type Bounded = ActorRef<Message>;
    type Member = ActorRef<Token>;
    type End = JoinHandle<()>;

    async fn start() -> Self {
        Ractor
    }

    async fn counter(&self, tally: Tally) -> (Self::Counter, Self::End) {
        Actor::spawn(None, Counter, tally).await.expect("a counter")
    }

    #[inline]
    async fn cast(to: &Self::Counter, number: u64) {
        to.cast(Message::Add(number)).expect("the counter lives");
    }

    #[inline]
    async fn call(to: &Self::Counter, number: u64) -> u64 {
        ractor::call!(to, |reply| Message::Get(number, reply)).expect("an answer")
    }

    fn stop(counter: Self::Counter) {
        counter.cast(Message::Finish).expect("the counter lives");
    }

    async fn ended(end: Self::End) {
        end.await.expect("the counter does not panic");
    }

    async fn bounded(&self, tally: Tally) -> Self::Bounded {
        self.counter(tally).await.0
    }

    #[inline]
    async fn cast_bounded(to: &Self::Bounded, number: u64) {
        Self::cast(to, number).await;
    }

    fn stop_bounded(counter: Self::Bounded) {
        Self::stop(counter);
    }

    async fn member(&self, tally: Tally) -> Self::Member {
        Actor::spawn(None, Member, tally).await.expect("a member").0
    }

    fn join(member: &Self::Member, next: Self::Member) {
        member.cast(Token::Join(next)).expect("the member lives");
    }

    #[inline]
    fn pass(to: &Self::Member, left: u64) {
        to.cast(Token::Pass(left)).expect("the member lives");
    }

    fn leave(member: &Self::Member) {
        member.cast(Token::Leave).expect("the member lives");
    }
}
