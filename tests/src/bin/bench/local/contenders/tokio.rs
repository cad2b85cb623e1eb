//! Tasks with channels, as a good engineer writes them by hand.

use std::time::Duration;

use tokio::sync::mpsc::{self, Receiver, Sender, UnboundedReceiver, UnboundedSender};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::local::actors::{Actors, BOUND};
use crate::local::latch::Tally;

/// Bare tokio; with `DEADLINE`, a call waits five seconds at most.
#[derive(Clone)]
pub(crate) struct Tokio<const DEADLINE: bool>;

/// What a counter gets.
pub(crate) enum Message {
    Add(u64),
    Get(u64, oneshot::Sender<u64>),
}

/// What a member of a ring gets.
pub(crate) enum Token {
    Join(UnboundedSender<Token>),
    Pass(u64),
    Leave,
}

impl Message {
    #[inline]
    fn handle(self, tally: &mut Tally) {
        match self {
            Message::Add(number) => tally.add(number),
            Message::Get(number, reply) => {
                // The caller may have given up.
                let _ = reply.send(number);
            }
        }
    }
}

async fn count(mut tally: Tally, mut messages: UnboundedReceiver<Message>) {
    while let Some(message) = messages.recv().await {
        message.handle(&mut tally);
    }
}

async fn count_bounded(mut tally: Tally, mut messages: Receiver<Message>) {
    while let Some(message) = messages.recv().await {
        message.handle(&mut tally);
    }
}

async fn pass_on(mut tally: Tally, mut tokens: UnboundedReceiver<Token>) {
    let mut next = None;
    while let Some(token) = tokens.recv().await {
        match token {
            Token::Join(member) => next = Some(member),
            Token::Pass(left) => {
                tally.add(1);
                if let (true, Some(next)) = (left > 1, &next) {
                    next.send(Token::Pass(left - 1))
                        .expect("the next one lives");
                }
            }
            Token::Leave => return,
        }
    }
}

impl<const DEADLINE: bool> Actors for Tokio<DEADLINE> {
    type Counter = UnboundedSender<Message>;
    type Bounded = Sender<Message>;
    type Member = UnboundedSender<Token>;
    type End = JoinHandle<()>;

    async fn start() -> Self {
        Tokio
    }

    async fn counter(&self, tally: Tally) -> (Self::Counter, Self::End) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (sender, tokio::spawn(count(tally, receiver)))
    }

    #[inline]
    async fn cast(to: &Self::Counter, number: u64) {
        to.send(Message::Add(number)).expect("the counter lives");
    }

    #[inline]
    async fn call(to: &Self::Counter, number: u64) -> u64 {
        let (reply, answer) = oneshot::channel();
        to.send(Message::Get(number, reply))
            .expect("the counter lives");
        if DEADLINE {
            let answer = tokio::time::timeout(Duration::from_secs(5), answer).await;
            return answer.expect("an answer in time").expect("an answer");
        }
        answer.await.expect("an answer")
    }

    fn stop(counter: Self::Counter) {
        drop(counter);
    }

    async fn ended(end: Self::End) {
        end.await.expect("the counter does not panic");
    }

    async fn bounded(&self, tally: Tally) -> Self::Bounded {
        let (sender, receiver) = mpsc::channel(BOUND as usize);
        tokio::spawn(count_bounded(tally, receiver));
        sender
    }

    #[inline]
    async fn cast_bounded(to: &Self::Bounded, number: u64) {
        to.send(Message::Add(number))
            .await
            .expect("the counter lives");
    }

    fn stop_bounded(counter: Self::Bounded) {
        drop(counter);
    }

    async fn member(&self, tally: Tally) -> Self::Member {
        let (sender, receiver) = mpsc::unbounded_channel();
        tokio::spawn(pass_on(tally, receiver));
        sender
    }

    fn join(member: &Self::Member, next: Self::Member) {
        member.send(Token::Join(next)).expect("the member lives");
    }

    #[inline]
    fn pass(to: &Self::Member, left: u64) {
        to.send(Token::Pass(left)).expect("the member lives");
    }

    fn leave(member: &Self::Member) {
        member.send(Token::Leave).expect("the member lives");
    }
}
