//! A process as everyone sees it who does not know its type.

use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Waker};

use tracing::level_filters::LevelFilter;

use crate::etf::{Encoded, Pid};
use crate::process::actor::Behavior;
use crate::process::host::{AnyProcess, Broken, Incoming, Origin, Undelivered};
use crate::process::mailbox::Cell;
use crate::process::overflow::Sent;
use crate::process::queue::{EndTicket, Envelope, Other};
use crate::process::{CastError, ExitReason, Heritage, ProcessInfo, ProcessStatus, Relations};
use crate::sync::atomic::Ordering;

impl<A: Behavior> AnyProcess for Cell<A> {
    fn id(&self) -> u64 {
        self.id
    }

    fn deliver(&self, incoming: Incoming) -> Result<(), CastError> {
        let delivered = match incoming {
            Incoming::Wire(encoded, from) => {
                let envelope = Envelope::Other(Box::new(Other::Wire(encoded, from)));
                return match self.push_term(envelope) {
                    Ok(()) => Ok(()),
                    Err((error, envelope)) => self.not_taken(error, envelope, Sent::Cast),
                };
            }
            Incoming::Through(alias, encoded, from) => {
                let envelope = Envelope::Other(Box::new(Other::Wire(encoded, from)));
                return self.push_through(alias, envelope);
            }
            Incoming::Fallback(encoded) => {
                let envelope = Envelope::Other(Box::new(Other::Wire(encoded, None)));
                return self.push(envelope).map_err(|(error, _)| error);
            }
            Incoming::Notice(encoded) => self.push_signal(Other::Wire(encoded, None)),
            Incoming::Down(down) => self.push_signal(Other::Down(down)),
            Incoming::Exit(exit) => self.push_signal(Other::Exit(exit)),
        };
        if delivered {
            Ok(())
        } else {
            Err(CastError::Closed)
        }
    }

    fn deliver_of_peer(
        &self,
        message: Encoded,
        origin: Option<Origin>,
    ) -> Result<(), Box<Undelivered>> {
        let envelope = Envelope::Other(Box::new(Other::Wire(message, origin)));
        let Err((error, envelope)) = self.push_term(envelope) else {
            return Ok(());
        };
        let message = match &envelope {
            Envelope::Other(other) => match &**other {
                Other::Wire(message, _) => Some(message.clone()),
                _ => None,
            },
            Envelope::Message(_) => None,
        };
        match (self.not_taken(error, envelope, Sent::Cast), message) {
            (Err(error), Some(message)) => Err(Box::new(Undelivered { error, message })),
            _ => Ok(()),
        }
    }

    fn offer(
        &self,
        message: Encoded,
        is_call: bool,
        waker: &Waker,
    ) -> Result<Option<u64>, CastError> {
        let envelope = Envelope::Other(Box::new(Other::Wire(message, None)));
        let sent = if is_call { Sent::Call } else { Sent::Cast };
        let taken = match self.push_term(envelope) {
            Err((CastError::Full(_), envelope)) => self.push_or_wait(envelope, waker),
            taken => taken.map(|()| None),
        };
        taken.or_else(|(error, envelope)| self.not_taken(error, envelope, sent).map(|()| None))
    }

    fn poll_admitted(&self, ticket: u64, cx: &mut TaskContext<'_>) -> Poll<Result<(), CastError>> {
        self.poll_ticket(ticket, cx)
    }

    fn withdraw(&self, ticket: u64) {
        self.take_back(ticket);
    }

    fn exit_signal(&self, from: &Pid, reason: ExitReason, linked: bool) {
        self.take_exit(from, reason, linked, false);
    }

    fn urgent_exit_signal(&self, from: &Pid, reason: ExitReason) {
        self.take_exit(from, reason, false, true);
    }

    fn settle(&self, change: &mut dyn FnMut(&mut Relations) -> Option<Broken>) {
        let wakers = {
            let mut queue = self.lock();
            let Some(relations) = queue.relations() else {
                return;
            };
            match change(relations) {
                None => return,
                Some(Broken::Link(exit)) => self.act(&mut queue, exit, true, false),
                Some(Broken::Monitor(down)) => [queue.push_other(Other::Down(down)), None],
                Some(Broken::UrgentMonitor(down)) => {
                    [self.push_urgent_signal(&mut queue, Other::Down(down)), None]
                }
            }
        };
        wakers.into_iter().flatten().for_each(Waker::wake);
    }

    fn with_relations(&self, change: &mut dyn FnMut(&mut Relations)) -> bool {
        let mut queue = self.lock();
        let Some(relations) = queue.relations() else {
            return false;
        };
        change(relations);
        true
    }

    fn info(&self) -> ProcessInfo {
        let queue_len = self.queue_len();
        let mut queue = self.lock();
        let heritage = queue.heritage.clone();
        let host = &**self.host();
        let mut info = ProcessInfo::new(host, self, heritage.as_deref());
        info.message_queue_len = queue_len;
        info.mailbox = (queue.bound != u32::MAX).then_some(queue.bound);
        info.trap_exit = self.traps_exit();
        info.status = if self.is_exiting() || !queue.is_open() {
            ProcessStatus::Exiting
        } else if queue.parked {
            ProcessStatus::Waiting
        } else {
            ProcessStatus::Running
        };
        match queue.all_relations() {
            Some(relations) => info.tied(host, relations),
            None => info,
        }
    }

    fn log_level(&self) -> Option<LevelFilter> {
        self.level()
    }

    fn heritage(&self) -> Option<Arc<Heritage>> {
        self.lock().heritage.clone()
    }

    fn heritage_of_children(&self) -> Arc<Heritage> {
        self.lock().heritage_of_children(self.id)
    }

    fn exit_reason(&self) -> Option<ExitReason> {
        self.lock().exit_reason()
    }

    fn poll_end(&self, ticket: &mut EndTicket, cx: &mut TaskContext<'_>) -> Poll<ExitReason> {
        let reason = self.lock().wait_for_end(ticket, cx.waker());
        reason.map_or(Poll::Pending, Poll::Ready)
    }

    fn leave_end(&self, ticket: EndTicket) {
        let waker = self.lock().leave_end(ticket);
        drop(waker);
    }

    fn queue_len(&self) -> usize {
        self.untaken() + self.batch_left.load(Ordering::Relaxed) as usize
    }

    fn type_name(&self) -> &'static str {
        std::any::type_name::<A>()
    }

    fn is_plain(&self) -> bool {
        std::any::TypeId::of::<A>() == std::any::TypeId::of::<crate::process::Plain>()
    }
}
