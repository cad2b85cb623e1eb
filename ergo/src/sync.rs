//! The locks, atomics and tasks that processes and the tables of a node are made of.
//!
//! They are those of the standard library and of tokio. In a build with `--cfg ergo_shuttle` they are those of shuttle
//! instead, whose scheduler chooses at each of them who goes on: `scripts/explore` runs the code of this crate, and not
//! a model of it, under thousands of schedules. What is not here behaves there as one step: `Arc`, the reference counts
//! and channels of tokio, and its timers, whose clock the explorer turns.

use std::future::Future;

use tokio::runtime::Handle;

#[cfg(ergo_shuttle)]
pub(crate) use shuttle::{
    future::AbortHandle,
    sync::{Mutex, MutexGuard, RwLock, atomic},
    thread_local,
};
#[cfg(not(ergo_shuttle))]
pub(crate) use std::{
    sync::{Mutex, MutexGuard, RwLock, atomic},
    thread_local,
};
#[cfg(not(ergo_shuttle))]
pub(crate) use tokio::task::AbortHandle;

/// Runs a future as a task that nobody waits for.
pub(crate) fn spawn_detached<F>(runtime: &Handle, future: F)
where
    F: Future<Output = ()> + Send + 'static,
{
    #[cfg(not(ergo_shuttle))]
    drop(runtime.spawn(future));
    #[cfg(ergo_shuttle)]
    {
        let _ = runtime;
        drop(shuttle::future::spawn(future));
    }
}

/// Runs a future as a task that whoever holds the handle can end.
pub(crate) fn spawn<F>(runtime: &Handle, future: F) -> AbortHandle
where
    F: Future<Output = ()> + Send + 'static,
{
    #[cfg(not(ergo_shuttle))]
    let task = runtime.spawn(future);
    #[cfg(ergo_shuttle)]
    let task = {
        let _ = runtime;
        shuttle::future::spawn(future)
    };
    task.abort_handle()
}
