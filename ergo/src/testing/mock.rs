//! Stand-ins with a typed handle.

use std::any::type_name;
use std::marker::PhantomData;
use std::panic::Location;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::behaviour::ServerMessage;
use crate::etf::{DecodeError, Decoder, EncodeError, Encoder, Pid};
use crate::node::Node;
use crate::process::{
    Actor, Behavior, Context, ExitReason, Flow, Handle, Ref, ReplyTo, Serves, SpawnOptions,
};

/// A process that stands for an actor or a protocol. Code under test gets its handle, the test gets the messages, with
/// the values that were passed: nothing is encoded, so methods that are `local` work, too.
///
/// It ends when it is dropped.
#[derive(Debug)]
pub struct Mock<H: Handle> {
    handle: H,
    arriving: mpsc::UnboundedReceiver<<H::Actor as Behavior>::Message>,
    patience: Duration,
}

impl<H: Handle> Mock<H> {
    /// A stand-in on a node.
    ///
    /// # Panics
    /// The node has stopped.
    pub async fn start(node: &Node) -> Mock<H> {
        let (sender, arriving) = mpsc::unbounded_channel();
        let started = node
            .spawn_with::<Standing<H::Actor>>(sender, SpawnOptions::default())
            .await
            .unwrap_or_else(|error| panic!("no mock can be started: {error}"));
        Mock {
            handle: H::from(started.0.serving()),
            arriving,
            patience: Duration::from_secs(10),
        }
    }

    /// The handle that code under test is given.
    pub fn handle(&self) -> H {
        self.handle.clone()
    }

    /// Its pid.
    pub fn pid(&self) -> Option<Pid> {
        self.handle.pid()
    }

    /// Waits for the next message.
    ///
    /// # Panics
    /// None comes within 10 seconds of virtual time.
    #[track_caller]
    pub fn expect(&mut self) -> impl Future<Output = <H::Actor as Behavior>::Message> {
        let place = Location::caller();
        async move {
            match tokio::time::timeout(self.patience, self.arriving.recv()).await {
                Ok(Some(message)) => message,
                Ok(None) => panic!("{place}: the mock of {} has ended", type_name::<H>()),
                Err(_) => panic!(
                    "{place}: expected a message for {}, within {:?} there is none",
                    type_name::<H>(),
                    self.patience
                ),
            }
        }
    }

    /// Waits this long, in which no message comes.
    ///
    /// # Panics
    /// One comes.
    #[track_caller]
    pub fn expect_no(&mut self, time: Duration) -> impl Future<Output = ()> {
        let place = Location::caller();
        async move {
            if let Ok(Some(_)) = tokio::time::timeout(time, self.arriving.recv()).await {
                panic!(
                    "{place}: expected no message for {} within {time:?}",
                    type_name::<H>()
                );
            }
        }
    }
}

impl<H: Handle, C, S> Mock<H>
where
    H::Actor: Behavior<Message = ServerMessage<C, S>>,
{
    /// Waits for the next message, which is a call.
    ///
    /// # Panics
    /// None comes within 10 seconds of virtual time, or it is a cast.
    #[track_caller]
    pub fn expect_call(&mut self) -> impl Future<Output = C> {
        let place = Location::caller();
        let next = self.expect();
        async move {
            match next.await {
                ServerMessage::Call(call) => call,
                ServerMessage::Cast(_) => panic!("{place}: expected a call, and a cast has come"),
            }
        }
    }

    /// Waits for the next message, which is a cast.
    ///
    /// # Panics
    /// None comes within 10 seconds of virtual time, or it is a call.
    #[track_caller]
    pub fn expect_cast(&mut self) -> impl Future<Output = S> {
        let place = Location::caller();
        let next = self.expect();
        async move {
            match next.await {
                ServerMessage::Cast(cast) => cast,
                ServerMessage::Call(_) => panic!("{place}: expected a cast, and a call has come"),
            }
        }
    }
}

/// The process of a mock.
struct Standing<P: Behavior> {
    sender: mpsc::UnboundedSender<P::Message>,
}

/// Its own handle, which nobody sees.
struct StandingRef<P: Behavior>(Ref<Standing<P>>, PhantomData<fn() -> P>);

impl<P: Behavior> Clone for StandingRef<P> {
    fn clone(&self) -> Self {
        StandingRef(self.0.clone(), PhantomData)
    }
}

impl<P: Behavior> From<Ref<Standing<P>>> for StandingRef<P> {
    fn from(reference: Ref<Standing<P>>) -> Self {
        StandingRef(reference, PhantomData)
    }
}

impl<P: Behavior> AsRef<Ref<Standing<P>>> for StandingRef<P> {
    fn as_ref(&self) -> &Ref<Standing<P>> {
        &self.0
    }
}

impl<P: Behavior> Handle for StandingRef<P> {
    type Actor = Standing<P>;
}

impl<P: Behavior> Actor for Standing<P> {
    type Handle = StandingRef<P>;
}

impl<P: Behavior> Serves<P> for Standing<P> {
    fn accept(message: P::Message) -> P::Message {
        message
    }
}

impl<P: Behavior> Behavior for Standing<P> {
    type Args = mpsc::UnboundedSender<P::Message>;
    type Message = P::Message;
    type Continue = std::convert::Infallible;

    async fn start(sender: Self::Args, cx: &Context<Self>) -> Result<Self, ExitReason> {
        let (closed, me) = (sender.clone(), cx.pid());
        let of_task = cx.clone();
        cx.task(async move {
            closed.closed().await;
            of_task.exit(me, ExitReason::Shutdown);
        });
        Ok(Standing { sender })
    }

    async fn dispatch(&mut self, message: P::Message, _: &Context<Self>) -> Flow {
        match self.sender.send(message) {
            Ok(()) => Flow::Continue,
            Err(_) => Flow::Stop(ExitReason::Normal),
        }
    }

    fn encode_message(message: &P::Message, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        P::encode_message(message, encoder)
    }

    fn decode_message(
        decoder: &mut Decoder<'_>,
        reply_to: &mut Option<ReplyTo>,
    ) -> Result<P::Message, DecodeError> {
        P::decode_message(decoder, reply_to)
    }
}
