//! What the end of an application means for its node.

use ergo::prelude::*;
use ergo::{Application, StartType};
use ergo_tests::{PATIENCE, deadline};

use crate::world::{Log, WorkerRef, application, node, running, stop};

/// How an application can end by itself, with the reason it then has.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    /// Its supervisor gives up.
    Shutdown,
    /// Its supervisor is told to end as nothing else can be: by its master's own reason.
    Killed,
    /// It never starts.
    Refused,
}

async fn end(node: &Node, log: &Log, end: End, start_type: StartType) {
    deadline(
        PATIENCE,
        node.start_application(application("base", log), StartType::Permanent),
    )
    .await
    .unwrap();
    if end == End::Refused {
        let refused = Application::new("shop").start(async |_| Err::<Supervisor, _>("no_money"));
        let started = deadline(PATIENCE, node.start_application(refused, start_type)).await;
        started.unwrap_err();
        return;
    }
    let shop = Application::new("shop").depends_on(["base"]).top(
        Supervisor::one_for_one()
            .name("shop_sup")
            .intensity(0, secs(1))
            .child(crate::world::Worker::spec(("shop", log.clone())).name("shop")),
    );
    deadline(PATIENCE, node.start_application(shop, start_type))
        .await
        .unwrap();
    log.take();
    match end {
        End::Shutdown => {
            let worker: WorkerRef = node.whereis("shop").unwrap();
            worker.end(ExitReason::from("boom")).unwrap();
        }
        _ => node.exit(node.whereis_pid("shop_sup").unwrap(), ExitReason::Kill),
    }
}

/// The table of application(3): permanent by any end, transient by any but `normal`, temporary never. A start that fails
/// counts, too (application_controller: application_start_failure).
#[tokio::test]
async fn what_takes_the_node_down() {
    for start_type in [
        StartType::Permanent,
        StartType::Transient,
        StartType::Temporary,
    ] {
        for how in [End::Shutdown, End::Killed, End::Refused] {
            let (node, log) = (node().await, Log::default());
            end(&node, &log, how, start_type).await;
            if start_type == StartType::Temporary {
                while running(&node).await != ["base"] {
                    tokio::task::yield_now().await;
                }
                assert_eq!(node.whereis_pid("shop"), None, "{how:?}");
                assert!(node.whereis_pid("base").is_some(), "{how:?}");
                stop(node).await;
                continue;
            }
            let because = deadline(PATIENCE, node.stopped())
                .await
                .unwrap_err()
                .to_string();
            let reason = match how {
                End::Shutdown => "ended: shutdown",
                End::Killed => "ended: killed",
                End::Refused => "did not start: no_money",
            };
            assert!(
                because.contains(&format!("{start_type} application shop {reason}")),
                "{how:?}: {because}"
            );
            assert_eq!(node.process_count(), 0, "{how:?}");
            // In order, as by a stop.
            let log = log.take();
            let end = [
                "base prepares to stop",
                "base worker stops",
                "base has stopped",
            ];
            assert!(log.ends_with(&end.map(str::to_owned)), "{how:?}: {log:?}");
        }
    }
}

/// A transient application that ends `normal` is over, and nothing else happens.
#[tokio::test]
async fn a_normal_end() {
    for (start_type, lives) in [
        (StartType::Permanent, false),
        (StartType::Transient, true),
        (StartType::Temporary, true),
    ] {
        let node = node().await;
        let shop = Application::new("shop")
            .top(Supervisor::one_for_one())
            .start_phase("ends", async |cx| {
                // As the start function of OTP may return a process that is no supervisor and ends at once.
                cx.stop(ExitReason::Normal);
                Ok(())
            });
        let started = deadline(PATIENCE, node.start_application(shop, start_type)).await;
        started.unwrap();
        if lives {
            while !running(&node).await.is_empty() {
                tokio::task::yield_now().await;
            }
            let stopped = tokio::time::timeout(millis(1), node.stopped()).await;
            assert!(stopped.is_err(), "the node has stopped: {stopped:?}");
            stop(node).await;
        } else {
            deadline(PATIENCE, node.stopped()).await.unwrap_err();
        }
    }
}

/// `application:stop/1` is no end by itself.
#[tokio::test]
async fn a_permanent_application_may_be_stopped() {
    let (node, log) = (node().await, Log::default());
    for start_type in [StartType::Permanent, StartType::Transient] {
        let shop = application("shop", &log);
        deadline(PATIENCE, node.start_application(shop, start_type))
            .await
            .unwrap();
        deadline(PATIENCE, node.stop_application("shop"))
            .await
            .unwrap();
        assert_eq!(node.whereis_pid("shop"), None);
    }
    stop(node.clone()).await;
    assert_eq!(deadline(PATIENCE, node.stopped()).await, Ok(()));
}
