//! Which nodes may ask for what is registered here.

use std::collections::BTreeSet;
use std::future::{IntoFuture, Ready, ready};

use crate::etf::Atom;

/// Which nodes may ask for something: a factory, a function, an application. Three cases that are never confused.
///
/// The name counts that the node has proved in the handshake, never one that it writes into a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Every node that is connected, which means that it knows a cookie.
    Any,
    /// These nodes. Never empty.
    Only(BTreeSet<Atom>),
    /// None: it stays known, and whoever asks is refused.
    Closed,
}

impl Access {
    /// Whether this node may.
    pub fn admits(&self, node: &Atom) -> bool {
        match self {
            Access::Any => true,
            Access::Only(nodes) => nodes.contains(node),
            Access::Closed => false,
        }
    }

    /// Who may where one of two is asked for.
    pub(crate) fn or(self, other: &Access) -> Access {
        match (self, other) {
            (Access::Any, _) | (_, Access::Any) => Access::Any,
            (Access::Closed, other) => other.clone(),
            (only, Access::Closed) => only,
            (Access::Only(mut nodes), Access::Only(more)) => {
                nodes.extend(more.iter().cloned());
                Access::Only(nodes)
            }
        }
    }

    /// What it is after being opened, for these nodes or for all.
    ///
    /// Nodes are added to those of a list; a list closes to all others what was open to all.
    pub(crate) fn opened(self, nodes: Option<BTreeSet<Atom>>) -> Access {
        match (self, nodes) {
            (_, None) => Access::Any,
            (Access::Only(mut there), Some(mut nodes)) => {
                there.append(&mut nodes);
                Access::Only(there)
            }
            (Access::Any | Access::Closed, Some(nodes)) => Access::Only(nodes),
        }
    }

    /// What it is after being closed, for these nodes or for all.
    ///
    /// Where the last node of a list is taken out it is open to all, as in Ergo Framework: there is no list any more.
    ///
    /// # Errors
    /// Nodes cannot be taken from what is open to all.
    pub(crate) fn closed(self, nodes: Option<&BTreeSet<Atom>>) -> Result<Access, AccessListError> {
        match (self, nodes) {
            (_, None) | (Access::Closed, Some(_)) => Ok(Access::Closed),
            (Access::Any, Some(_)) => Err(AccessListError::OpenToAll),
            (Access::Only(there), Some(nodes)) => {
                let rest: BTreeSet<Atom> = there.difference(nodes).cloned().collect();
                if rest.is_empty() {
                    tracing::warn!(
                        "the last node was taken from a list of nodes: open to all nodes now"
                    );
                    return Ok(Access::Any);
                }
                Ok(Access::Only(rest))
            }
        }
    }
}

/// Why a list of nodes could not be changed. Nothing has changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccessListError {
    /// An empty list; without a list it is for all nodes.
    #[error("a list without nodes: leave `only` out where all nodes are meant")]
    NoNodes,
    /// Not the name of a node, which is `name@host`, in at most 255 characters.
    #[error("{0:?} is not the name of a node, which is `name@host`")]
    BadNodeName(String),
    /// A name that is no atom: it has more than 255 characters.
    #[error("{0:?} is longer than the 255 characters of an atom")]
    TooLong(String),
    /// There is nothing of this name.
    #[error("nothing is registered as {0}")]
    NotRegistered(String),
    /// Something else has this name.
    #[error("{0} is registered already, for something else")]
    Taken(String),
    /// It is open to all nodes: there is no list to take nodes from.
    #[error(
        "it is open to all nodes: there is no list to take nodes from; open it for some with `only` first"
    )]
    OpenToAll,
}

type Apply<'a> = dyn FnOnce(Option<BTreeSet<Atom>>) -> Result<Access, AccessListError> + Send + 'a;

/// A change of who may ask for something: for all nodes, or with [`AccessChange::only`] for those in a list. It takes
/// effect, at once and as a whole, when it is awaited, and says who may from then on.
#[must_use = "nothing changes until it is awaited"]
pub struct AccessChange<'a> {
    nodes: Option<Vec<String>>,
    apply: Box<Apply<'a>>,
}

impl<'a> AccessChange<'a> {
    pub(crate) fn new(
        apply: impl FnOnce(Option<BTreeSet<Atom>>) -> Result<Access, AccessListError> + Send + 'a,
    ) -> Self {
        AccessChange {
            nodes: None,
            apply: Box::new(apply),
        }
    }

    /// For these nodes only. Called again it adds to the list.
    pub fn only<N: Into<String>>(mut self, nodes: impl IntoIterator<Item = N>) -> Self {
        let list = self.nodes.get_or_insert_default();
        list.extend(nodes.into_iter().map(Into::into));
        self
    }

    fn apply(self) -> Result<Access, AccessListError> {
        let nodes = self.nodes.map(|nodes| {
            if nodes.is_empty() {
                return Err(AccessListError::NoNodes);
            }
            nodes.iter().map(|name| node_name(name)).collect()
        });
        (self.apply)(nodes.transpose()?)
    }
}

impl<'a> IntoFuture for AccessChange<'a> {
    type Output = Result<Access, AccessListError>;
    type IntoFuture = Ready<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        ready(self.apply())
    }
}

impl std::fmt::Debug for AccessChange<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessChange")
            .field("only", &self.nodes)
            .finish_non_exhaustive()
    }
}

fn node_name(text: &str) -> Result<Atom, AccessListError> {
    let is_node = text
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    let name = Atom::new(text).ok().filter(|_| is_node);
    name.ok_or_else(|| AccessListError::BadNodeName(text.to_owned()))
}

/// An atom, of a name a user has given.
pub(crate) fn atom(text: &str) -> Result<Atom, AccessListError> {
    Atom::new(text).map_err(|_| AccessListError::TooLong(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(names: &[&str]) -> BTreeSet<Atom> {
        names.iter().map(|name| node_name(name).unwrap()).collect()
    }

    #[test]
    fn opened_for_nodes_one_after_the_other() {
        let access = Access::Closed.opened(Some(list(&["a@h"])));
        assert_eq!(access, Access::Only(list(&["a@h"])));
        let access = access.opened(Some(list(&["b@h"])));
        assert_eq!(access, Access::Only(list(&["a@h", "b@h"])));
        assert!(access.admits(&Atom::new("b@h").unwrap()));
        assert!(!access.admits(&Atom::new("c@h").unwrap()));
        assert_eq!(access.opened(None), Access::Any);
        let narrowed = Access::Any.opened(Some(list(&["a@h"])));
        assert_eq!(narrowed, Access::Only(list(&["a@h"])));
    }

    #[test]
    fn an_emptied_list_is_open_to_all_and_a_closed_one_to_none() {
        let both = Access::Only(list(&["a@h", "b@h"]));
        let one = both.closed(Some(&list(&["a@h"]))).unwrap();
        assert_eq!(one, Access::Only(list(&["b@h"])));
        let strangers = one.clone().closed(Some(&list(&["x@h"]))).unwrap();
        assert_eq!(strangers, one);
        assert_eq!(one.clone().closed(None), Ok(Access::Closed));
        let none_left = one.closed(Some(&list(&["b@h"]))).unwrap();
        assert_eq!(none_left, Access::Any);
        let refused = none_left.closed(Some(&list(&["b@h"])));
        assert_eq!(refused, Err(AccessListError::OpenToAll));
        assert!(!Access::Closed.admits(&Atom::new("a@h").unwrap()));
    }

    #[tokio::test]
    async fn what_is_no_list_of_nodes_changes_nothing() {
        let change = || AccessChange::new(|_| unreachable!("nothing is applied"));
        let none: [&str; 0] = [];
        assert_eq!(change().only(none).await, Err(AccessListError::NoNodes));
        for bad in ["host", "@host", "name@", "a@b@c", ""] {
            let error = AccessListError::BadNodeName(bad.to_owned());
            assert_eq!(change().only(["a@h", bad]).await, Err(error));
        }
    }
}
