//! The process of a manager.

use std::collections::HashMap;
use std::convert::Infallible;

use crate::behaviour::event::flow::Replacement;
use crate::behaviour::event::handler::EventType;
use crate::behaviour::event::handlers::{Handlers, Installed, Told, made};
use crate::behaviour::event::id::HandlerId;
use crate::behaviour::event::manager::{EventManager, Factory};
use crate::behaviour::event::message::{EventMessage, Ready, Source, Swap, SwapSource};
use crate::behaviour::event::reference::EventManagerRef;
use crate::etf::{Atom, DecodeError, Decoder, EncodeError, Encoder, Pid, Term};
use crate::process::{
    Actor, Behavior, Context, Destination, Down, Exit, ExitReason, Flow, Label, Options, Protocol,
    ReplyTo,
};

/// The state of a manager's process; [`EventManager`] starts one.
pub struct EventManagerProcess<E: EventType> {
    handlers: Handlers<E>,
    factories: HashMap<Atom, Factory<E>>,
}

impl<E: EventType> Actor for EventManagerProcess<E> {
    type Handle = EventManagerRef<E>;
    const OPTIONS: Options = Options::DEFAULT.trap_exit();
}

impl<E: EventType> Behavior for EventManagerProcess<E> {
    type Args = EventManager<E>;
    type Message = EventMessage<E>;
    type Continue = Infallible;
    const PROTOCOL: Protocol = Protocol::Event;

    async fn start(manager: EventManager<E>, _: &Context<Self>) -> Result<Self, ExitReason> {
        let mut handlers = Handlers::default();
        for (id, make) in &manager.handlers {
            handlers.add(Installed {
                id: id.clone(),
                handler: make(),
                supervisor: None,
            });
        }
        Ok(EventManagerProcess {
            handlers,
            factories: manager.factories,
        })
    }

    async fn dispatch(&mut self, message: EventMessage<E>, cx: &Context<Self>) -> Flow {
        let ok = || Term::atom("ok");
        let mut hibernates = false;
        match message {
            EventMessage::Notify(event) => {
                hibernates = self.handlers.tell(Told::Event(&event), cx).await;
            }
            EventMessage::SyncNotify(event, reply) => {
                hibernates = self.handlers.tell(Told::Event(&event), cx).await;
                reply.send(ok());
            }
            EventMessage::Call(id, request, reply) => {
                let (answer, hibernate) = self.handlers.call(&id, request, cx).await;
                hibernates = hibernate;
                reply.send(answer);
            }
            EventMessage::Add(id, source, supervisor, reply) => {
                reply.send(
                    self.add(id, source, supervisor, cx)
                        .err()
                        .unwrap_or_else(ok),
                );
            }
            EventMessage::Delete(id, args, reply) => {
                reply.send(self.handlers.delete(&id, args, cx).await);
            }
            EventMessage::Swap(swap, reply) => {
                let swapped = self.swap(*swap, cx).await;
                let refused = |why| Term::tuple([Term::atom("error"), why]);
                reply.send(swapped.map_or_else(refused, |()| ok()));
            }
            EventMessage::Which(reply) => {
                reply.send(Term::list(self.handlers.ids().map(HandlerId::to_term)));
            }
        }
        if hibernates {
            Flow::Hibernate
        } else {
            Flow::Continue
        }
    }

    async fn on_down(&mut self, down: Down, cx: &Context<Self>) -> Flow {
        let what = [
            Term::atom("DOWN"),
            Term::from(down.reference),
            Term::atom("process"),
            object(&down.object),
            down.reason.to_term(),
        ];
        self.on_info(Term::tuple(what), cx).await
    }

    async fn on_exit(&mut self, exit: Exit, cx: &Context<Self>) -> Flow {
        let reason = exit.reason.to_term();
        self.handlers.supervisor_down(&exit.from, &reason, cx).await;
        let what = [Term::atom("EXIT"), Term::from(exit.from), reason];
        self.on_info(Term::tuple(what), cx).await
    }

    async fn on_info(&mut self, message: Term, cx: &Context<Self>) -> Flow {
        if self.handlers.tell(Told::Info(&message), cx).await {
            Flow::Hibernate
        } else {
            Flow::Continue
        }
    }

    async fn stop(mut self, _: &ExitReason, cx: &Context<Self>) {
        self.handlers.stop(cx).await;
    }

    /// `[{Module, Id, State}]`, as `sys:get_state/1` shows a gen_event.
    fn snapshot(&self) -> Option<Term> {
        let shown = |installed: &Installed<E>| {
            let HandlerId { module, id } = &installed.id;
            let id = id.clone().unwrap_or_else(|| Term::atom("false"));
            let state = installed.handler.state();
            let state = state.unwrap_or_else(|| Term::atom("no_snapshot"));
            Term::tuple([Term::Atom(module.clone()), id, state])
        };
        Some(Term::list(self.handlers.iter().map(shown)))
    }

    fn label(message: &EventMessage<E>) -> Label {
        message.label()
    }

    fn encode_message(
        message: &EventMessage<E>,
        encoder: &mut Encoder<'_>,
    ) -> Result<(), EncodeError> {
        message.write(encoder)
    }

    fn decode_message(
        decoder: &mut Decoder<'_>,
        reply_to: &mut Option<ReplyTo>,
    ) -> Result<EventMessage<E>, DecodeError> {
        EventMessage::read(decoder, reply_to)
    }
}

impl<E: EventType> EventManagerProcess<E> {
    fn add(
        &mut self,
        id: HandlerId,
        source: Source<E>,
        supervisor: Option<Pid>,
        cx: &Context<Self>,
    ) -> Result<(), Term> {
        if let Some(supervisor) = &supervisor {
            cx.link(supervisor.clone());
        }
        let handler = match source {
            Source::Ready(Ready(handler)) => handler,
            Source::Args(args) => match self.factories.get(&id.module) {
                Some(make) => made(|| make(args))?,
                None => return Err(undefined(&id.module, args)),
            },
        };
        self.handlers.add(Installed {
            id,
            handler,
            supervisor,
        });
        Ok(())
    }

    async fn swap(&mut self, swap: Swap<E>, cx: &Context<Self>) -> Result<(), Term> {
        let Swap {
            old,
            args,
            new,
            source,
            supervisor,
        } = swap;
        let by = (&new, supervisor.clone());
        let (state, before) = self.handlers.take_for(&old, args, by, cx).await;
        let supervisor = supervisor.or(before);
        let source = match source {
            SwapSource::Args(args) => Source::Args(Term::tuple([args, state])),
            SwapSource::Make(Replacement { make, .. }) => {
                Source::Ready(Ready(made(|| make(state))?))
            }
        };
        self.add(new, source, supervisor, cx)
    }
}

/// What OTP answers when there is no such module: `{'EXIT', {undef, [{Module, init, [Args], []}]}}`.
fn undefined(module: &Atom, args: Term) -> Term {
    let call = Term::tuple([
        Term::Atom(module.clone()),
        Term::atom("init"),
        Term::list([args]),
        Term::list([]),
    ]);
    let undef = Term::tuple([Term::atom("undef"), Term::list([call])]);
    Term::tuple([Term::atom("EXIT"), undef])
}

fn object(of: &Destination) -> Term {
    match of {
        Destination::Pid(pid) => Term::from(pid.clone()),
        Destination::Alias(alias) => Term::from(alias.clone()),
        Destination::Name(name) => Term::Atom(name.clone()),
        Destination::NameNode(name, node) => {
            Term::tuple([Term::Atom(name.clone()), Term::Atom(node.clone())])
        }
    }
}
