//! What is wrong is named.

use ergo::prelude::*;
use ergo::{Application, ApplicationError, StartType};
use ergo_tests::{PATIENCE, deadline};

use crate::world::{Log, application, node, running, stop};

fn named(name: &'static str) -> Application {
    Application::new(name)
}

async fn start(node: &Node, name: &str) -> String {
    let started = deadline(PATIENCE, node.start_application(name, StartType::Temporary)).await;
    outcome(started)
}

fn outcome<T: std::fmt::Debug>(result: Result<T, ApplicationError>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn bad_names() {
    let node = node().await;
    let long = "x".repeat(256);
    for name in ["", "undefined", &*long] {
        let expect = format!("{name:?} is not a name an application can have");
        let loaded = deadline(PATIENCE, node.load_application(Application::new(name))).await;
        assert_eq!(outcome(loaded), expect);
        assert_eq!(start(&node, name).await, expect);
        assert_eq!(
            outcome(deadline(PATIENCE, node.stop_application(name)).await),
            expect
        );
        assert_eq!(
            outcome(deadline(PATIENCE, node.unload_application(name)).await),
            expect
        );
    }
    stop(node).await;
}

#[tokio::test]
async fn dependencies() {
    let node = node().await;
    for application in [
        named("a").depends_on(["b"]),
        named("b").depends_on(["c"]),
        named("c").depends_on(["a"]),
        named("itself").depends_on(["itself"]),
        named("lost").depends_on(["nowhere"]),
        named("base"),
        named("above").depends_on(["base"]),
    ] {
        deadline(PATIENCE, node.load_application(application))
            .await
            .unwrap();
    }
    let all = async |name: &str| {
        let started = node.ensure_all_started([name], StartType::Temporary);
        outcome(deadline(PATIENCE, started).await)
    };
    let circle = "applications depend on each other: b -> c -> a -> b";
    // OTP 25 asks itself for ever here.
    assert_eq!(all("b").await, circle);
    assert_eq!(start(&node, "b").await, circle);
    assert_eq!(
        all("itself").await,
        "applications depend on each other: itself -> itself"
    );
    let unknown = "the application lost depends on nowhere, which is not loaded";
    assert_eq!(all("lost").await, unknown);
    assert_eq!(start(&node, "lost").await, unknown);
    assert_eq!(all("nobody").await, "the application nobody is not loaded");
    assert_eq!(
        start(&node, "nobody").await,
        "the application nobody is not loaded"
    );
    let missing = "the application above depends on base, which is not started";
    assert_eq!(start(&node, "above").await, missing);
    assert_eq!(running(&node).await, [""; 0]);
    assert_eq!(all("above").await, "[base, above]");
    stop(node).await;
}

#[tokio::test]
async fn twice() {
    let (node, log) = (node().await, Log::default());
    let load =
        async |application| outcome(deadline(PATIENCE, node.load_application(application)).await);
    assert_eq!(load(application("shop", &log)).await, "()");
    assert_eq!(
        load(application("shop", &log)).await,
        "the application shop is already loaded"
    );
    assert_eq!(
        outcome(deadline(PATIENCE, node.stop_application("shop")).await),
        "the application shop is not started"
    );
    assert_eq!(start(&node, "shop").await, "()");
    assert_eq!(
        start(&node, "shop").await,
        "the application shop is already started"
    );
    let given = deadline(
        PATIENCE,
        node.start_application(named("shop"), StartType::Temporary),
    )
    .await;
    assert_eq!(outcome(given), "the application shop is already started");
    assert_eq!(
        outcome(deadline(PATIENCE, node.unload_application("shop")).await),
        "the application shop is running"
    );
    deadline(PATIENCE, node.stop_application("shop"))
        .await
        .unwrap();
    assert_eq!(
        outcome(deadline(PATIENCE, node.unload_application("shop")).await),
        "()"
    );
    assert_eq!(
        outcome(deadline(PATIENCE, node.unload_application("shop")).await),
        "the application shop is not loaded"
    );
    assert_eq!(
        start(&node, "shop").await,
        "the application shop is not loaded"
    );
    stop(node).await;
}

#[tokio::test]
async fn on_a_node_that_has_stopped() {
    let node = node().await;
    stop(node.clone()).await;
    let started = deadline(
        PATIENCE,
        node.start_application(named("shop"), StartType::Permanent),
    )
    .await;
    assert_eq!(started, Err(ApplicationError::Stopping));
    assert_eq!(running(&node).await, [""; 0]);
    assert_eq!(deadline(PATIENCE, node.stopped()).await, Ok(()));
}
