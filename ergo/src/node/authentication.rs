//! Who may be connected to this node, and with which cookie.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};

use crate::dist::{Creation, Flags, NodeName};
use crate::etf::Atom;
use crate::node::ConnectError;
use crate::wire::cookie::Cookie;

/// A node's own rule about who may be connected to it, beside the cookie and the list of allowed nodes.
///
/// It is asked once for each attempt, in both directions, after the list of [`NodeBuilder::allow`](crate::NodeBuilder::allow)
/// and before the cookie is proved. So everything a [`Candidate`] that came from outside says of itself is a claim. The
/// handshake waits for the answer: answer at once, and do not block.
///
/// A policy that panics refuses.
///
/// ```
/// use ergo::{Admit, Authentication, Candidate};
///
/// /// Takes nodes of one cluster, and those of another one with a cookie of their own.
/// struct TwoClusters(ergo::wire::Cookie);
///
/// impl Authentication for TwoClusters {
///     fn admit(&self, peer: &Candidate<'_>) -> Admit {
///         match peer.name.name() {
///             name if name.starts_with("shop_") => Admit::Yes,
///             name if name.starts_with("guest_") => Admit::WithCookie(self.0.clone()),
///             _ => Admit::No,
///         }
///     }
/// }
/// # let other = ergo::wire::Cookie::new("another").unwrap();
/// let builder = ergo::Node::builder("shop_1@127.0.0.1").authentication(TwoClusters(other));
/// ```
pub trait Authentication: Send + Sync + 'static {
    /// Whether this node may be connected to `peer`, and with which cookie.
    fn admit(&self, peer: &Candidate<'_>) -> Admit;
}

/// The answer of an [`Authentication`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admit {
    /// With the cookie for this node.
    Yes,
    /// With this cookie, in both directions.
    WithCookie(Cookie),
    /// No: a node that connects is told `not_allowed`, and one that is to be connected to is not dialled.
    No,
}

/// A node that is about to be connected to this one. What it says of itself is not proved.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Candidate<'a> {
    /// Its name. For a node that asks this one for a name (`erl -sname undefined`) it is the name it is about to get.
    pub name: &'a NodeName,
    /// What it announces; `None` when this node dials, which does not know it yet.
    pub flags: Option<Flags>,
    /// Whether it is a hidden node; `None` when this node dials.
    pub hidden: Option<bool>,
    /// Where it connects from; `None` when this node dials.
    pub address: Option<SocketAddr>,
    /// The address of this node that it has connected to; `None` when this node dials.
    pub acceptor: Option<SocketAddr>,
    /// Its incarnation, if it says it at this point.
    pub creation: Option<Creation>,
}

impl<'a> Candidate<'a> {
    /// A node that this one is about to dial.
    pub(super) fn dialled(name: &'a NodeName) -> Candidate<'a> {
        Candidate {
            name,
            flags: None,
            hidden: None,
            address: None,
            acceptor: None,
            creation: None,
        }
    }

    fn is_dialled(&self) -> bool {
        self.address.is_none()
    }
}

/// Why a node is not admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Denial {
    /// The list of allowed nodes does not have it.
    NotOnTheList,
    /// The node's own policy says no.
    Policy,
}

impl std::fmt::Display for Denial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Denial::NotOnTheList => "it is not among the allowed nodes",
            Denial::Policy => "the authentication of this node refuses it",
        })
    }
}

/// The cookies of a node, its list of allowed nodes and its policy.
pub(super) struct Access {
    table: RwLock<Table>,
    policy: Option<Arc<dyn Authentication>>,
}

struct Table {
    cookie: Cookie,
    by_node: HashMap<Atom, Cookie>,
    /// Empty: everybody.
    allowed: Vec<Atom>,
}

impl Access {
    pub(super) fn new(
        cookie: Cookie,
        by_node: HashMap<Atom, Cookie>,
        allowed: Vec<Atom>,
        policy: Option<Arc<dyn Authentication>>,
    ) -> Access {
        let table = RwLock::new(Table {
            cookie,
            by_node,
            allowed,
        });
        Access { table, policy }
    }

    /// The cookie for a candidate, unless it is not admitted. `of_the_way` is the cookie of the acceptor or the route it
    /// comes by: it counts for nodes that have none of their own.
    pub(super) fn admit(
        &self,
        candidate: &Candidate<'_>,
        of_the_way: Option<&Cookie>,
    ) -> Result<Cookie, Denial> {
        if !self.is_allowed(candidate) {
            return Err(Denial::NotOnTheList);
        }
        match self.ask(candidate) {
            Admit::No => Err(Denial::Policy),
            Admit::WithCookie(cookie) => Ok(cookie),
            Admit::Yes => {
                let own = self.read(|table| table.by_node.get(candidate.name.atom()).cloned());
                Ok(own
                    .or_else(|| of_the_way.cloned())
                    .unwrap_or_else(|| self.read(|table| table.cookie.clone())))
            }
        }
    }

    /// As [`Access::admit`], for a node that is to be dialled.
    pub(super) fn to_dial(
        &self,
        target: &NodeName,
        of_the_way: Option<&Cookie>,
    ) -> Result<Cookie, ConnectError> {
        let node = target.atom().clone();
        let admitted = self.admit(&Candidate::dialled(target), of_the_way);
        admitted.map_err(|denial| match denial {
            Denial::NotOnTheList => ConnectError::NotAllowed { node },
            Denial::Policy => ConnectError::Unauthenticated { node },
        })
    }

    fn ask(&self, candidate: &Candidate<'_>) -> Admit {
        let Some(policy) = &self.policy else {
            return Admit::Yes;
        };
        // The handshake of one peer must not take the node along.
        catch_unwind(AssertUnwindSafe(|| policy.admit(candidate))).unwrap_or(Admit::No)
    }

    fn is_allowed(&self, candidate: &Candidate<'_>) -> bool {
        self.read(|table| {
            table.allowed.is_empty()
                || table
                    .allowed
                    .iter()
                    .any(|entry| matches_entry(entry.as_str(), candidate))
        })
    }

    pub(super) fn set_cookie(&self, node: &Atom, cookie: Cookie, is_own: bool) {
        self.write(|table| {
            if is_own {
                table.cookie = cookie;
            } else {
                table.by_node.insert(node.clone(), cookie);
            }
        });
    }

    pub(super) fn allow(&self, nodes: impl IntoIterator<Item = Atom>) {
        self.write(|table| {
            for node in nodes {
                if !table.allowed.contains(&node) {
                    table.allowed.push(node);
                }
            }
        });
    }

    pub(super) fn allowed(&self) -> Vec<Atom> {
        self.read(|table| table.allowed.clone())
    }

    fn read<T>(&self, look: impl FnOnce(&Table) -> T) -> T {
        look(&self.table.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write(&self, change: impl FnOnce(&mut Table)) {
        change(&mut self.table.write().unwrap_or_else(PoisonError::into_inner));
    }
}

/// As OTP 25 to 29 compare: a node that connects is allowed by its name, by `name@`, or by its host; one that is to be
/// dialled by its name alone.
fn matches_entry(entry: &str, candidate: &Candidate<'_>) -> bool {
    let name = candidate.name;
    if entry == name.as_str() {
        return true;
    }
    !candidate.is_dialled()
        && (entry == name.host() || entry.strip_suffix('@') == Some(name.name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookie(text: &str) -> Cookie {
        Cookie::new(text).unwrap()
    }

    fn atom(text: &str) -> Atom {
        Atom::new(text).unwrap()
    }

    fn access(allowed: &[&str], policy: Option<Arc<dyn Authentication>>) -> Access {
        let by_node = HashMap::from([(atom("own@h"), cookie("its own"))]);
        let allowed = allowed.iter().map(|entry| atom(entry)).collect();
        Access::new(cookie("default"), by_node, allowed, policy)
    }

    fn connecting(name: &NodeName) -> Candidate<'_> {
        Candidate {
            address: Some(SocketAddr::from(([127, 0, 0, 1], 1))),
            ..Candidate::dialled(name)
        }
    }

    /// The rows that OTP 25 and 29 were asked.
    #[test]
    fn the_list_of_allowed_nodes() {
        let name = NodeName::parse("bb@127.0.0.1").unwrap();
        let check = |allowed: &[&str], incoming: bool, outgoing: bool| {
            let access = access(allowed, None);
            assert_eq!(
                access.is_allowed(&connecting(&name)),
                incoming,
                "{allowed:?}"
            );
            let dialled = Candidate::dialled(&name);
            assert_eq!(access.is_allowed(&dialled), outgoing, "{allowed:?}");
        };
        check(&[], true, true);
        check(&["bb"], false, false);
        check(&["bb@"], true, false);
        check(&["@127.0.0.1"], false, false);
        check(&["127.0.0.1"], true, false);
        check(&["bb@127.0.0.1"], true, true);
        check(&["other"], false, false);
        check(&["other", "bb@127.0.0.1"], true, true);
    }

    #[test]
    fn the_cookie_of_a_node_comes_before_that_of_the_way_and_that_before_the_default() {
        let access = access(&[], None);
        let (own, other) = (
            NodeName::parse("own@h").unwrap(),
            NodeName::parse("other@h").unwrap(),
        );
        let way = cookie("of the way");
        let check = |name: &NodeName, way: Option<&Cookie>, expect: &str| {
            let given = access.admit(&Candidate::dialled(name), way).unwrap();
            assert!(given == cookie(expect), "{name}: {expect}");
        };
        check(&own, Some(&way), "its own");
        check(&own, None, "its own");
        check(&other, Some(&way), "of the way");
        check(&other, None, "default");
        access.set_cookie(&atom("us@h"), cookie("changed"), true);
        access.set_cookie(&atom("own@h"), cookie("changed too"), false);
        check(&other, None, "changed");
        check(&own, None, "changed too");
    }

    struct ByName;

    impl Authentication for ByName {
        fn admit(&self, peer: &Candidate<'_>) -> Admit {
            match peer.name.name() {
                "yes" => Admit::Yes,
                "own" => Admit::WithCookie(Cookie::new("of the policy").unwrap()),
                "panic" => panic!("a policy with a mistake"),
                _ => Admit::No,
            }
        }
    }

    #[test]
    fn the_policy_has_the_last_word() {
        let access = access(&[], Some(Arc::new(ByName)));
        let admit = |name: &str| {
            let name = NodeName::parse(name).unwrap();
            access.admit(&Candidate::dialled(&name), None)
        };
        assert!(admit("yes@h") == Ok(cookie("default")));
        assert!(admit("own@h") == Ok(cookie("of the policy")));
        assert!(admit("no@h") == Err(Denial::Policy));
        assert!(admit("panic@h") == Err(Denial::Policy));
    }
}
