//! A process as the one that starts others.

use std::future::Future;

use crate::etf::{Pid, Reference};
use crate::process::actor::Behavior;
use crate::process::blocking::{self, BlockingContext};
use crate::process::plain::{self, IntoExit, PlainContext};
use crate::process::spawn::{self, Tie};
use crate::process::{Context, SpawnError, SpawnOptions};

/// Whoever is started here, linked or not, has this process as its spawner: it inherits the environment, the
/// application, the group leader and the log level, and names this process first among its ancestors.
impl<A: Behavior> Context<A> {
    /// How something started from here is tied to this process.
    fn tie(&self) -> Tie<'_> {
        Tie {
            spawner: Some(&**self.cell()),
            ..Tie::default()
        }
    }

    fn tie_linked(&self) -> Tie<'_> {
        Tie {
            link: Some(&**self.cell()),
            ..self.tie()
        }
    }

    /// `start_link`: starts an actor linked to this process, which is its parent. Returns when its init has ended.
    ///
    /// # Errors
    /// Its init refused, or its name is taken; nothing of it is left, and no exit signal comes.
    pub async fn spawn_link<B: Behavior>(&self, args: B::Args) -> Result<B::Handle, SpawnError> {
        let tie = self.tie_linked();
        let spawned = spawn::spawn::<B>(self.host(), args, None, tie).await?;
        Ok(spawned.into())
    }

    /// As [`Context::spawn_link`], with options.
    ///
    /// # Errors
    /// As there.
    pub async fn spawn_link_with<B: Behavior>(
        &self,
        args: B::Args,
        options: SpawnOptions,
    ) -> Result<B::Handle, SpawnError> {
        let tie = self.tie_linked();
        let spawned = spawn::spawn::<B>(self.host(), args, Some(&options), tie).await?;
        Ok(spawned.into())
    }

    /// `start_monitor`: starts an actor that this process monitors. Returns when its init has ended.
    ///
    /// # Errors
    /// Its init refused, or its name is taken; nothing of it is left. A `Down` for the reference has then been
    /// taken back.
    pub async fn spawn_monitor<B: Behavior>(
        &self,
        args: B::Args,
    ) -> Result<(B::Handle, Reference), SpawnError> {
        self.spawn_monitor_with::<B>(args, SpawnOptions::default())
            .await
    }

    /// As [`Context::spawn_monitor`], with options.
    ///
    /// # Errors
    /// As there.
    pub async fn spawn_monitor_with<B: Behavior>(
        &self,
        args: B::Args,
        options: SpawnOptions,
    ) -> Result<(B::Handle, Reference), SpawnError> {
        let number = self.host().next_number();
        let reference = self.host().reference(number);
        let tie = Tie {
            monitor: Some((&**self.cell(), number)),
            ..self.tie()
        };
        let spawned = spawn::spawn::<B>(self.host(), args, Some(&options), tie).await?;
        Ok((spawned.into(), reference))
    }

    /// Starts an actor of its own, tied to nobody. Returns when its init has ended.
    ///
    /// # Errors
    /// Its init refused, or its name is taken; nothing of it is left.
    pub async fn spawn<B: Behavior>(&self, args: B::Args) -> Result<B::Handle, SpawnError> {
        let spawned = spawn::spawn::<B>(self.host(), args, None, self.tie()).await?;
        Ok(spawned.into())
    }

    /// As [`Context::spawn`], with options.
    ///
    /// # Errors
    /// As there.
    pub async fn spawn_with<B: Behavior>(
        &self,
        args: B::Args,
        options: SpawnOptions,
    ) -> Result<B::Handle, SpawnError> {
        let spawned = spawn::spawn::<B>(self.host(), args, Some(&options), self.tie()).await?;
        Ok(spawned.into())
    }

    /// Starts a plain process of its own, tied to nobody.
    ///
    /// # Errors
    /// The node is stopping.
    pub fn spawn_fn<F, Fut>(&self, body: F) -> Result<Pid, SpawnError>
    where
        F: FnOnce(PlainContext) -> Fut,
        Fut: Future + Send + 'static,
        Fut::Output: IntoExit,
    {
        self.spawn_fn_with(SpawnOptions::default(), body)
    }

    /// As [`Context::spawn_fn`], with options.
    ///
    /// # Errors
    /// As there, or its name is taken.
    pub fn spawn_fn_with<F, Fut>(&self, options: SpawnOptions, body: F) -> Result<Pid, SpawnError>
    where
        F: FnOnce(PlainContext) -> Fut,
        Fut: Future + Send + 'static,
        Fut::Output: IntoExit,
    {
        plain::spawn(self.host(), &options, &self.tie(), body)
    }

    /// Starts a process around a closure that may block its thread, tied to nobody.
    ///
    /// # Errors
    /// The node is stopping.
    pub fn spawn_blocking<F, R>(&self, body: F) -> Result<Pid, SpawnError>
    where
        F: FnOnce(BlockingContext) -> R + Send + 'static,
        R: IntoExit + 'static,
    {
        blocking::spawn(self.host(), &SpawnOptions::default(), &self.tie(), body)
    }

    /// Starts a process around a closure that may block its thread, linked to this one, which is its parent.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> ergo::Result {
    /// use ergo::prelude::*;
    /// # let node = Node::builder("doc@127.0.0.1").local_only().start().await?;
    /// # let (done, seen) = tokio::sync::oneshot::channel();
    /// node.spawn_fn(async |mut cx| {
    ///     let me = cx.pid();
    ///     let worker = cx.spawn_blocking_link(move |cx| {
    ///         let sum: u64 = (1..=1_000).sum();
    ///         let _ = cx.send(&me, term!({sum, (sum)}));
    ///     });
    ///     assert!(worker.is_ok());
    ///     assert_eq!(cx.receive().await, Some(Message::Term(term!({sum, 500_500}))));
    /// #   let _ = done.send(());
    /// })?;
    /// # seen.await.expect("the assertions hold");
    /// # node.stop().await;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The node is stopping.
    pub fn spawn_blocking_link<F, R>(&self, body: F) -> Result<Pid, SpawnError>
    where
        F: FnOnce(BlockingContext) -> R + Send + 'static,
        R: IntoExit + 'static,
    {
        let options = SpawnOptions::default();
        self.spawn_blocking_link_with(options, body)
    }

    /// As [`Context::spawn_blocking_link`], with options.
    ///
    /// # Errors
    /// As there, or its name is taken.
    pub fn spawn_blocking_link_with<F, R>(
        &self,
        options: SpawnOptions,
        body: F,
    ) -> Result<Pid, SpawnError>
    where
        F: FnOnce(BlockingContext) -> R + Send + 'static,
        R: IntoExit + 'static,
    {
        blocking::spawn(self.host(), &options, &self.tie_linked(), body)
    }

    /// Starts a plain process linked to this one, which is its parent.
    ///
    /// # Errors
    /// The node is stopping.
    pub fn spawn_fn_link<F, Fut>(&self, body: F) -> Result<Pid, SpawnError>
    where
        F: FnOnce(PlainContext) -> Fut,
        Fut: Future + Send + 'static,
        Fut::Output: IntoExit,
    {
        self.spawn_fn_link_with(SpawnOptions::default(), body)
    }

    /// As [`Context::spawn_fn_link`], with options.
    ///
    /// # Errors
    /// As there, or its name is taken.
    pub fn spawn_fn_link_with<F, Fut>(
        &self,
        options: SpawnOptions,
        body: F,
    ) -> Result<Pid, SpawnError>
    where
        F: FnOnce(PlainContext) -> Fut,
        Fut: Future + Send + 'static,
        Fut::Output: IntoExit,
    {
        plain::spawn(self.host(), &options, &self.tie_linked(), body)
    }
}
