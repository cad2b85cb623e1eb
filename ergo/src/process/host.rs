//! What a process needs of the node it lives on.

use std::any::Any;
use std::sync::Arc;

use tracing::level_filters::LevelFilter;

use crate::etf::{Atom, EncodeError, Encoded, Encoder, Pid, Reference};
pub use crate::process::dead_letter::DeadLetterOffice;
pub use crate::process::deadline::Deadlines;
pub use crate::process::ending::Ending;
pub use crate::process::gate::Gates;
pub use crate::process::queue::EndTicket;
use crate::process::relations::RemoteWatcher;
use crate::process::{
    Alias, CastError, Destination, Down, EnvValue, Exit, ExitReason, Heritage, ProcessInfo,
    Relations, Through,
};

/// A node, as its processes see it.
pub type HostRef = Arc<dyn Host>;

/// `is_process_alive/1`, for a process of this node; false for any other.
pub(crate) fn is_alive(host: &HostRef, pid: &Pid) -> bool {
    let id = host.local_id(pid);
    id.is_some_and(|id| host.process(id).is_some())
}

/// Anything that can say which node it belongs to: the node itself, a context, a handle.
pub trait AsHost {
    /// The node.
    fn host(&self) -> HostRef;
}

impl AsHost for HostRef {
    fn host(&self) -> HostRef {
        self.clone()
    }
}

/// Writes the body of a message straight into wherever it has to go.
pub type Body<'a> = &'a mut dyn FnMut(&mut Encoder<'_>) -> Result<(), EncodeError>;

/// The node a process lives on: its process table, its names, and the way to other nodes.
///
/// Implemented by the node; a process reaches everything beyond itself through it.
pub trait Host: Any + Send + Sync {
    /// The node's name.
    fn name(&self) -> &Atom;
    /// The node's creation: pids of an earlier incarnation carry another one.
    fn creation(&self) -> u32;
    /// The executor its processes run on.
    fn runtime(&self) -> &tokio::runtime::Handle;
    /// A number no other reference of this node has.
    fn next_number(&self) -> u64;
    /// Deadlines of calls made outside of processes.
    fn deadlines(&self) -> &Deadlines;
    /// Where messages go that reach no mailbox.
    fn dead_letters(&self) -> &DeadLetterOffice;
    /// What holds back what processes with a log level write.
    fn log_gates(&self) -> &Gates;
    /// What is to go wrong, on a node under test.
    #[cfg(feature = "testing")]
    #[doc(hidden)]
    #[allow(private_interfaces, reason = "nobody outside has faults")]
    fn faults(&self) -> Option<&Arc<dyn crate::process::FaultPlan>> {
        None
    }

    /// Puts a process into the table under a new id. `None` when the node is stopping.
    fn insert(&self, make: &mut dyn FnMut(u64) -> Arc<dyn AnyProcess>) -> Option<u64>;
    /// The live process with this id.
    fn process(&self, id: u64) -> Option<Arc<dyn AnyProcess>>;
    /// Takes a process that has ended out of the table.
    fn remove(&self, id: u64);

    /// The process registered under `name`.
    fn whereis(&self, name: &str) -> Option<u64>;
    /// Registers a name.
    ///
    /// # Errors
    /// The id of the process that holds it.
    fn register(&self, name: &Atom, id: u64) -> Result<(), u64>;
    /// Frees a name if `id` holds it.
    fn unregister(&self, name: &Atom, id: u64);

    /// A value of the environment of an application, else of the node.
    fn env(&self, application: Option<&Atom>, key: &str) -> Option<EnvValue>;

    /// Keeps the place an answer goes to, under a new number.
    fn open_slot(&self, slot: Arc<dyn Slot>) -> u64;
    /// The place of an answer, which stays where it is.
    fn slot(&self, number: u64) -> Option<Arc<dyn Slot>>;
    /// Takes the place of an answer away: whoever gets it is the one that fills it.
    fn take_slot(&self, number: u64) -> Option<Arc<dyn Slot>>;
    /// Switches an alias on, or off.
    fn set_alias(&self, number: u64, alias: Option<Alias>);
    /// The alias with this number, while it is on.
    fn alias(&self, number: u64) -> Option<Alias>;

    /// Hands a signal for another node to the connection, which is made when there is none.
    ///
    /// # Errors
    /// As for a cast; a connection that cannot be made is no error for a message, as in Erlang.
    fn remote(self: Arc<Self>, signal: RemoteSignal<'_>) -> Result<(), CastError>;

    /// Ready when less is on its way to a node than it takes; `None` when it is so already.
    fn not_busy(
        self: Arc<Self>,
        node: &Atom,
    ) -> Option<std::pin::Pin<Box<dyn std::future::Future<Output = ()> + Send>>>;

    /// A received message turned out to be no Erlang term: the connection it came over is at fault, if it is there still.
    fn corrupt(self: Arc<Self>, from: &Origin);

    /// The pid of the node itself, for senders that are not processes.
    fn node_pid(&self) -> Pid {
        self.pid(NODE_ID)
    }

    /// The pid of the process with this id.
    fn pid(&self, id: u64) -> Pid {
        let (low, serial) = split(id);
        Pid::new(self.name().clone(), low, serial, self.creation())
    }

    /// The id of `pid` when it is of this node and this incarnation.
    fn local_id(&self, pid: &Pid) -> Option<u64> {
        let ours = pid.creation() == self.creation() && pid.node() == self.name();
        ours.then(|| (u64::from(pid.serial()) << 32) | u64::from(pid.id()))
    }

    /// The reference with this number.
    fn reference(&self, number: u64) -> Reference {
        let (low, high) = split(number);
        Reference::new(self.name().clone(), self.creation(), &[low, high, 0])
            .unwrap_or_else(|_| unreachable!("three words are within the limit of five"))
    }

    /// The same reference with the five words that aliases of OTP have since release 26.
    fn long_reference(&self, number: u64) -> Reference {
        let (low, high) = split(number);
        Reference::new(self.name().clone(), self.creation(), &[low, high, 0, 0, 0])
            .unwrap_or_else(|_| unreachable!("five words are within the limit of five"))
    }

    /// The number of `reference` when it is of this node and this incarnation.
    fn local_number(&self, reference: &Reference) -> Option<u64> {
        if reference.creation() != self.creation() || reference.node() != self.name() {
            return None;
        }
        match reference.ids() {
            [low, high, 0] | [low, high, 0, 0, 0] => {
                Some((u64::from(*high) << 32) | u64::from(*low))
            }
            _ => None,
        }
    }
}

/// The id of the node's own pid; no process has it.
pub const NODE_ID: u64 = 1;

fn split(number: u64) -> (u32, u32) {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "the two halves of a number"
    )]
    let halves = (number as u32, (number >> 32) as u32);
    halves
}

/// A process as everyone sees it who does not know its type: a pid, a name, a link, a connection.
pub trait AnyProcess: Any + Send + Sync {
    /// Its place in the table.
    fn id(&self) -> u64;
    /// Puts something into its mailbox.
    ///
    /// # Errors
    /// `Closed` when it has ended, `Full` when its mailbox has a bound that is reached.
    fn deliver(&self, incoming: Incoming) -> Result<(), CastError>;
    /// Puts a message of another node into its mailbox; it comes back with the error.
    ///
    /// # Errors
    /// As [`AnyProcess::deliver`].
    fn deliver_of_peer(
        &self,
        message: Encoded,
        origin: Option<Origin>,
    ) -> Result<(), Box<Undelivered>>;
    /// Puts a message in for a sender that can wait. Where it has to, `waker` is woken when the message is in, or the
    /// process ends; the ticket says which one it is.
    ///
    /// # Errors
    /// As [`AnyProcess::deliver`].
    fn offer(
        &self,
        message: Encoded,
        is_call: bool,
        waker: &std::task::Waker,
    ) -> Result<Option<u64>, CastError>;
    /// Ready once the message with this ticket is in, or the process has ended.
    fn poll_admitted(
        &self,
        ticket: u64,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), CastError>>;
    /// Takes a message that waits back; nothing happens when it is in.
    fn withdraw(&self, ticket: u64);
    /// Acts on an exit signal, here and now. `linked` tells a broken link from `exit/2`.
    fn exit_signal(&self, from: &Pid, reason: ExitReason, linked: bool);
    /// As [`AnyProcess::exit_signal`] for `exit/2`; one that is trapped overtakes what waits.
    fn urgent_exit_signal(&self, from: &Pid, reason: ExitReason);
    /// Runs `change` on its relations under its lock; false, and nothing run, when it has ended.
    fn with_relations(&self, change: &mut dyn FnMut(&mut Relations)) -> bool;
    /// Runs `change` on its relations and delivers what it breaks, both under its lock: once an unlink or a demonitor
    /// has returned, nothing more comes of what it took away.
    fn settle(&self, change: &mut dyn FnMut(&mut Relations) -> Option<Broken>);
    /// What can be seen of it.
    fn info(&self) -> ProcessInfo;
    /// Down to which level it and what belongs to it writes; `None` without a level.
    fn log_level(&self) -> Option<LevelFilter>;
    /// What it has from the one that started it, and its own environment.
    fn heritage(&self) -> Option<Arc<Heritage>>;
    /// What those it starts have from it.
    fn heritage_of_children(&self) -> Arc<Heritage>;
    /// Why it ended, once it has or an exit signal has come that ends it.
    fn exit_reason(&self) -> Option<ExitReason>;
    /// Ready with the reason once nothing of it is left: no name, no entry, no link. Until then whoever has the ticket is
    /// woken for it: see [`Ending`].
    fn poll_end(
        &self,
        ticket: &mut EndTicket,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<ExitReason>;
    /// The one with this ticket waits no longer.
    fn leave_end(&self, ticket: EndTicket);
    /// How many messages wait.
    fn queue_len(&self) -> usize;
    /// The actor's type.
    fn type_name(&self) -> &'static str;
    /// Whether it is a plain process, without a behaviour.
    fn is_plain(&self) -> bool;
}

/// A relation that has ended, as the process at this end hears of it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Broken {
    /// A link: an exit signal, which acts or becomes a message.
    Link(Exit),
    /// A monitor.
    Monitor(Down),
    /// A monitor whose `Down` overtakes what waits.
    UrgentMonitor(Down),
}

/// A message that a mailbox did not take, and why.
#[derive(Debug)]
pub struct Undelivered {
    /// Why.
    pub error: CastError,
    /// The message.
    pub message: Encoded,
}

/// The connection that a message came over. Only this says who has sent it: what a peer writes into a message, its own
/// pid included, proves nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The node at the other end, by the name that its handshake proved.
    pub node: Atom,
    /// Which connection to it, as `connection_id` of `net_kernel:monitor_nodes/2`.
    pub connection_id: u64,
}

/// What is put into a mailbox by someone who does not know its type.
#[derive(Debug)]
#[non_exhaustive]
pub enum Incoming {
    /// A term, still encoded: it is decoded in the receiver's task. With the connection it came over.
    Wire(Encoded, Option<Origin>),
    /// A term that comes through an alias, which has to be on. With the connection it came over.
    Through(Through, Encoded, Option<Origin>),
    /// `{fallback, To, Message}`: what was too much for another process.
    Fallback(Encoded),
    /// A term from the node itself, for which there is always room.
    Notice(Encoded),
    /// A monitored process ended.
    Down(Down),
    /// An exit signal that is trapped.
    Exit(Exit),
}

/// Where the answer to a call goes.
pub trait Slot: Send + Sync {
    /// The answer has come, still encoded.
    fn answer(&self, value: Encoded);
    /// The answer to a spawn request has come: the pid, or the word it was refused with. True when the place is kept
    /// for more to come; it is where such an answer means nothing.
    fn spawned(&self, reply: Result<Pid, Atom>) -> bool {
        let _ = reply;
        true
    }
    /// The process that a spawn request has started has ended, with this reason, still encoded, which came from there.
    /// The place is closed. False when it is to be told decoded, by [`Slot::down`].
    fn ended(&self, reason: &Encoded, from: Option<Origin>) -> bool {
        let _ = (reason, from);
        false
    }
    /// There will be none: the process or its node is gone.
    fn down(&self, reason: ExitReason);
}

/// A signal for a process on another node. `from` is the id of the sender.
#[non_exhaustive]
pub enum RemoteSignal<'a> {
    /// `group_leader/2`.
    GroupLeader {
        /// The new group leader, of any node.
        leader: &'a Pid,
        /// The process that gets it.
        to: &'a Pid,
    },
    /// A message.
    Send {
        /// The sender.
        from: u64,
        /// The receiver.
        to: &'a Destination,
        /// The message.
        body: Body<'a>,
        /// Whether it overtakes what waits, at an alias that allows it.
        priority: bool,
    },
    /// A call: a monitor of the receiver and the request, of which a lost connection tells slot `number`.
    Call {
        /// The caller.
        from: u64,
        /// The receiver.
        to: &'a Destination,
        /// The slot, alias and monitor.
        number: u64,
        /// `{'$gen_call', {From, [alias | Ref]}, Request}`.
        body: Body<'a>,
    },
    /// The call is over, one way or another.
    EndCall {
        /// The caller.
        from: u64,
        /// The receiver.
        to: &'a Destination,
        /// The slot, alias and monitor.
        number: u64,
    },
    /// Link to `to`.
    Link {
        /// Who links.
        from: u64,
        /// To whom.
        to: &'a Pid,
        /// What the link is known as.
        made: u64,
    },
    /// Take the link away.
    Unlink {
        /// Who unlinks.
        from: u64,
        /// From whom.
        to: &'a Pid,
        /// The identifier of this unlink.
        id: u64,
    },
    /// A linked process has ended.
    Exit {
        /// Who ended.
        from: u64,
        /// Who was linked.
        to: &'a Pid,
        /// Why.
        reason: &'a ExitReason,
        /// Whether an unlink of ours is under way, so that the other end is no longer linked.
        unlinking: bool,
    },
    /// `exit/2`.
    Exit2 {
        /// Who sends it.
        from: u64,
        /// To whom.
        to: &'a Destination,
        /// The reason.
        reason: &'a ExitReason,
        /// Whether it overtakes what waits, at an alias that allows it.
        priority: bool,
    },
    /// Monitor `to`.
    Monitor {
        /// Who monitors.
        from: u64,
        /// Whom.
        to: &'a Destination,
        /// The number of the reference.
        number: u64,
    },
    /// Take the monitor away.
    Demonitor {
        /// Who monitored.
        from: u64,
        /// Whom.
        to: &'a Destination,
        /// The number of the reference.
        number: u64,
    },
    /// A process that was monitored from another node has ended.
    Down {
        /// Who ended.
        from: u64,
        /// Who monitored, and as what.
        watcher: &'a RemoteWatcher,
        /// Its reference.
        reference: &'a Reference,
        /// Why.
        reason: &'a ExitReason,
    },
}
