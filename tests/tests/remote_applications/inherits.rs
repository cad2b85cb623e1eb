//! What the processes of an application have from the one that has started it elsewhere.

use ergo::prelude::*;
use ergo::testing::Network;
use ergo::{Application, RemoteApplicationError};
use tracing::level_filters::LevelFilter;

use crate::nodes::running;

#[derive(Actor)]
#[actor(name = "reader")]
struct Reader;

#[ergo::server]
impl Reader {
    fn init((): ()) -> Result<Self, ExitReason> {
        Ok(Reader)
    }

    /// What it finds, and its log level.
    #[call]
    fn read(&self, key: String, cx: &Context<Self>) -> (Option<Term>, String) {
        (cx.env(&key), cx.log_level().to_string())
    }

    #[call]
    fn application(&self, cx: &Context<Self>) -> Option<Atom> {
        cx.application()
    }
}

async fn reads(reader: &ReaderRef, key: &str) -> String {
    let (value, level) = reader.read(key.to_owned()).await.unwrap();
    let value = value.map_or("nothing".to_owned(), |value| value.to_string());
    format!("{value} at {level}")
}

/// A node that exposes its environment to applications or not, and one with the application `shop`.
async fn check(network: &Network, exposed: bool, lines: [&str; 5]) -> ergo::Result {
    let a = network.node("a@mem").configure(|node| {
        node.env("of node", 1)
            .expose_env_remote_spawn(true)
            .expose_env_remote_application_start(exposed)
    });
    let a = a.start().await?;
    let b = network.node("b@mem").start().await?;
    let shop = Application::new("shop")
        .env("place", "shop")
        .env("own", 4)
        .top(Supervisor::one_for_one().child(Reader::spec(())));
    b.load_application(shop).await?;
    b.enable_application_start("shop").await?;
    let (tell, told) = tokio::sync::oneshot::channel();
    let parent = SpawnOptions::default()
        .env("of parent", 2)
        .log_level(LevelFilter::WARN);
    let asking = a.spawn_fn_with(parent, async move |cx| {
        let far = cx.node().remote("b@mem").await.unwrap();
        let start = far.start_application("shop").env("place", "start");
        let _ = tell.send(start.await);
    });
    let asking = asking?;
    told.await??;
    let reader: ReaderRef = b.whereis("reader")?;
    let keys = ["of node", "of parent", "place", "own", "else"];
    for (key, line) in keys.into_iter().zip(lines) {
        assert_eq!(reads(&reader, key).await, line, "{key}");
    }
    assert_eq!(reader.application().await?, Some(atom!(shop)));
    let info = b.process_info(&reader.pid().unwrap()).unwrap();
    let oldest = info.ancestors.last().cloned();
    assert_eq!(oldest, Some(asking.into()));
    Ok(())
}

#[ergo::test]
async fn without_the_opt_in_what_is_said(network: Network) -> ergo::Result {
    let lines = [
        "nothing at warn",
        "nothing at warn",
        "<<\"start\">> at warn",
        "4 at warn",
        "nothing at warn",
    ];
    check(&network, false, lines).await
}

#[ergo::test]
async fn with_it_the_environment_of_the_one_that_asks(network: Network) -> ergo::Result {
    let lines = [
        "1 at warn",
        "2 at warn",
        "<<\"start\">> at warn",
        "4 at warn",
        "nothing at warn",
    ];
    check(&network, true, lines).await
}

#[ergo::test]
async fn a_value_that_cannot_be_sent(network: Network) -> ergo::Result {
    let a = network.node("a@mem").configure(|node| {
        node.env_local("pool", 1_u8)
            .expose_env_remote_application_start(true)
    });
    let a = a.start().await?;
    let b = network.node("b@mem").start().await?;
    b.load_application(Application::new("db")).await?;
    b.enable_application_start("db").await?;
    let far = a.remote("b@mem").await?;
    let sent = network.bytes("a@mem", "b@mem");
    let refused = far.start_application("db").await;
    let Err(RemoteApplicationError::Env(error)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(error.key, "pool");
    assert_eq!(network.bytes("a@mem", "b@mem"), sent);
    let quiet = far.start_application("db").log_level(LevelFilter::OFF);
    quiet.without_env("pool").await?;
    assert_eq!(running(&b).await, ["db"]);
    Ok(())
}
