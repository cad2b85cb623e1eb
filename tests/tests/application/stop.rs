//! Stopping: deadlines, what hangs, who asks.

use std::time::Duration;

use ergo::prelude::*;
use ergo::{Application, ApplicationError, StartType};
use ergo_tests::{PATIENCE, deadline};

use crate::world::{Log, application, name, node, running, started, stop};

/// A process that ends by `kill` alone.
fn stubborn(id: &str) -> ChildSpec {
    ChildSpec::from_fn(id, async |mut cx| {
        cx.trap_exit(true);
        while let Some(_ignored) = cx.receive().await {}
    })
    .name(id)
    .shutdown_infinity()
}

fn hanging(name: &str, worker: &str) -> Application {
    Application::new(name).top(Supervisor::one_for_one().child(stubborn(worker)))
}

/// One that hangs is killed at its deadline, and those it depends on still stop in order.
#[tokio::test(start_paused = true)]
async fn each_has_its_own_deadline() {
    let (node, log) = (node().await, Log::default());
    let all = [
        application("base", &log),
        hanging("shop", "hangs")
            .depends_on(["base"])
            .shutdown(secs(3)),
    ];
    deadline(PATIENCE, node.ensure_all_started(all, StartType::Permanent))
        .await
        .unwrap();
    log.take();
    let before = tokio::time::Instant::now();
    stop(node).await;
    assert_eq!(
        log.take(),
        [
            "base prepares to stop",
            "base worker stops",
            "base has stopped"
        ]
    );
    let took = before.elapsed();
    assert!((secs(3)..secs(4)).contains(&took), "{took:?}");
}

/// Callbacks count, too: also one that never returns is only waited for until the deadline.
#[tokio::test(start_paused = true)]
async fn a_callback_that_hangs() {
    for at_stop in [false, true] {
        let (node, log) = (node().await, Log::default());
        let shop = application("shop", &log).shutdown(secs(2));
        let shop = if at_stop {
            shop.stop(|_| std::future::pending())
        } else {
            shop.prep_stop(|_| std::future::pending())
        };
        deadline(PATIENCE, node.start_application(shop, StartType::Permanent))
            .await
            .unwrap();
        let before = tokio::time::Instant::now();
        deadline(PATIENCE, node.stop_application("shop"))
            .await
            .unwrap();
        let took = before.elapsed();
        assert!((secs(2)..secs(3)).contains(&took), "{took:?}");
        assert_eq!(node.whereis_pid("shop"), None);
        stop(node).await;
    }
}

/// The node's deadline holds for those that would be waited for however long it takes.
#[tokio::test(start_paused = true)]
async fn the_node_has_a_deadline() {
    let node = started(Node::builder(name()).shutdown_timeout(secs(8))).await;
    let shop = hanging("shop", "hangs").shutdown_infinity();
    deadline(PATIENCE, node.start_application(shop, StartType::Permanent))
        .await
        .unwrap();
    let before = tokio::time::Instant::now();
    stop(node).await;
    let took = before.elapsed();
    assert!((secs(8)..secs(11)).contains(&took), "{took:?}");
}

/// A start that never ends does not keep the node.
#[tokio::test(start_paused = true)]
async fn a_start_that_hangs() {
    let node = node().await;
    let is_starting = std::sync::Arc::new(tokio::sync::Notify::new());
    let at_start = is_starting.clone();
    let shop = Application::new("shop").shutdown(secs(2)).start(move |_| {
        at_start.notify_one();
        std::future::pending::<Supervisor>()
    });
    let starting = tokio::spawn({
        let node = node.clone();
        async move { node.start_application(shop, StartType::Permanent).await }
    });
    deadline(PATIENCE, is_starting.notified()).await;
    let before = tokio::time::Instant::now();
    stop(node).await;
    let started = deadline(PATIENCE, starting).await.unwrap();
    assert_eq!(started, Err(ApplicationError::Stopping));
    let took = before.elapsed();
    assert!((secs(2)..secs(4)).contains(&took), "{took:?}");
}

/// As in OTP, what depends on a stopped application goes on.
#[tokio::test]
async fn those_that_depend_on_it_go_on() {
    let (node, log) = (node().await, Log::default());
    let all = [
        application("base", &log),
        application("shop", &log).depends_on(["base"]),
    ];
    deadline(PATIENCE, node.ensure_all_started(all, StartType::Permanent))
        .await
        .unwrap();
    deadline(PATIENCE, node.stop_application("base"))
        .await
        .unwrap();
    assert_eq!(running(&node).await, ["shop"]);
    let started = deadline(
        PATIENCE,
        node.ensure_all_started(["base"], StartType::Permanent),
    )
    .await;
    assert_eq!(started.unwrap(), ["base"]);
    stop(node).await;
}

/// A process of an application may stop it, and goes with it.
#[tokio::test]
async fn from_inside() {
    let node = node().await;
    let (tell, told) = tokio::sync::oneshot::channel();
    let tell = std::sync::Arc::new(std::sync::Mutex::new(Some(tell)));
    let child = ChildSpec::from_fn("ends_itself", move |mut cx| {
        let tell = tell.clone();
        async move {
            let _ = cx.receive().await;
            let tell = tell.lock().unwrap().take();
            let _ = tell.unwrap().send(());
            let _ = cx.node().stop_application("shop").await;
            std::future::pending::<()>().await
        }
    });
    let shop = Application::new("shop").top(Supervisor::one_for_one().child(child.name("inside")));
    deadline(PATIENCE, node.start_application(shop, StartType::Permanent))
        .await
        .unwrap();
    node.send("inside", term!(go)).await.unwrap();
    deadline(PATIENCE, told).await.unwrap();
    while !running(&node).await.is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(node.whereis_pid("inside"), None);
    stop(node).await;
}

/// A start that comes during a stop waits for it, and is done then.
#[tokio::test(start_paused = true)]
async fn a_start_while_it_stops() {
    let (node, log) = (node().await, Log::default());
    let shop = application("shop", &log).stop(|_| tokio::time::sleep(secs(3)));
    deadline(PATIENCE, node.start_application(shop, StartType::Temporary))
        .await
        .unwrap();
    let stopping = tokio::spawn({
        let node = node.clone();
        async move { node.stop_application("shop").await }
    });
    while !running(&node).await.is_empty() {
        tokio::task::yield_now().await;
    }
    let started = deadline(
        PATIENCE,
        node.ensure_all_started(["shop"], StartType::Temporary),
    )
    .await;
    assert_eq!(started, Ok(vec![atom!("shop")]));
    assert_eq!(deadline(PATIENCE, stopping).await.unwrap(), Ok(()));
    assert_eq!(running(&node).await, ["shop"]);
    stop(node).await;
}

/// Without the processes that every node has it is no node.
#[tokio::test]
async fn the_end_of_kernel_sup() {
    let node = node().await;
    let kernel: SupervisorRef = node.whereis("kernel_sup").unwrap();
    deadline(PATIENCE, kernel.stop()).await;
    let because = deadline(PATIENCE, node.stopped()).await;
    let reason = ExitReason::Shutdown;
    assert_eq!(because, Err(ergo::ApplicationTerminated::Kernel(reason)));
}
