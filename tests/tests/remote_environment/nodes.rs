//! The nodes and the factories of these tests.

use ergo::prelude::*;
use ergo::testing::{Network, TestNode};
use ergo::{EnvValue, RemoteSpawnError};
use tokio::sync::oneshot;
use tracing::level_filters::LevelFilter;

/// A value of a type of its own, as it is in an environment.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[etf(record = "limits")]
pub(crate) struct Limits {
    pub(crate) orders: u32,
    pub(crate) region: String,
}

pub(crate) fn limits() -> Limits {
    Limits {
        orders: 7,
        region: "north".to_owned(),
    }
}

/// A node `a@mem`, which exposes its environment or not, and one `b@mem` with an environment of its own and the factory
/// `reader`.
pub(crate) async fn two(network: &Network, exposed: bool) -> (TestNode, TestNode) {
    let a = network.node("a@mem").configure(|node| {
        let node = node.env("place", "node a").env("of node a", 1);
        node.expose_env_remote_spawn(exposed)
    });
    let a = a.start().await.unwrap();
    a.set_application_env("shop", "place", EnvValue::new("shop at a"));
    a.set_application_env("shop", "of shop at a", EnvValue::new(2));
    let b = network
        .node("b@mem")
        .configure(|node| node.env("place", "node b").env("of node b", 3));
    let b = b.start().await.unwrap();
    b.set_application_env("shop", "place", EnvValue::new("shop at b"));
    b.set_application_env("shop", "of shop at b", EnvValue::new(4));
    b.enable_spawn("reader", reader).await.unwrap();
    b.enable_spawn("sleeper", async |mut cx: PlainContext, ()| {
        drop(cx.receive().await);
    })
    .await
    .unwrap();
    (a, b)
}

const KEYS: [&str; 8] = [
    "limits",
    "of node a",
    "of node b",
    "of parent",
    "of options",
    "of shop at a",
    "of shop at b",
    "place",
];

/// Prints what it finds in its environment, a line for each value, for whoever asks.
async fn reader(cx: PlainContext, (to,): (Pid,)) {
    let mut lines = Vec::new();
    for key in KEYS {
        if key == "limits" {
            if let Some(limits) = cx.env::<Limits>(key) {
                lines.push(format!("{key}: {limits:?}"));
            }
        } else if let Some(value) = cx.env::<Term>(key) {
            lines.push(format!("{key}: {value}"));
        }
    }
    let _ = cx.send(&to, lines);
}

/// A process of the application `shop` with a value of its own.
pub(crate) fn parent() -> SpawnOptions {
    SpawnOptions::default()
        .application("shop")
        .log_level(LevelFilter::WARN)
        .env("place", "parent")
        .env("of parent", 5)
        .env("limits", limits())
}

/// Runs `body` as a process with these options, and waits for what it makes.
pub(crate) async fn run<T, F, Fut>(node: &Node, options: SpawnOptions, body: F) -> T
where
    T: Send + 'static,
    F: FnOnce(PlainContext) -> Fut + Send + 'static,
    Fut: Future<Output = T> + Send + 'static,
{
    let (tell, told) = oneshot::channel();
    let process = node.spawn_fn_with(options, move |cx| {
        let body = body(cx);
        async move { drop(tell.send(body.await)) }
    });
    process.unwrap();
    told.await.unwrap()
}

/// What a reader on `b@mem` prints that a process with the options `parent` starts with the options `child`.
pub(crate) async fn printed(
    a: &Node,
    parent: SpawnOptions,
    child: SpawnOptions,
) -> Result<String, RemoteSpawnError> {
    let printed = async move |mut cx: PlainContext| {
        let far = cx.node().remote("b@mem").await.unwrap();
        far.spawn("reader", child, args![(cx.pid())]).await?;
        let Some(Message::Term(lines)) = cx.receive().await else {
            panic!("nothing was printed");
        };
        let lines: Vec<String> = ergo::etf::from_term(&lines).unwrap();
        Ok(lines.join("\n"))
    };
    run(a, parent, printed).await
}
