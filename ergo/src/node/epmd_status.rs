//! How a node stands with EPMD.

use std::sync::PoisonError;

use tokio::sync::watch;

use crate::epmd::{Membership, MembershipStatus};
use crate::node::Node;

impl Node {
    /// How it stands with EPMD; `None` without distribution, with another registrar, and once the node has stopped.
    pub fn epmd_status(&self) -> Option<MembershipStatus> {
        self.with_membership(Membership::status)
    }

    /// Follows how it stands with EPMD, to hear of a lost registration and of the one after it. Only the newest status
    /// is kept. `None` as for [`Node::epmd_status`].
    pub fn watch_epmd(&self) -> Option<watch::Receiver<MembershipStatus>> {
        self.with_membership(Membership::watch)
    }

    fn with_membership<T>(&self, of: impl FnOnce(&Membership) -> T) -> Option<T> {
        let distribution = self.0.distribution.as_ref()?;
        let registered = distribution
            .registered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        registered.as_ref()?.membership().map(of)
    }
}
