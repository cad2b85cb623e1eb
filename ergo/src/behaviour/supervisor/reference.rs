//! A running supervisor, as its users see it.

use std::time::Duration;

use crate::behaviour::supervisor::{
    ChildCount, ChildError, ChildId, ChildInfo, ChildSpecInfo, NewChild, SupervisorMessage,
    SupervisorProcess, Tree,
};
use crate::etf::{DecodeOwned, Pid};
use crate::process::{Call, ExitReason, Handle, Ref, Reply};

/// A running supervisor.
///
/// Its requests are those of OTP's `supervisor` and are sent as OTP sends them, so a handle works for a supervisor on
/// another node, too, also for one in Erlang. As in OTP they wait as long as it takes: a supervisor answers when it is done
/// with what it does, and starting or stopping a child may take its time.
///
/// Source: <https://www.erlang.org/doc/apps/stdlib/supervisor.html>.
#[derive(Clone, Debug)]
pub struct SupervisorRef(Ref<SupervisorProcess>);

impl From<Ref<SupervisorProcess>> for SupervisorRef {
    fn from(reference: Ref<SupervisorProcess>) -> Self {
        SupervisorRef(reference)
    }
}

impl AsRef<Ref<SupervisorProcess>> for SupervisorRef {
    fn as_ref(&self) -> &Ref<SupervisorProcess> {
        &self.0
    }
}

impl Handle for SupervisorRef {
    type Actor = SupervisorProcess;
}

impl SupervisorRef {
    fn call<R: DecodeOwned + Send + 'static>(
        &self,
        make: impl FnOnce(Reply<R>) -> SupervisorMessage,
    ) -> Call<'_, SupervisorProcess, R> {
        self.0.call(make).timeout(Duration::MAX)
    }

    /// `supervisor:which_children/1`: what is supervised, the child added last first.
    pub fn which_children(&self) -> Call<'_, SupervisorProcess, Vec<ChildInfo>> {
        self.call(SupervisorMessage::WhichChildren)
    }

    /// `supervisor:which_child/2`: one child, by its id, or by its pid where children are of one template. Erlang has it
    /// since OTP 29.
    ///
    /// # Errors
    /// [`ChildError::NotFound`], [`ChildError::SimpleOneForOne`] for an id where pids are needed, [`ChildError::Call`].
    pub async fn which_child(&self, id: impl Into<ChildId>) -> Result<ChildInfo, ChildError> {
        let id = id.into().0;
        self.call(|reply| SupervisorMessage::WhichChild(id, reply))
            .await?
    }

    /// `supervisor:count_children/1`.
    pub fn count_children(&self) -> Call<'_, SupervisorProcess, ChildCount> {
        self.call(SupervisorMessage::CountChildren)
    }

    /// `supervisor:start_child/2`: adds a child after all others and starts it. With a [`ChildSpec`] for most
    /// supervisors; with `args![..]` or [`ChildArgs`] for one with a template.
    ///
    /// A specification cannot travel: a supervisor on another node takes arguments only. From Erlang, see
    /// [`Supervisor::template`](crate::Supervisor::template).
    ///
    /// # Errors
    /// [`ChildError::AlreadyStarted`] or [`ChildError::AlreadyPresent`] for an id there is,
    /// [`ChildError::Failed`] with the reason of a child that does not start and is not kept,
    /// [`ChildError::Ignored`], [`ChildError::BadSpec`], [`ChildError::Call`].
    ///
    /// [`ChildSpec`]: super::ChildSpec
    /// [`ChildArgs`]: super::ChildArgs
    pub async fn start_child(&self, child: impl Into<NewChild>) -> Result<Pid, ChildError> {
        let child = child.into();
        let reply = self.call(|reply| SupervisorMessage::StartChild(child, reply));
        reply.await?.result?.ok_or(ChildError::Ignored)
    }

    /// `supervisor:terminate_child/2`: stops a child, which is not started again. Its specification stays, unless it is
    /// temporary or of a template. By its id, or by its pid where children are of one template.
    ///
    /// # Errors
    /// [`ChildError::NotFound`], [`ChildError::SimpleOneForOne`] for an id where pids are needed, [`ChildError::Call`].
    pub async fn terminate_child(&self, id: impl Into<ChildId>) -> Result<(), ChildError> {
        let id = id.into().0;
        self.call(|reply| SupervisorMessage::TerminateChild(id, reply))
            .await?
    }

    /// `supervisor:restart_child/2`: starts a child that does not run. It does not count as a restart.
    ///
    /// # Errors
    /// [`ChildError::NotFound`], [`ChildError::Running`], [`ChildError::Restarting`], [`ChildError::SimpleOneForOne`],
    /// [`ChildError::Failed`] with the reason of a child that does not start, [`ChildError::Ignored`],
    /// [`ChildError::Call`].
    pub async fn restart_child(&self, id: impl Into<ChildId>) -> Result<Pid, ChildError> {
        let id = id.into().0;
        let reply = self.call(|reply| SupervisorMessage::RestartChild(id, reply));
        reply.await?.result?.ok_or(ChildError::Ignored)
    }

    /// `supervisor:delete_child/2`: forgets a child that does not run.
    ///
    /// # Errors
    /// [`ChildError::NotFound`], [`ChildError::Running`], [`ChildError::Restarting`], [`ChildError::SimpleOneForOne`],
    /// [`ChildError::Call`].
    pub async fn delete_child(&self, id: impl Into<ChildId>) -> Result<(), ChildError> {
        let id = id.into().0;
        self.call(|reply| SupervisorMessage::DeleteChild(id, reply))
            .await?
    }

    /// `supervisor:get_childspec/2`: the specification of a child, by its id; where children are of one template by a
    /// pid or the id of the template.
    ///
    /// # Errors
    /// [`ChildError::NotFound`], [`ChildError::Call`].
    pub async fn child_spec(&self, id: impl Into<ChildId>) -> Result<ChildSpecInfo, ChildError> {
        let id = id.into().0;
        self.call(|reply| SupervisorMessage::ChildSpec(id, reply))
            .await?
    }

    /// The whole tree below this supervisor: ids, pids, names, kinds and what runs. It prints as text.
    ///
    /// The supervisors are asked one after the other, so a tree that changes meanwhile may be shown in parts of
    /// different moments. One that does not answer within 5 seconds is shown without its children.
    ///
    /// # Errors
    /// This supervisor did not answer.
    pub async fn tree(&self) -> Result<Tree, ChildError> {
        Tree::of(self).await
    }

    /// Stops the supervisor and its children, in the reverse order of start, and waits until they are gone:
    /// `sys:terminate(Supervisor, shutdown)`. Anyone may ask for it.
    ///
    /// On another node, in Rust or in Erlang, it is a system message, and waited for as well; a connection that is lost
    /// ends the waiting.
    pub async fn stop(&self) {
        let supervisor = self.0.resolved();
        if supervisor.cast(SupervisorMessage::Stop).is_err() {
            // It is elsewhere, or has room for system messages only. An error of these means that it has ended.
            let _ = supervisor.stop(ExitReason::Shutdown, Duration::MAX).await;
        }
        supervisor.ended().await;
    }

    /// Waits until the supervisor has ended.
    ///
    /// # Errors
    /// It ended for another reason than `normal`, a stop that was asked for, or the end of significant children: one that
    /// has restarted its children too often ends with `shutdown`, as in OTP, and that is an error here. So is any
    /// `shutdown` from before the join, of which nobody knows any more where it came from.
    pub async fn join(&self) -> crate::error::Result {
        let supervisor = self.0.resolved();
        let asked = supervisor
            .call_local(SupervisorMessage::Join)
            .timeout(Duration::MAX)
            .await;
        match supervisor.ended().await {
            ExitReason::Normal => Ok(()),
            ExitReason::Shutdown if asked.is_ok() => Ok(()),
            reason => Err(crate::error::Error::from(reason)),
        }
    }
}
