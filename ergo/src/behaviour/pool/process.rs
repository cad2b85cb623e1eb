//! The process of a pool.

use std::sync::Arc;
use std::time::Duration;

use crate::behaviour::pool::builder::Pool;
use crate::behaviour::pool::workers::Workers;
use crate::behaviour::pool::{PoolMessage, PoolRef, WorkerInfo};
use crate::behaviour::supervisor::{ChildError, ChildSpec, Spec, Supervisor, SupervisorRef};
use crate::etf::{DecodeError, Decoder, EncodeError, Encoded, Encoder, Term};
use crate::process::host::{AsHost, is_alive};
use crate::process::{
    Actor, Behavior, CastError, Context, Destination, Exit, ExitReason, Flow, Handle, Options, Ref,
    Reply, ReplyTo, SpawnError, encode, forwarded_cast,
};

/// How many workers a pool has at most: anyone who may call it may ask for more.
const WORKERS_MAX: usize = 65_536;

/// The state of a pool's process; [`Pool`] starts one.
pub struct PoolProcess<W: Behavior> {
    args: W::Args,
    shutdown: Duration,
    workers: Arc<Workers<W>>,
    supervisor: SupervisorRef,
    /// How many places there ever were.
    numbers: u64,
}

impl<W: Behavior<Args: Clone + Sync>> Actor for PoolProcess<W> {
    type Handle = PoolRef<W>;
    const OPTIONS: Options = Options::DEFAULT.trap_exit();
}

impl<W: Behavior<Args: Clone + Sync>> Behavior for PoolProcess<W> {
    type Args = Pool<W>;
    type Message = PoolMessage<W>;
    type Continue = std::convert::Infallible;

    async fn start(pool: Pool<W>, cx: &Context<Self>) -> Result<Self, ExitReason> {
        if pool.size == 0 || pool.size > WORKERS_MAX {
            let size = u64::try_from(pool.size).unwrap_or(u64::MAX);
            let problem = [Term::atom("bad_size"), Term::from(size)];
            return Err(ExitReason::from(Term::tuple(problem)));
        }
        let workers = Arc::new(Workers::new(pool.dispatch));
        let numbers = u64::try_from(pool.size).unwrap_or(u64::MAX);
        let make = Make {
            args: &pool.args,
            shutdown: pool.shutdown,
            workers: &workers,
        };
        let mut supervisor = Supervisor::one_for_one().intensity(pool.restarts_max, pool.period);
        for number in 1..=numbers {
            supervisor = supervisor.child(make.spec(number, cx));
        }
        let supervisor = supervisor
            .start_link(cx)
            .await
            .map_err(|error| match error {
                SpawnError::Init(reason) => reason,
                error => ExitReason::from(Term::from(error.to_string())),
            })?;
        Ok(PoolProcess {
            args: pool.args,
            shutdown: pool.shutdown,
            workers,
            supervisor,
            numbers,
        })
    }

    async fn dispatch(&mut self, message: PoolMessage<W>, cx: &Context<Self>) -> Flow {
        match message {
            PoolMessage::Request(request, reply_to) => self.request(&request, reply_to, cx),
            PoolMessage::WhichWorkers(reply) => reply.send(self.infos()),
            PoolMessage::AddWorkers(count, reply) => self.add_workers(count, reply, cx),
            PoolMessage::RemoveWorkers(count, reply) => self.remove_workers(count, reply, cx),
            PoolMessage::Share(reply) => reply.send(self.workers.clone()),
            PoolMessage::Stop => return Flow::Stop(ExitReason::Shutdown),
        }
        Flow::Continue
    }

    async fn on_info(&mut self, message: Term, cx: &Context<Self>) -> Flow {
        if let Ok(encoded) = encode(&mut |encoder| crate::etf::Encode::encode(&message, encoder))
            && let Err(error) = self.offer(&encoded)
        {
            tracing::warn!(pool = %cx.pid(), %error, "a message was dropped: no worker took it");
        }
        Flow::Continue
    }

    async fn on_exit(&mut self, exit: Exit, cx: &Context<Self>) -> Flow {
        // What somebody has sent with `exit/2` in the name of a living supervisor is not its end.
        let is_its = self.supervisor.pid().as_ref() == Some(&exit.from);
        if is_its && !is_alive(cx.host(), &exit.from) {
            return Flow::Stop(exit.reason);
        }
        Flow::Continue
    }

    async fn stop(self, _: &ExitReason, cx: &Context<Self>) {
        if let Some(supervisor) = self.supervisor.pid() {
            cx.unlink(&supervisor);
            cx.exit(&supervisor, ExitReason::Shutdown);
            cx.ended(&supervisor).await;
        }
    }

    /// As `which_workers`.
    fn snapshot(&self) -> Option<Term> {
        Term::from_value(&self.infos()).ok()
    }

    fn encode_message(
        message: &PoolMessage<W>,
        encoder: &mut Encoder<'_>,
    ) -> Result<(), EncodeError> {
        message.encode(encoder)
    }

    fn decode_message(
        decoder: &mut Decoder<'_>,
        reply_to: &mut Option<ReplyTo>,
    ) -> Result<PoolMessage<W>, DecodeError> {
        PoolMessage::decode(decoder, reply_to)
    }
}

/// What a worker is made from.
struct Make<'a, W: Behavior> {
    args: &'a W::Args,
    shutdown: Duration,
    workers: &'a Arc<Workers<W>>,
}

impl<W: Behavior<Args: Clone + Sync>> Make<'_, W> {
    /// A place, and the child that fills it.
    fn spec<A: Behavior>(&self, number: u64, cx: &Context<A>) -> ChildSpec {
        self.workers.add(number);
        let (workers, host) = (self.workers.clone(), AsHost::host(cx));
        let spec = W::spec(self.args.clone())
            .id(child_id(number))
            .shutdown(self.shutdown)
            .on_start(move |pid| {
                let worker = Ref::at(&host, Destination::Pid(pid.clone()));
                workers.set(number, worker);
            });
        match W::OPTIONS.name {
            // One name is for one process.
            Some(name) => spec.name(format!("{name}_{number}")),
            None => spec,
        }
    }
}

fn child_id(number: u64) -> String {
    format!("worker_{number}")
}

impl<W: Behavior<Args: Clone + Sync>> PoolProcess<W> {
    /// A request of someone who knows the pool only: a worker answers it.
    fn request(&self, request: &Encoded, reply_to: Option<ReplyTo>, cx: &Context<Self>) {
        let message = match &reply_to {
            Some(reply_to) => reply_to.forwarded(request),
            None => forwarded_cast(request),
        };
        // What was decoded can be encoded.
        let Ok(message) = message else { return };
        let Err(error) = self.offer(&message) else {
            return;
        };
        match (reply_to, error) {
            (Some(reply_to), CastError::Full(_)) => reply_to.refuse("full"),
            (Some(reply_to), _) => reply_to.refuse("no_worker"),
            (None, error) => {
                tracing::warn!(pool = %cx.pid(), %error, "a cast was dropped: no worker took it");
            }
        }
    }

    fn offer(&self, message: &Encoded) -> Result<(), CastError> {
        let mut refused = CastError::Closed;
        for worker in self.workers.candidates() {
            match worker.deliver(message) {
                Ok(()) => return Ok(()),
                Err(error @ CastError::Full(_)) => refused = error,
                Err(_) => {}
            }
        }
        Err(refused)
    }

    fn infos(&self) -> Vec<WorkerInfo> {
        let slots = self.workers.read();
        let info = slots.iter().map(|slot| {
            let waiting = slot.worker.as_ref().and_then(Ref::waiting_here);
            let pid = slot.worker.as_ref().and_then(Ref::pid);
            WorkerInfo {
                number: slot.number,
                pid: pid.filter(|_| waiting.is_some()),
                waiting: waiting.unwrap_or(0),
                restarts: slot.restarts,
            }
        });
        info.collect()
    }

    /// In a task, as the supervisor waits for each worker's init, and requests go on meanwhile.
    fn add_workers(
        &mut self,
        count: usize,
        reply: Reply<Result<usize, ChildError>>,
        cx: &Context<Self>,
    ) {
        if count > WORKERS_MAX.saturating_sub(self.workers.len()) {
            let most = Term::from(WORKERS_MAX as u64);
            let reason = Term::tuple([Term::atom("too_many_workers"), most]);
            return reply.send(Err(ChildError::Failed(ExitReason::from(reason))));
        }
        let make = Make {
            args: &self.args,
            shutdown: self.shutdown,
            workers: &self.workers,
        };
        let mut specs = Vec::new();
        for _ in 0..count {
            self.numbers += 1;
            specs.push((self.numbers, make.spec(self.numbers, cx)));
        }
        let (workers, supervisor) = (self.workers.clone(), self.supervisor.clone());
        cx.task(async move {
            let mut outcome = Ok(());
            for (number, spec) in specs {
                // One that was removed before its turn is not started.
                if outcome.is_ok() && workers.has(number) {
                    outcome = supervisor.start_child(spec).await.map(drop);
                }
                if outcome.is_err() {
                    workers.remove(number);
                }
                if !workers.has(number) {
                    // Removed while it was being started, or refused by its init: the supervisor forgets it as well.
                    let id = child_id(number);
                    let _ = supervisor.terminate_child(&id).await;
                    let _ = supervisor.delete_child(&id).await;
                }
            }
            reply.send(outcome.map(|()| workers.len()));
        });
    }

    fn remove_workers(
        &mut self,
        count: usize,
        reply: Reply<Result<usize, ChildError>>,
        cx: &Context<Self>,
    ) {
        let mut removed = Vec::new();
        while removed.len() < count && self.workers.len() > 1 {
            removed.extend(
                self.workers
                    .last()
                    .and_then(|last| self.workers.remove(last)),
            );
        }
        let (workers, supervisor) = (self.workers.clone(), self.supervisor.clone());
        let shutdown = self.shutdown;
        cx.task(async move {
            for slot in removed {
                if let Some(worker) = slot.worker {
                    let handled = tokio::time::timeout(shutdown, worker.handled_all());
                    if handled.await.is_err() {
                        tracing::warn!(
                            number = slot.number,
                            "a worker was removed before it had handled everything"
                        );
                    }
                }
                let id = child_id(slot.number);
                // A supervisor that does not know it any more, or is gone, needs no telling.
                let _ = supervisor.terminate_child(&id).await;
                let _ = supervisor.delete_child(&id).await;
            }
            reply.send(Ok(workers.len()));
        });
    }
}
