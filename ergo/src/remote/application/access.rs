//! Which applications other nodes may start.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use crate::etf::Atom;
use crate::node::Node;
use crate::remote::access::{Access, AccessChange, AccessListError, atom};

/// The applications of a node that others may start, by name. Cloning it gives the same set.
#[derive(Clone, Default)]
pub(crate) struct ApplicationStarts(Arc<RwLock<BTreeMap<Atom, Access>>>);

/// Why somebody may not start an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotForThem {
    /// It was never said that anybody may.
    Unknown,
    /// It was, but not of this node.
    NotAllowed,
}

impl NotForThem {
    /// The word that a peer is refused with.
    pub(crate) fn word(self) -> &'static str {
        match self {
            NotForThem::Unknown => "unknown_name",
            NotForThem::NotAllowed => "not_allowed",
        }
    }
}

impl ApplicationStarts {
    fn enable(&self, name: Atom, nodes: Option<BTreeSet<Atom>>) -> Access {
        let mut table = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let before = table.remove(&name).unwrap_or(Access::Closed);
        let access = before.opened(nodes);
        table.insert(name, access.clone());
        access
    }

    fn disable(
        &self,
        name: &Atom,
        nodes: Option<&BTreeSet<Atom>>,
    ) -> Result<Access, AccessListError> {
        let mut table = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let Some(access) = table.get_mut(name) else {
            return Err(AccessListError::NotRegistered(name.as_str().to_owned()));
        };
        *access = access.clone().closed(nodes)?;
        Ok(access.clone())
    }

    /// Whether a node may start it: `this` node may anything. One that is not known, since what it has sent proves
    /// nobody, may what all may.
    pub(crate) fn check(
        &self,
        this: &Atom,
        asking: Option<&Atom>,
        name: &Atom,
    ) -> Result<(), NotForThem> {
        if asking == Some(this) {
            return Ok(());
        }
        let table = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let access = table.get(name).ok_or(NotForThem::Unknown)?;
        let admitted = match asking {
            Some(node) => access.admits(node),
            None => *access == Access::Any,
        };
        admitted.then_some(()).ok_or(NotForThem::NotAllowed)
    }
}

impl Node {
    pub(crate) fn application_starts(&self) -> ApplicationStarts {
        ApplicationStarts::clone(&self.extension::<ApplicationStarts>())
    }

    /// Lets other nodes start an application of this one by its name: all nodes, or with
    /// [`only`](AccessChange::only) those in a list. Called again, nodes are added to the list. It need not be loaded
    /// yet; it has to be when it is started.
    ///
    /// It is started with [`RemoteNode::start_application`](crate::remote::RemoteNode::start_application) from Rust, and
    /// from Erlang with `erpc:call(Node, ergo, start_application, [Name])` or, as any application,
    /// `rpc:call(Node, application, start, [Name])`. Whoever starts it with `application:ensure_all_started` starts what
    /// it depends on, too, and has to be allowed each of these.
    ///
    /// Whoever starts it says of which type: the end of a permanent one stops this node.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> ergo::Result {
    /// use ergo::Application;
    /// use ergo::prelude::*;
    /// let node = Node::builder("doc@127.0.0.1").local_only().start().await?;
    /// node.load_application(Application::new("shop").top(Supervisor::one_for_one())).await?;
    /// node.enable_application_start("shop").only(["front@10.0.0.1"]).await?;
    /// # node.stop().await;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The name is too long, or what is in the list is no node.
    pub fn enable_application_start(&self, application: &str) -> AccessChange<'_> {
        let (name, starts) = (atom(application), self.application_starts());
        AccessChange::new(move |nodes| Ok(starts.enable(name?, nodes)))
    }

    /// Closes the start of an application: for all nodes, or with [`only`](AccessChange::only) for those in a list, which
    /// are taken out of its list. A list that has become empty is open to all. One that runs goes on running.
    ///
    /// # Errors
    /// It was never opened, what is in the list is no node, or it is open to all nodes and there is no list to take nodes
    /// from.
    pub fn disable_application_start(&self, application: &str) -> AccessChange<'_> {
        let (name, starts) = (atom(application), self.application_starts());
        AccessChange::new(move |nodes| starts.disable(&name?, nodes.as_ref()))
    }
}
