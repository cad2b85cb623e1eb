//! How a node is started.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use crate::dist::{NodeName, NodeNameError, Ticker};
use crate::etf::{Atom, Encode};
use crate::node::authentication::Access;
use crate::node::carrier::{Carrier, Listening, Tcp};
use crate::node::env::Exposed;
use crate::node::options_epmd::EmbeddedEpmd;
use crate::node::routes::Routes;
use crate::node::spawn_policy::SpawnRule;
use crate::node::ticks::SHORTEST;
use crate::node::{Authentication, AutoConnect, StartError};
use crate::process::host::Deadlines;
use crate::process::{Env, EnvValue};
use crate::wire::cookie::{Cookie, CookieError};
use crate::wire::limits::Limits;
use crate::wire::refusals::Counters;

/// A node to be started: `Node::builder("shop@127.0.0.1").cookie("secret").start().await?`.
///
/// Unless said otherwise it is a hidden node, listens on any free port of the loopback address, and runs the EPMD
/// of this host unless there is one.
#[derive(Debug, Clone)]
#[must_use = "a node does not exist until it is started"]
pub struct NodeBuilder {
    pub(crate) name: String,
    /// Who gives the node its name, where it has none.
    pub(super) named_by: Option<String>,
    /// What was given, which may be no cookie: that is told at the start.
    pub(crate) cookie: Option<Result<Cookie, CookieError>>,
    /// The same for single nodes.
    cookies: Vec<(String, Result<Cookie, CookieError>)>,
    allowed: Vec<String>,
    authentication: Option<Policy>,
    pub(super) spawn_rule: Option<SpawnRule>,
    pub(crate) listen_address: IpAddr,
    pub(crate) ports: RangeInclusive<u16>,
    pub(crate) epmd: SocketAddr,
    pub(crate) embedded_epmd: bool,
    pub(crate) listening: Listening,
    pub(crate) embedded: EmbeddedEpmd,
    pub(crate) hidden: bool,
    /// Whether processes are started for other nodes.
    pub(crate) spawns: bool,
    pub(crate) tick_time: Duration,
    pub(crate) tick_intensity: u32,
    pub(crate) auto_connect: AutoConnect,
    pub(crate) kept_connected: Vec<String>,
    pub(crate) limits: Limits,
    /// New for each start.
    pub(crate) counters: Arc<Counters>,
    pub(crate) distributed: bool,
    pub(crate) env: Env,
    pub(crate) application_env: HashMap<Box<str>, Env>,
    pub(crate) exposed: Exposed,
    pub(crate) shutdown_timeout: Duration,
    #[cfg(feature = "testing")]
    pub(crate) testing: Testing,
}

/// What a node under test has in place of what others have.
#[cfg(feature = "testing")]
#[derive(Clone, Default)]
pub(crate) struct Testing {
    /// In place of TCP and EPMD.
    pub(crate) carrier: Option<Arc<dyn Carrier>>,
    /// Whether time is virtual, and calls from outside of processes keep it exactly.
    pub(crate) exact_time: bool,
    /// What is to go wrong.
    pub(crate) faults: Option<Arc<dyn crate::process::FaultPlan>>,
}

#[cfg(feature = "testing")]
impl std::fmt::Debug for Testing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Testing")
            .field("exact_time", &self.exact_time)
            .finish_non_exhaustive()
    }
}

/// A user's rule, which has no form to be printed in.
#[derive(Clone)]
struct Policy(Arc<dyn Authentication>);

impl std::fmt::Debug for Policy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Policy")
    }
}

/// How long a node may take to stop, unless it is told otherwise.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(30);

/// Which ports to listen on: one, a range of which the first free one is taken, or any free one.
pub trait Ports {
    /// The range; `0..=0` is any free port.
    fn ports(self) -> RangeInclusive<u16>;
}

impl Ports for u16 {
    fn ports(self) -> RangeInclusive<u16> {
        self..=self
    }
}

impl Ports for RangeInclusive<u16> {
    fn ports(self) -> RangeInclusive<u16> {
        self
    }
}

impl NodeBuilder {
    pub(crate) fn new(name: impl Into<String>) -> Self {
        NodeBuilder {
            name: name.into(),
            named_by: None,
            cookie: None,
            cookies: Vec::new(),
            allowed: Vec::new(),
            authentication: None,
            spawn_rule: None,
            listen_address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            ports: 0..=0,
            epmd: default_epmd(),
            embedded_epmd: true,
            listening: Listening::default(),
            embedded: EmbeddedEpmd::default(),
            hidden: true,
            spawns: true,
            tick_time: Ticker::DEFAULT_TICK_TIME,
            tick_intensity: Ticker::DEFAULT_INTENSITY,
            auto_connect: AutoConnect::Always,
            kept_connected: Vec::new(),
            limits: Limits::default(),
            counters: Arc::default(),
            distributed: true,
            #[cfg(feature = "testing")]
            testing: Testing::default(),
            env: Env::default(),
            application_env: HashMap::new(),
            exposed: Exposed::default(),
            shutdown_timeout: SHUTDOWN_TIMEOUT,
        }
    }

    /// The secret that all nodes of the cluster share, as `-setcookie`. Without one the file `~/.erlang.cookie` is
    /// used, which OTP's nodes use and make as well.
    pub fn cookie(mut self, cookie: impl Into<String>) -> Self {
        self.cookie = Some(Cookie::new(&cookie.into()));
        self
    }

    /// The cookie for one other node, as `-setcookie NODE COOKIE`: it is used in both directions with that node, whatever
    /// the cookie of this one.
    pub fn cookie_for(mut self, node: impl Into<String>, cookie: impl Into<String>) -> Self {
        self.cookies
            .push((node.into(), Cookie::new(&cookie.into())));
        self
    }

    /// Only these nodes may be connected, as `net_kernel:allow/1`; said again, it adds to the list. Without it everybody
    /// may who has the cookie.
    ///
    /// An entry is the name of a node. For nodes that connect to this one it may also be `name@`, on whatever host, or a
    /// host; this node itself connects only to nodes that are listed by their whole name. So do OTP 25 to 29.
    pub fn allow<N: Into<String>>(mut self, nodes: impl IntoIterator<Item = N>) -> Self {
        self.allowed.extend(nodes.into_iter().map(Into::into));
        self
    }

    /// A rule of one's own about who may be connected, and with which cookie.
    pub fn authentication(mut self, policy: impl Authentication) -> Self {
        self.authentication = Some(Policy(Arc::new(policy)));
        self
    }

    /// The port to listen on for other nodes: one (`9100`), or the first free one of a range (`9100..=9105`), as
    /// OTP's `inet_dist_listen_min` and `inet_dist_listen_max`. Port 0, the default, is any free one.
    pub fn listen(mut self, ports: impl Ports) -> Self {
        self.ports = ports.ports();
        self
    }

    /// The address to listen on: loopback unless set, so that a node is not reachable from outside by accident.
    pub fn listen_address(mut self, address: IpAddr) -> Self {
        self.listen_address = address;
        self
    }

    /// The port of EPMD, 4369 or `ERL_EPMD_PORT` unless set.
    pub fn epmd_port(mut self, port: u16) -> Self {
        self.epmd.set_port(port);
        self
    }

    /// Whether this node runs the EPMD of this host when nobody else does. It does unless switched off.
    pub fn embedded_epmd(mut self, on: bool) -> Self {
        self.embedded_epmd = on;
        self
    }

    /// Makes it a visible node: it appears in `nodes()` of its peers.
    pub fn visible(mut self) -> Self {
        self.hidden = false;
        self
    }

    /// Whether processes are started here for other nodes: factories, functions, and with them rpc and erpc, which are
    /// spawns too. On unless said otherwise, for what is registered.
    ///
    /// Off, it is said in the handshake, so that other nodes do not even ask; those that ask all the same are refused with
    /// `disabled`. What reaches `rex` in the old way, `rpc:block_call` and the calls of C nodes, is no spawn and goes on.
    pub fn remote_spawn(mut self, on: bool) -> Self {
        self.spawns = on;
        self
    }

    /// Makes it a hidden node, as `erl -hidden`: connected one by one, never by introduction. The default.
    pub fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    /// After how long a silent peer is taken for lost, as OTP's `net_ticktime`: 60 seconds unless set. It has to be
    /// about the same on all nodes.
    pub fn tick_time(mut self, tick_time: Duration) -> Self {
        self.tick_time = tick_time.max(SHORTEST);
        self
    }

    /// Into how many intervals the tick time is divided, as OTP's `net_tickintensity`: from 4, which it is unless set, to
    /// 1000. A silent peer is taken for lost between the tick time and one interval more.
    pub fn tick_intensity(mut self, intervals: u16) -> Self {
        self.tick_intensity = u32::from(intervals);
        self
    }

    /// Nodes that are kept connected from the start on, as [`Node::keep_connected`](crate::Node::keep_connected) does:
    /// attempts are half a second apart at first, and half a minute at last.
    pub fn keep_connected<N: Into<String>>(mut self, nodes: impl IntoIterator<Item = N>) -> Self {
        self.kept_connected
            .extend(nodes.into_iter().map(Into::into));
        self
    }

    /// Whether a signal to a node that is not connected makes a connection, as kernel's `dist_auto_connect`.
    pub fn auto_connect(mut self, policy: AutoConnect) -> Self {
        self.auto_connect = policy;
        self
    }

    /// The bounds on what peers can make this node keep.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// No distribution: no listening, no EPMD, no peers; processes of this node only.
    pub fn local_only(mut self) -> Self {
        self.distributed = false;
        self
    }

    /// What carries the connections of this node.
    pub(super) fn carrier(&self, routes: &Arc<Routes>) -> Arc<dyn Carrier> {
        #[cfg(feature = "testing")]
        if let Some(carrier) = &self.testing.carrier {
            return carrier.clone();
        }
        Arc::new(Tcp::new(self, routes.clone()))
    }

    /// How calls made outside of processes keep their deadlines.
    pub(super) fn deadlines(&self) -> Deadlines {
        #[cfg(feature = "testing")]
        if self.testing.exact_time {
            return Deadlines::exact();
        }
        Deadlines::default()
    }

    /// Sets a value of the node's environment: [`Context::env`](crate::Context::env).
    pub fn env<T: Encode + Send + Sync + 'static>(mut self, key: &str, value: T) -> Self {
        self.env.set(key, EnvValue::new(value));
        self
    }

    /// As [`NodeBuilder::env`], for a value of any type, that never leaves this node.
    pub fn env_local<T: Send + Sync + 'static>(mut self, key: &str, value: T) -> Self {
        self.env.set(key, EnvValue::local(value));
        self
    }

    /// Sets a value of the environment of an application, as `erl -shop port 8080` and `sys.config` do: it comes before
    /// what the application says itself.
    ///
    /// <https://www.erlang.org/doc/system/applications.html#configuring-an-application>
    pub fn application_env<T: Encode + Send + Sync + 'static>(
        mut self,
        application: &str,
        key: &str,
        value: T,
    ) -> Self {
        let env = self.application_env.entry(application.into());
        env.or_default().set(key, EnvValue::new(value));
        self
    }

    /// Whether processes that are started on other nodes inherit the environment of the one that starts them; they do
    /// not unless set, since it may hold what is nobody else's business: then only what the spawn options say goes with
    /// them.
    ///
    /// With it a process there has, under what the options say, what its parent has, under that what the application of
    /// the parent has, and under that what this node has. What is set as local, or has no form as an Erlang term, is an
    /// error that names its key, before anything is sent; [`SpawnOptions::without_env`] leaves it out.
    ///
    /// [`SpawnOptions::without_env`]: crate::SpawnOptions::without_env
    pub fn expose_env_remote_spawn(mut self, on: bool) -> Self {
        self.exposed.to_spawned = on;
        self
    }

    /// The same for applications that are started on other nodes.
    pub fn expose_env_remote_application_start(mut self, on: bool) -> Self {
        self.exposed.to_applications = on;
        self
    }

    /// How long the node may take to stop, 30 seconds unless set: its applications, one after the other, each within
    /// its own time, then what else runs. What has not ended by then is killed.
    pub fn shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.shutdown_timeout = timeout;
        self
    }

    pub(crate) fn parse_name(&self) -> Result<NodeName, StartError> {
        NodeName::parse_own(&self.name).map_err(|source| StartError::BadName {
            name: self.name.clone(),
            source,
        })
    }

    pub(crate) fn parse_cookie(&self) -> Result<Cookie, StartError> {
        match &self.cookie {
            Some(cookie) => Ok(cookie.clone()?),
            None => Ok(Cookie::load_default()?),
        }
    }
}

impl NodeBuilder {
    /// Who may be connected, as far as it is known at the start.
    pub(super) fn access(&self) -> Result<Access, StartError> {
        let mut by_node = HashMap::new();
        for (name, cookie) in &self.cookies {
            let node = NodeName::parse(name).map_err(|source| StartError::BadName {
                name: name.clone(),
                source,
            })?;
            by_node.insert(node.atom().clone(), cookie.clone()?);
        }
        let mut allowed = Vec::new();
        for entry in &self.allowed {
            let atom = Atom::new(entry).map_err(|_| StartError::BadName {
                name: entry.clone(),
                source: NodeNameError::TooLong,
            })?;
            allowed.push(atom);
        }
        let policy = self.authentication.clone().map(|policy| policy.0);
        Ok(Access::new(self.parse_cookie()?, by_node, allowed, policy))
    }
}

/// The EPMD of this host: `ERL_EPMD_PORT` where it is set, as for every Erlang program.
fn default_epmd() -> SocketAddr {
    let port = std::env::var("ERL_EPMD_PORT")
        .ok()
        .and_then(|text| text.parse().ok());
    SocketAddr::from((Ipv4Addr::LOCALHOST, port.unwrap_or(4369)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// G-17: a program that prints its builder does not print the cookie.
    #[test]
    fn the_cookie_is_not_printed() {
        let builder = NodeBuilder::new("a@h").cookie("very-secret");
        assert!(!format!("{builder:?}").contains("very-secret"));
        assert_eq!(builder.parse_cookie().unwrap().as_bytes(), b"very-secret");
    }

    #[test]
    fn a_bad_cookie_is_an_error_of_the_start() {
        let refused = NodeBuilder::new("a@h").cookie("").parse_cookie();
        assert!(matches!(
            refused,
            Err(StartError::Cookie(CookieError::Empty))
        ));
    }
}
