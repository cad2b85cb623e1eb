//! Parents on other nodes: who they are, and what their end means.

use ergo::prelude::*;
use ergo::testing::Network;
use ergo::{Destination, ProcessInfo};
use tracing::level_filters::LevelFilter;

use crate::nodes::{parent, run, two};

async fn info(b: &Node, pid: &Pid) -> ProcessInfo {
    b.process_info(pid).unwrap()
}

#[ergo::test]
async fn the_parent_is_the_process_that_asks_or_its_node(network: Network) -> ergo::Result {
    let (a, b) = two(&network, false).await;
    let asks = async |cx: PlainContext| {
        let spawn = cx.remote_spawn("b@mem", "sleeper", SpawnOptions::default(), args![]);
        (cx.pid(), cx.group_leader(), spawn.await.unwrap())
    };
    let (asking, leader, child) = run(&a, parent(), asks).await;
    let seen = info(&b, &child).await;
    assert_eq!(seen.parent, Some(asking.clone()));
    assert_eq!(seen.ancestors, [Destination::Pid(asking)]);
    assert_eq!(seen.application, Some(atom!(shop)));
    // The node's own stands for where a node has none.
    assert_eq!(seen.group_leader.node(), leader.node());
    assert!(seen.dictionary.is_empty(), "{:?}", seen.dictionary);
    let far = a.remote("b@mem").await?;
    let options = SpawnOptions::default().application("other");
    let child = far.spawn("sleeper", options, args![]).await?;
    let seen = info(&b, &child).await;
    assert_eq!(seen.parent, Some(a.pid_of_node()));
    assert_eq!(seen.application, Some(atom!(other)));
    Ok(())
}

/// A server that traps exits.
#[derive(Actor)]
#[actor(trap_exit)]
struct Trapping {
    told: Pid,
}

#[ergo::server]
impl Trapping {
    fn init((told, log): (Pid, bool), cx: &Context<Self>) -> Result<Self, ExitReason> {
        assert_eq!(log, cx.log_level() == LevelFilter::WARN);
        Ok(Trapping { told })
    }

    #[call]
    fn parent(&self, cx: &Context<Self>) -> Pid {
        cx.parent()
    }

    #[exit]
    fn exit(&mut self, exit: Exit, cx: &Context<Self>) {
        let _ = cx.send(&self.told, term!({trapped, (exit.reason.to_term())}));
    }

    async fn terminate(self, reason: &ExitReason, cx: &Context<Self>) {
        let _ = cx.send(&self.told, term!({terminate, (reason.to_term())}));
    }
}

/// Starts a trapping server on `b@mem` as the child of a process that lives until it gets a message, an exit reason.
async fn child(a: &Node, told: Pid, linked: bool) -> (TrappingRef, Pid) {
    let (tell, made) = tokio::sync::oneshot::channel();
    let asking = a.spawn_fn_with(parent(), async move |mut cx: PlainContext| {
        let far = cx.node().remote("b@mem").await.unwrap();
        let spawn = far.spawn_as::<Trapping>("trapping", SpawnOptions::default(), (told, true));
        let spawn = if linked { spawn.link() } else { spawn };
        let _ = tell.send(spawn.await.unwrap());
        match cx.receive().await {
            Some(Message::Term(reason)) => ExitReason::from(reason),
            _ => ExitReason::Normal,
        }
    });
    (made.await.unwrap(), asking.unwrap())
}

#[ergo::test]
async fn the_exit_of_a_linked_parent_stops_a_server_that_traps_exits(
    network: Network,
) -> ergo::Result {
    let (a, b) = two(&network, false).await;
    b.enable_spawn("trapping", Trapping::factory()).await?;
    let mut probe = b.probe();
    let (server, asking) = child(&a, probe.pid(), true).await;
    assert_eq!(server.parent().await?, asking);
    // That of somebody else it hears of.
    b.exit(server.pid().unwrap(), ExitReason::from("somebody"));
    probe.expect_term(pattern!({trapped, somebody})).await;
    a.send(&asking, atom!(enough)).await?;
    probe.expect_term(pattern!({terminate, enough})).await;
    let (server, asking) = child(&a, probe.pid(), true).await;
    assert_eq!(server.parent().await?, asking);
    assert!(network.cut("a@mem", "b@mem"));
    probe.expect_term(pattern!({terminate, noconnection})).await;
    Ok(())
}

#[ergo::test]
async fn without_a_link_the_parent_is_a_name_and_no_more(network: Network) -> ergo::Result {
    let (a, b) = two(&network, false).await;
    b.enable_spawn("trapping", Trapping::factory()).await?;
    let mut probe = b.probe();
    let (server, asking) = child(&a, probe.pid(), false).await;
    assert_eq!(server.parent().await?, b.pid_of_node());
    let seen = info(&b, &server.pid().unwrap()).await;
    assert_eq!(seen.parent, Some(asking.clone()));
    a.send(&asking, atom!(enough)).await?;
    probe.expect_no(secs(60)).await;
    assert_eq!(server.parent().await?, b.pid_of_node());
    Ok(())
}
