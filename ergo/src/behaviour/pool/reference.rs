//! A running pool, as its users see it.

use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, OnceLock};

use crate::behaviour::pool::workers::Workers;
use crate::behaviour::pool::{PoolMessage, PoolProcess, WorkerInfo};
use crate::behaviour::supervisor::ChildError;
use crate::etf::{Decode, DecodeError, Decoder, Encode, EncodeError, Encoder};
use crate::process::{Behavior, CallError, CastError, ExitReason, Handle, Ref};

/// A running pool of workers `W`.
///
/// Where it was made by [`Pool::start`](crate::Pool::start), or [`PoolRef::resolved`] has been awaited on the pool's own
/// node, a worker is picked here and now, and its methods are used without a detour. Anywhere else the requests go to the
/// pool, which hands them on: one message more, and nothing that is `local` can be called.
///
/// A worker answers its caller itself. When it ends before, a caller that went by the pool hears nothing of it until its
/// timeout; one that picked the worker here gets its exit.
pub struct PoolRef<W: Behavior<Args: Clone + Sync>> {
    pool: Ref<PoolProcess<W>>,
    workers: Arc<OnceLock<Arc<Workers<W>>>>,
}

impl<W: Behavior<Args: Clone + Sync>> Clone for PoolRef<W> {
    fn clone(&self) -> Self {
        PoolRef {
            pool: self.pool.clone(),
            workers: self.workers.clone(),
        }
    }
}

impl<W: Behavior<Args: Clone + Sync>> std::fmt::Debug for PoolRef<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("PoolRef").field(&self.pool).finish()
    }
}

impl<W: Behavior<Args: Clone + Sync>> From<Ref<PoolProcess<W>>> for PoolRef<W> {
    fn from(pool: Ref<PoolProcess<W>>) -> Self {
        PoolRef {
            pool,
            workers: Arc::default(),
        }
    }
}

impl<W: Behavior<Args: Clone + Sync>> AsRef<Ref<PoolProcess<W>>> for PoolRef<W> {
    fn as_ref(&self) -> &Ref<PoolProcess<W>> {
        &self.pool
    }
}

impl<W: Behavior<Args: Clone + Sync>> Handle for PoolRef<W> {
    type Actor = PoolProcess<W>;
}

impl<W: Behavior<Args: Clone + Sync>> Encode for PoolRef<W> {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.pool.encode(encoder)
    }
}

impl<'de, W: Behavior<Args: Clone + Sync>> Decode<'de> for PoolRef<W> {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        Ref::decode(decoder).map(PoolRef::from)
    }
}

impl<W: Behavior<Args: Clone + Sync>> PoolRef<W> {
    /// Asks a pool of this node for its workers, so that they are picked here from now on: for a handle that was made
    /// from a name or a pid. One of a pool elsewhere stays as it is.
    pub async fn resolved(self) -> Self {
        if self.workers.get().is_none() {
            let pool = self.pool.resolved();
            if let Ok(workers) = pool.call_local(PoolMessage::Share).await {
                // Whoever was faster got the same.
                let _ = self.workers.set(workers);
            }
        }
        self
    }

    /// The pool as one server.
    fn as_server(&self) -> W::Handle {
        W::Handle::at(self.pool.host(), self.pool.destination())
    }

    /// The worker whose turn it is, among those whose mailbox has room.
    ///
    /// Between this and the use of the handle its mailbox may fill up: [`PoolRef::cast`] and [`PoolRef::call`] try the
    /// next one then.
    ///
    /// # Errors
    /// [`CastError::Full`] when the mailboxes of all workers are full, [`CastError::Closed`] when none lives.
    pub fn worker(&self) -> Result<W::Handle, CastError> {
        match self.workers.get() {
            Some(workers) => workers.pick().map(W::Handle::from),
            None => Ok(self.as_server()),
        }
    }

    /// The worker of a key: the same for the same key as long as it is in the pool, so that what it is asked for one key
    /// keeps its order. Few keys change their worker when others are added or removed.
    ///
    /// # Errors
    /// [`CastError::Full`] when its mailbox is full, [`CastError::Closed`] while it is being started again: no other
    /// worker takes its place. [`CastError::LocalOnly`] where workers are not picked here.
    pub fn worker_for(&self, key: &impl Hash) -> Result<W::Handle, CastError> {
        let workers = self.workers.get().ok_or(CastError::LocalOnly)?;
        workers.of_key(key).map(W::Handle::from)
    }

    /// Casts to the worker whose turn it is, and to the next when its mailbox is full:
    /// `pool.cast(|worker| worker.note(7))`.
    ///
    /// # Errors
    /// [`CastError::Full`] when the mailboxes of all workers are full, [`CastError::Closed`] when none lives, or what the
    /// closure gives otherwise.
    pub fn cast(
        &self,
        cast: impl Fn(&W::Handle) -> Result<(), CastError>,
    ) -> Result<(), CastError> {
        let Some(workers) = self.workers.get() else {
            return cast(&self.as_server());
        };
        if let Ok(worker) = workers.pick() {
            match cast(&W::Handle::from(worker)) {
                Err(CastError::Closed | CastError::Full(_)) => {}
                outcome => return outcome,
            }
        }
        let mut refused = CastError::Closed;
        for worker in workers.candidates() {
            match cast(&W::Handle::from(worker)) {
                Err(CastError::Closed) => {}
                Err(error @ CastError::Full(_)) => refused = error,
                outcome => return outcome,
            }
        }
        Err(refused)
    }

    /// Calls the worker whose turn it is, and the next when its mailbox is full:
    /// `pool.call(async |worker| worker.square(7).await)`.
    ///
    /// A worker that has taken the request is the only one: when it ends before it answers, that is the outcome. Where
    /// mailboxes are bounded with the policy to wait and all are full, the call waits for room in one.
    ///
    /// # Errors
    /// [`CallError::Full`] when the mailboxes of all workers are full, [`CallError::NoProcess`] when none lives, or what
    /// the closure gives otherwise.
    pub async fn call<R, F, Fut>(&self, call: F) -> Result<R, CallError>
    where
        F: Fn(W::Handle) -> Fut,
        Fut: Future<Output = Result<R, CallError>>,
    {
        let Some(workers) = self.workers.get() else {
            return call(self.as_server()).await;
        };
        if let Ok(worker) = workers.pick() {
            match call(W::Handle::from(worker)).await {
                Err(CallError::NoProcess | CallError::Full(_)) => {}
                outcome => return outcome,
            }
        }
        let mut refused = CallError::NoProcess;
        for worker in workers.candidates() {
            match call(W::Handle::from(worker)).await {
                Err(CallError::NoProcess) => {}
                Err(error @ CallError::Full(_)) => refused = error,
                outcome => return outcome,
            }
        }
        Err(refused)
    }

    /// Who the workers are and how they do, in the order of their numbers.
    ///
    /// # Errors
    /// The pool did not answer.
    pub async fn which_workers(&self) -> Result<Vec<WorkerInfo>, CallError> {
        self.pool.call(PoolMessage::WhichWorkers).await
    }

    /// Adds workers, and waits until they have started. Gives how many there are now.
    ///
    /// # Errors
    /// One did not start: those before it are there; or the pool did not answer.
    pub async fn add_workers(&self, count: usize) -> Result<usize, ChildError> {
        let added = self
            .pool
            .call(|reply| PoolMessage::AddWorkers(count, reply));
        added.timeout(std::time::Duration::MAX).await?
    }

    /// Removes the workers that were added last, at most all but one. They get nothing more at once; what waits for them
    /// is handled before they stop, within the time that the pool gives a worker to stop. Gives how many are left, when
    /// they are gone.
    ///
    /// # Errors
    /// The pool did not answer.
    pub async fn remove_workers(&self, count: usize) -> Result<usize, ChildError> {
        let removed = self
            .pool
            .call(|reply| PoolMessage::RemoveWorkers(count, reply));
        removed.timeout(std::time::Duration::MAX).await?
    }

    /// Stops the pool and its workers, here or on another node, and waits until they are gone.
    pub async fn stop(&self) {
        let pool = self.pool.resolved();
        if pool.cast(PoolMessage::Stop).is_err() {
            // It is elsewhere, or has room for system messages only. An error of these means that it has ended.
            let _ = pool
                .stop(ExitReason::Shutdown, std::time::Duration::MAX)
                .await;
        }
        pool.ended().await;
    }
}
