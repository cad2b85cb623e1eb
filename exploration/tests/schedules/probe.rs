//! What the scenarios have in common: a server that does as it is told, and ways to read what a process receives.

use std::future::Future;
use std::pin::Pin;

use ergo::prelude::*;
use ergo::process::Plain;
use ergo_exploration::{Log, World};
use tokio::sync::oneshot;

/// The number in a message.
#[track_caller]
pub(crate) fn integer(message: Option<Message>) -> i64 {
    match &message {
        Some(Message::Term(term)) => term.as_integer(),
        _ => None,
    }
    .unwrap_or_else(|| panic!("{message:?} is no number"))
}

/// Whether a bounded mailbox had no room.
#[track_caller]
pub(crate) fn refused(sent: &Result<(), CastError>) -> bool {
    match sent {
        Ok(()) => false,
        Err(CastError::Full(_)) => true,
        Err(other) => panic!("{other}"),
    }
}

/// A plain process that ends with the reason it is sent.
pub(crate) fn ends_with(node: &Node) -> Pid {
    let started = node.spawn_fn(async |mut cx| match cx.receive().await {
        Some(Message::Term(term)) => ExitReason::from(term),
        other => panic!("{other:?}"),
    });
    started.unwrap()
}

/// A plain process that waits, and a clone of its context, to be used beside it.
pub(crate) fn inside_out(world: &World) -> (Pid, Context<Plain>) {
    let mut context = None;
    let started = world.node.spawn_fn(|mut cx| {
        context = Some((*cx).clone());
        async move { while cx.receive().await.is_some() {} }
    });
    (started.unwrap(), context.unwrap())
}

/// Lets the rest of the schedule go on, some steps or none.
pub(crate) async fn a_while() {
    shuttle::future::yield_now().await;
}

/// What a probe has heard.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Heard {
    Number(i64),
    Down(ExitReason),
    Exit(ExitReason),
    Info(Term),
    Terminated(ExitReason),
}

type Doing = Pin<Box<dyn Future<Output = ()> + Send>>;
type Act = Box<dyn FnOnce(Context<Probe>) -> Doing + Send>;

/// A server that notes what it hears.
#[derive(Actor)]
pub(crate) struct Probe {
    log: Log<Heard>,
    /// A call that is not answered yet.
    kept: Option<Reply<i64>>,
}

#[ergo::server]
impl Probe {
    fn init(log: Log<Heard>) -> Result<Self, ExitReason> {
        Ok(Probe { log, kept: None })
    }

    #[call]
    fn add(&mut self, number: i64) -> i64 {
        number + 1
    }

    /// Answers in the next `answer`, or when it is dropped.
    #[call]
    fn keep(&mut self, reply: Reply<i64>) {
        self.kept = Some(reply);
    }

    #[cast]
    fn answer(&mut self, number: i64) {
        if let Some(reply) = self.kept.take() {
            reply.send(number);
        }
    }

    #[cast]
    fn drop_reply(&mut self) {
        self.kept = None;
    }

    /// Hands the right to answer to somebody else.
    #[call(local)]
    fn give(&mut self, to: oneshot::Sender<Reply<i64>>, reply: Reply<i64>) {
        let _ = to.send(reply);
    }

    #[cast]
    fn note(&mut self, number: i64) {
        self.log.push(Heard::Number(number));
    }

    #[call(local)]
    async fn run(&mut self, act: Act, cx: &Context<Self>) {
        act(cx.clone()).await;
    }

    /// Never done with it.
    #[cast]
    async fn hang(&mut self) {
        std::future::pending::<()>().await;
    }

    #[cast]
    fn stop(&mut self, reason: ExitReason) -> Flow {
        Flow::Stop(reason)
    }

    #[down]
    fn down(&mut self, down: Down) {
        self.log.push(Heard::Down(down.reason));
    }

    #[exit]
    fn exit(&mut self, exit: Exit) {
        self.log.push(Heard::Exit(exit.reason));
    }

    #[info]
    fn info(&mut self, term: Term) {
        self.log.push(Heard::Info(term));
    }

    async fn terminate(self, reason: &ExitReason) {
        self.log.push(Heard::Terminated(reason.clone()));
    }
}

impl ProbeRef {
    /// Awaits `act` in a callback of the probe.
    pub(crate) async fn inside<F>(
        &self,
        act: impl FnOnce(Context<Probe>) -> F + Send + 'static,
    ) -> Result<(), CallError>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.run(Box::new(move |cx| Box::pin(act(cx))))
            .timeout(Duration::MAX)
            .await
    }
}
