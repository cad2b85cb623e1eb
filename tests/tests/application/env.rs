//! The environment: what the node says comes before what the application says.

use ergo::{Application, StartType};
use ergo_tests::{PATIENCE, deadline};

use crate::world::{Log, WorkerRef, application, name, node, started, stop};
use ergo::prelude::*;

#[tokio::test]
async fn where_a_value_comes_from() {
    let builder = Node::builder(name())
        .env("a", 1)
        .env("b", 1)
        .env("c", 1)
        .env("d", 1)
        .application_env("shop", "c", 3)
        .application_env("shop", "d", 3)
        .application_env("other", "b", 9);
    let (node, log) = (started(builder).await, Log::default());
    let shop = application("shop", &log)
        .env("b", 2)
        .env("c", 2)
        .env("d", 2);
    deadline(PATIENCE, node.start_application(shop, StartType::Temporary))
        .await
        .unwrap();
    let of_application = |key| node.application_env::<u32>("shop", key);
    assert_eq!(
        ["a", "b", "c", "d"].map(of_application),
        [None, Some(2), Some(3), Some(3)]
    );

    let worker: WorkerRef = node.whereis("shop").unwrap();
    let mut of_worker = Vec::new();
    node.set_application_env("shop", "d", ergo::EnvValue::new(4));
    for key in ["a", "b", "c", "d", "e"] {
        of_worker.push(deadline(PATIENCE, worker.number(key)).await.unwrap());
    }
    assert_eq!(of_worker, [Some(1), Some(2), Some(3), Some(4), None]);
    assert_eq!(node.application_env::<u32>("other", "b"), None);
    stop(node).await;
}

#[tokio::test]
async fn it_is_there_from_load_to_unload() {
    let node = node().await;
    let shop = || Application::new("shop").env("port", 80);
    let port = || node.application_env::<u16>("shop", "port");
    assert_eq!(port(), None);
    deadline(PATIENCE, node.load_application(shop()))
        .await
        .unwrap();
    assert_eq!(port(), Some(80));
    node.set_application_env("shop", "port", ergo::EnvValue::new(81));
    deadline(
        PATIENCE,
        node.start_application("shop", StartType::Temporary),
    )
    .await
    .unwrap();
    deadline(PATIENCE, node.stop_application("shop"))
        .await
        .unwrap();
    assert_eq!(port(), Some(81));
    // Given again, it is loaded again.
    deadline(
        PATIENCE,
        node.start_application(shop(), StartType::Temporary),
    )
    .await
    .unwrap();
    assert_eq!(port(), Some(80));
    deadline(PATIENCE, node.stop_application("shop"))
        .await
        .unwrap();
    deadline(PATIENCE, node.unload_application("shop"))
        .await
        .unwrap();
    assert_eq!(port(), None);
    stop(node).await;
}
