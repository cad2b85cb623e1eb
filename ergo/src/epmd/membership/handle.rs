//! The handle of a node that is kept registered.

use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

use crate::epmd::codec::NodeEntry;
use crate::epmd::membership::run::{Keeper, join};
use crate::epmd::membership::seat::Candidate;
use crate::epmd::{Client, EpmdError, MembershipOptions, MembershipStatus};

/// A node registered with its host's EPMD, and kept so until this is dropped.
///
/// See [`Mode`](crate::epmd::Mode) for who runs the server. When the registration is lost, because the
/// node that ran the server died for example, the node registers again, or runs the server itself;
/// attempts go on for ever and [`Membership::watch`] tells how they stand. Two nodes never hold one
/// name at one server.
///
/// Dropping it unregisters the node soon and ends the server if the node runs it;
/// [`Membership::leave`] also waits until that is done.
#[derive(Debug)]
pub struct Membership {
    client: Client,
    creation: u32,
    status: watch::Receiver<MembershipStatus>,
    leave: Option<oneshot::Sender<()>>,
    keeper: JoinHandle<()>,
}

impl Membership {
    /// Registers `entry`, for the first time, and keeps it registered on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// - [`EpmdError::NameTaken`] when another node has the name; it says which EPMD, and where the
    ///   other node listens.
    /// - [`EpmdError::Listen`] when this node should run the server and cannot.
    /// - Else as [`Client::register`]. A server that is going or coming is waited for until the timeout.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: a node whose `join` is dropped is not registered.
    ///
    /// ```
    /// use ergo::epmd::codec::NodeEntry;
    /// use ergo::epmd::{Membership, MembershipOptions, Role, MembershipStatus};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let options = MembershipOptions::at(([127, 0, 0, 1], 0).into());
    /// let entry = NodeEntry::named("stock", 9100)?;
    /// let membership = Membership::join(entry, options).await?;
    /// assert!(matches!(
    ///     membership.status(),
    ///     MembershipStatus::Registered { role: Role::Server, .. }
    /// ));
    /// membership.leave().await;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn join(entry: NodeEntry, options: MembershipOptions) -> Result<Self, EpmdError> {
        let mut candidate = Candidate::new(entry, options);
        let seat = join(&mut candidate).await?;
        let creation = seat.creation();
        let client = candidate.options().client();
        let keeper = Keeper::new(candidate, seat);
        let status = keeper.watch();
        let (leave, left) = oneshot::channel();
        Ok(Self {
            client,
            creation,
            status,
            leave: Some(leave),
            keeper: tokio::spawn(keeper.run(left)),
        })
    }

    /// The creation of the first registration, which the node keeps for its life, as OTP's nodes do.
    #[must_use]
    pub fn creation(&self) -> u32 {
        self.creation
    }

    /// How the membership stands now.
    #[must_use]
    pub fn status(&self) -> MembershipStatus {
        self.status.borrow().clone()
    }

    /// Follows the status. Only the newest is kept: who looks seldom sees fewer changes, and
    /// `registrations` tells how many there were.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<MembershipStatus> {
        self.status.clone()
    }

    /// A client of the EPMD of this host, whoever runs it.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Unregisters the node and ends the server if this node runs it; done when this returns.
    pub async fn leave(mut self) {
        drop(self.leave.take());
        // A keeper that panicked has dropped the registration and the server already.
        let _ = (&mut self.keeper).await;
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}
