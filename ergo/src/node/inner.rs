//! What a node consists of.

use std::any::Any;
use std::net::SocketAddr;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::Duration;

use tokio::sync::SetOnce;
use tokio::task::AbortHandle;

use crate::dist::handshake::{Identity, OpenChallenges};
use crate::etf::Atom;
use crate::net::Connected;
use crate::node::authentication::Access;
use crate::node::carrier::Carrier;
use crate::node::contacts::Contacts;
use crate::node::entrances::Entrance;
use crate::node::env::Environments;
use crate::node::events::Subscribers;
use crate::node::membership::AutoConnect;
use crate::node::monitors::Monitors;
use crate::node::peers::Peers;
use crate::node::registrar::Registered;
use crate::node::registry::{Places, Registry};
use crate::node::routes::Routes;
use crate::node::spawn_policy::SpawnRule;
use crate::node::spawning::SpawnService;
use crate::node::stop::FirstToStop;
use crate::node::table::Table;
use crate::node::ticks::Ticks;
use crate::node::timers::Timers;
use crate::process::host::{AsHost, DeadLetterOffice, Deadlines, Gates, HostRef};
use crate::sync::atomic::AtomicBool;
use crate::wire::limits::Limits;
use crate::wire::refusals::Counters;

/// A running node. Cloning it is cheap; all clones are the same node.
///
/// It runs until [`Node::stop`] or the end of the program. Its methods work from any async code, inside processes and
/// outside of them.
#[derive(Clone)]
pub struct Node(pub(super) Arc<Inner>);

/// What only a node with distribution has.
pub(super) struct Distribution {
    pub(super) identity: Identity,
    /// Another node has given it its name.
    pub(super) has_dynamic_name: bool,
    /// The connection to that node, until it is in use.
    pub(super) namer: Mutex<Option<Connected>>,
    /// Who may be connected, and with which cookie.
    pub(super) access: Access,
    pub(super) challenges: OpenChallenges,
    /// Where it listens; the registrar knows the first.
    pub(super) addresses: Vec<SocketAddr>,
    pub(super) routes: Arc<Routes>,
    pub(super) carrier: Arc<dyn Carrier>,
    pub(super) ticks: Ticks,
    pub(super) registered: Mutex<Option<Registered>>,
    /// Until the node accepts.
    pub(super) entrances: Mutex<Vec<Entrance>>,
    pub(super) accepting: Mutex<Vec<AbortHandle>>,
}

/// The node itself.
pub(super) struct Inner {
    pub(super) name: Atom,
    pub(super) creation: u32,
    pub(super) runtime: tokio::runtime::Handle,
    pub(super) limits: Limits,
    pub(super) counters: Arc<Counters>,
    pub(super) numbers: AtomicU64,
    pub(super) table: Table,
    pub(super) registry: Registry,
    pub(super) places: Places,
    pub(super) environments: Environments,
    pub(super) deadlines: Deadlines,
    #[cfg(feature = "testing")]
    pub(super) faults: Option<Arc<dyn crate::process::FaultPlan>>,
    pub(super) dead_letters: DeadLetterOffice,
    pub(super) log_gates: Gates,
    pub(super) timers: Timers,
    pub(super) peers: Peers,
    pub(super) subscribers: Subscribers,
    pub(super) contacts: Contacts,
    pub(super) monitors: Monitors,
    pub(super) auto_connect: AutoConnect,
    pub(super) stopping: AtomicBool,
    /// Set once nothing of the node runs any more.
    pub(super) stopped: SetOnce<()>,
    pub(super) shutdown_timeout: Duration,
    /// What stops before everything else, until it does.
    pub(super) first_to_stop: Mutex<Option<Box<FirstToStop>>>,
    pub(super) spawn_rule: Option<SpawnRule>,
    pub(super) spawns: OnceLock<Arc<dyn SpawnService>>,
    /// What rooms above keep at a node, by type.
    pub(super) extensions: Extensions,
    pub(super) distribution: Option<Distribution>,
}

/// A node that may have ended.
pub(crate) struct WeakNode(Weak<Inner>);

impl WeakNode {
    pub(crate) fn upgrade(&self) -> Option<Node> {
        self.0.upgrade().map(Node)
    }
}

impl Node {
    pub(crate) fn downgrade(&self) -> WeakNode {
        WeakNode(Arc::downgrade(&self.0))
    }

    /// The executor it runs on.
    pub(crate) fn runtime(&self) -> &tokio::runtime::Handle {
        &self.0.runtime
    }

    /// The node as its processes see it.
    pub(super) fn host_ref(&self) -> HostRef {
        self.0.clone()
    }

    /// The node a process lives on.
    pub(super) fn of_host(host: &HostRef) -> Option<Node> {
        let any: Arc<dyn Any + Send + Sync> = host.clone();
        any.downcast::<Inner>().ok().map(Node)
    }
}

impl AsHost for Node {
    fn host(&self) -> HostRef {
        self.host_ref()
    }
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Node({})", self.0.name)
    }
}

/// Things that rooms above the node keep at it: one of each type.
#[derive(Default)]
pub(super) struct Extensions(Mutex<Vec<Arc<dyn Any + Send + Sync>>>);

impl Node {
    /// The one `T` kept at this node, made by `Default` when it is first asked for.
    pub(crate) fn extension<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut kept = self
            .0
            .extensions
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(found) = kept.iter().find_map(|any| any.clone().downcast::<T>().ok()) {
            return found;
        }
        let made = Arc::new(T::default());
        kept.push(made.clone());
        made
    }
}
