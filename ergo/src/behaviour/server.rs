//! The server behaviour: gen_server with typed requests.

use std::future::Future;

use crate::etf::{Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Term};
use crate::process::warn_about;
use crate::process::{Behavior, Context, Down, Exit, ExitReason, Flow, Reply, ReplyTo};

/// A set of requests: an enum with a variant for each, written by `derive(Request)` or `#[ergo::server]`.
///
/// A variant of calls carries the [`Reply`] to it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of requests",
    note = "add `#[derive(Request)]` to the enum `{Self}`"
)]
pub trait Request: Sized + Send + 'static {
    /// Writes the request as its Erlang term, `{take, 1, 2}`.
    ///
    /// # Errors
    /// [`EncodeError::LocalOnly`] for a local request, or whatever an argument cannot be encoded with.
    fn encode_request(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError>;

    /// Reads a request. For a call `reply_to` is `Some` and is taken once every argument has been read.
    ///
    /// # Errors
    /// [`DecodeError::unknown_request`] when no variant matches, or what is wrong with an argument.
    fn decode_request(
        decoder: &mut Decoder<'_>,
        reply_to: &mut Option<ReplyTo>,
    ) -> Result<Self, DecodeError>;

    /// What the request is called on the wire, `take`, for crash reports. It is asked before each request is handled
    /// and has to be cheap.
    #[inline]
    fn request_name(&self) -> &'static str {
        "request"
    }
}

/// A call of a server whose requests are terms.
#[derive(Debug)]
pub struct TermCall {
    /// What is asked.
    pub request: Term,
    /// Where the answer goes.
    pub reply: Reply<Term>,
}

impl Request for TermCall {
    fn encode_request(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.request.encode(encoder)
    }

    fn decode_request(
        decoder: &mut Decoder<'_>,
        reply_to: &mut Option<ReplyTo>,
    ) -> Result<Self, DecodeError> {
        let request = Term::decode(decoder)?;
        let reply_to = reply_to.take().ok_or_else(DecodeError::unknown_request)?;
        Ok(TermCall {
            request,
            reply: reply_to.reply(),
        })
    }
}

/// A cast of a server whose requests are terms.
impl Request for Term {
    fn encode_request(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.encode(encoder)
    }

    fn decode_request(
        decoder: &mut Decoder<'_>,
        _: &mut Option<ReplyTo>,
    ) -> Result<Self, DecodeError> {
        Term::decode(decoder)
    }
}

/// What lies in the mailbox of a server.
#[derive(Debug)]
pub enum ServerMessage<C, S> {
    /// A request that is answered.
    Call(C),
    /// A request that is not.
    Cast(S),
}

impl<C: Request, S: Request> Request for ServerMessage<C, S> {
    fn encode_request(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        match self {
            ServerMessage::Call(call) => call.encode_request(encoder),
            ServerMessage::Cast(cast) => cast.encode_request(encoder),
        }
    }

    fn request_name(&self) -> &'static str {
        match self {
            ServerMessage::Call(call) => call.request_name(),
            ServerMessage::Cast(cast) => cast.request_name(),
        }
    }

    fn decode_request(
        decoder: &mut Decoder<'_>,
        reply_to: &mut Option<ReplyTo>,
    ) -> Result<Self, DecodeError> {
        if reply_to.is_some() {
            C::decode_request(decoder, reply_to).map(ServerMessage::Call)
        } else {
            S::decode_request(decoder, reply_to).map(ServerMessage::Cast)
        }
    }
}

/// The types of a server's requests. Written by `derive(ServerBehavior)` or `#[ergo::server]`.
pub trait ServerTypes: Behavior {
    /// The calls.
    type Call: Request;
    /// The casts.
    type Cast: Request;
    /// Anything else that arrives as a term.
    type Info: Send + 'static + From<Term>;
}

/// gen_server's callbacks. `#[ergo::server]` writes them from an impl block; by hand they are `async fn`s.
///
/// Everything but [`Server::init`] has a default, as in OTP: what is not handled is logged, and a call that is not
/// handled is dropped, which its caller sees as `NoReply`.
///
/// Source: <https://www.erlang.org/doc/apps/stdlib/gen_server.html#callbacks>.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a server",
    note = "put `#[ergo::server]` on an impl block of `{Self}`, or write `impl Server for {Self}`"
)]
pub trait Server: ServerTypes {
    /// What `spawn` takes and `init` gets.
    type Args: Send + 'static;

    /// Makes the state. The starter waits for it and gets the reason of a refusal.
    fn init(
        args: <Self as Server>::Args,
        cx: &Context<Self>,
    ) -> impl Future<Output = Result<Self, ExitReason>> + Send;

    /// Handles a request that is answered through the [`Reply`] it carries.
    fn handle_call(
        &mut self,
        call: Self::Call,
        cx: &Context<Self>,
    ) -> impl Future<Output = Flow> + Send {
        warn_about!(cx, "a call was not handled");
        drop(call);
        async { Flow::Continue }
    }

    /// Handles a request that is not answered.
    fn handle_cast(
        &mut self,
        cast: Self::Cast,
        cx: &Context<Self>,
    ) -> impl Future<Output = Flow> + Send {
        warn_about!(cx, "a cast was not handled");
        drop(cast);
        async { Flow::Continue }
    }

    /// Handles any other message.
    fn handle_info(
        &mut self,
        info: Self::Info,
        cx: &Context<Self>,
    ) -> impl Future<Output = Flow> + Send {
        warn_about!(cx, "a message was not handled");
        drop(info);
        async { Flow::Continue }
    }

    /// Hears of the end of a monitored process.
    fn handle_down(&mut self, down: Down, cx: &Context<Self>) -> impl Future<Output = Flow> + Send {
        warn_about!(cx, object = %down.object, reason = %down.reason, "unhandled DOWN");
        async { Flow::Continue }
    }

    /// Hears of an exit signal, while the process traps exits. The parent's exit does not come here: it stops the
    /// server.
    fn handle_exit(&mut self, exit: Exit, cx: &Context<Self>) -> impl Future<Output = Flow> + Send {
        warn_about!(cx, from = %exit.from, reason = %exit.reason, "unhandled EXIT");
        async { Flow::Continue }
    }

    /// Goes on with what [`Context::continue_with`] was given, before any message that waits.
    ///
    /// Source: <https://www.erlang.org/doc/apps/stdlib/gen_server.html#c:handle_continue/2>.
    fn handle_continue(
        &mut self,
        what: Self::Continue,
        cx: &Context<Self>,
    ) -> impl Future<Output = Flow> + Send {
        warn_about!(cx, "a continue was not handled");
        drop(what);
        async { Flow::Continue }
    }

    /// Nothing has come for as long as [`Flow::Timeout`] or [`Context::idle_timeout`] said: the message `timeout` of
    /// OTP.
    fn handle_timeout(&mut self, cx: &Context<Self>) -> impl Future<Output = Flow> + Send {
        warn_about!(cx, "a timeout was not handled");
        async { Flow::Continue }
    }

    /// Cleans up, after a callback has stopped the server or its parent has told a trapping one to stop.
    ///
    /// As in OTP it is not called when an exit signal that is not trapped ends the process, nor after a panic.
    fn terminate(self, reason: &ExitReason, cx: &Context<Self>) -> impl Future<Output = ()> + Send {
        let _ = (reason, cx);
        async {}
    }
}
