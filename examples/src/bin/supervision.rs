//! Supervision strategies: who is started again with whom, a restart that waits, and children whose end is the end.
//!
//! ```text
//! cargo run -p ergo-examples --bin supervision
//! ```

use ergo::behaviour::{AutoShutdown, Backoff, ChildError};
use ergo::prelude::*;

// ANCHOR: stage
/// A stage of a pipeline. It traps exits, so that it says goodbye when its supervisor stops it.
#[derive(Actor)]
#[actor(trap_exit)]
struct Stage {
    name: &'static str,
}

#[ergo::server]
impl Stage {
    fn init(name: &'static str) -> Result<Self, ExitReason> {
        println!("  {name} starts");
        Ok(Stage { name })
    }

    /// Ends as it is told.
    #[cast]
    fn end(&mut self, reason: ExitReason) -> Flow {
        Flow::Stop(reason)
    }

    async fn terminate(self, reason: &ExitReason) {
        println!("  {} stops: {reason}", self.name);
    }
}

fn stage(name: &'static str) -> ChildSpec {
    Stage::spec(name).id(name)
}
// ANCHOR_END: stage

// ANCHOR: end
/// Ends a child and waits until its supervisor has seen to it.
async fn end(
    node: &Node,
    supervisor: &SupervisorRef,
    id: &str,
    reason: ExitReason,
) -> Result<(), ChildError> {
    let Some(pid) = supervisor.which_child(id).await?.pid else {
        return Ok(());
    };
    println!("{id} ends: {reason}");
    if node.at::<StageRef>(&pid).end(reason).is_err() {
        return Ok(());
    }
    loop {
        let now = supervisor.which_child(id).await?;
        if !now.restarting && now.pid.as_ref() != Some(&pid) {
            return Ok(());
        }
        tokio::time::sleep(millis(1)).await;
    }
}
// ANCHOR_END: end

// ANCHOR: strategies
/// The same three stages and the same crash, once with each strategy.
async fn strategies(node: &Node) -> ergo::Result {
    for (name, supervisor) in [
        ("one_for_one", Supervisor::one_for_one()),
        ("rest_for_one", Supervisor::rest_for_one()),
        ("one_for_all", Supervisor::one_for_all()),
    ] {
        println!("{name}:");
        let supervisor = supervisor
            .child(stage("read"))
            .child(stage("parse"))
            .child(stage("store"))
            .start(node)
            .await?;
        end(node, &supervisor, "parse", "broken".into()).await?;
        supervisor.stop().await;
    }
    Ok(())
}
// ANCHOR_END: strategies

// ANCHOR: backoff
/// A child that waits before it is started again: 20 ms, then 40 ms, and so on up to a second.
async fn backoff(node: &Node) -> ergo::Result {
    println!("backoff:");
    let waits = Backoff::exponential(millis(20), secs(1));
    let supervisor = Supervisor::one_for_one()
        .intensity(10, secs(60))
        .child(stage("connect").backoff(waits))
        .start(node)
        .await?;
    for _ in 0..2 {
        let begun = std::time::Instant::now();
        end(node, &supervisor, "connect", "refused".into()).await?;
        println!("  waited long enough: {}", begun.elapsed() >= millis(20));
    }
    supervisor.stop().await;
    Ok(())
}
// ANCHOR_END: backoff

// ANCHOR: significant
/// Two jobs. When both are done the supervisor is, too.
async fn jobs(node: &Node) -> ergo::Result {
    println!("all_significant:");
    let supervisor = Supervisor::one_for_one()
        .auto_shutdown(AutoShutdown::AllSignificant)
        .child(stage("log"))
        .child(stage("job 1").transient().significant())
        .child(stage("job 2").transient().significant())
        .name("jobs")
        .start(node)
        .await?;
    println!("{}", shape(&supervisor).await?);
    end(node, &supervisor, "job 1", ExitReason::Normal).await?;
    let done = tokio::join!(
        supervisor.join(),
        end(node, &supervisor, "job 2", ExitReason::Normal)
    );
    println!("the supervisor has ended: {}", done.0.is_ok());
    Ok(())
}
// ANCHOR_END: significant

// ANCHOR: tree
/// The tree as text, without the pids, which differ from run to run.
async fn shape(supervisor: &SupervisorRef) -> Result<String, ChildError> {
    let mut tree = supervisor.tree().await?;
    tree.pid = None;
    for child in &mut tree.children {
        child.pid = None;
    }
    Ok(tree.to_string())
}
// ANCHOR_END: tree

#[tokio::main]
async fn main() -> ergo::Result {
    let node = Node::builder("supervision@127.0.0.1")
        .local_only()
        .start()
        .await?;
    strategies(&node).await?;
    backoff(&node).await?;
    jobs(&node).await?;
    node.stop().await;
    Ok(())
}
