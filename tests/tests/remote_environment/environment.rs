//! The environment: what goes along, in which order it is found, and what cannot go.

use ergo::RemoteSpawnError;
use ergo::etf::EncodeError;
use ergo::prelude::*;
use ergo::testing::Network;

use crate::nodes::{limits, parent, printed, run, two};

#[ergo::test]
async fn without_the_opt_in_a_child_has_what_the_options_say(network: Network) -> ergo::Result {
    let (a, _b) = two(&network, false).await;
    let options = || {
        SpawnOptions::default()
            .env("limits", limits())
            .env("of options", 6)
    };
    let lines = printed(&a, parent(), options()).await?;
    let expected = "limits: Limits { orders: 7, region: \"north\" }\n\
                    of node b: 3\n\
                    of options: 6\n\
                    of shop at b: 4\n\
                    place: <<\"shop at b\">>";
    assert_eq!(lines, expected);
    // Without an application it is the node of where it runs.
    let lines = printed(&a, SpawnOptions::default(), SpawnOptions::default()).await?;
    assert_eq!(lines, "of node b: 3\nplace: <<\"node b\">>");
    Ok(())
}

#[ergo::test]
async fn with_it_a_child_has_node_application_parent_and_options(network: Network) -> ergo::Result {
    let (a, _b) = two(&network, true).await;
    let lines = printed(&a, parent(), SpawnOptions::default().env("of options", 6)).await?;
    let inherited = "limits: Limits { orders: 7, region: \"north\" }\n\
                     of node a: 1\n\
                     of node b: 3\n\
                     of parent: 5\n\
                     of options: 6\n\
                     of shop at a: 2\n\
                     of shop at b: 4\n\
                     place: <<\"parent\">>";
    assert_eq!(lines, inherited);
    let options = || {
        SpawnOptions::default()
            .env("place", "options")
            .env("of options", 6)
    };
    let lines = printed(&a, parent(), options()).await?;
    assert_eq!(lines, inherited.replace("\"parent\"", "\"options\""));
    // What is left out is found as it is there.
    let options = SpawnOptions::default()
        .without_env("place")
        .without_env("limits");
    let lines = printed(&a, parent(), options).await?;
    assert!(lines.contains("place: <<\"shop at b\">>"), "{lines}");
    assert!(!lines.contains("limits"), "{lines}");
    let lines = printed(&a, SpawnOptions::default(), SpawnOptions::default()).await?;
    assert_eq!(lines, "of node a: 1\nof node b: 3\nplace: <<\"node a\">>");
    Ok(())
}

/// A value whose form as a term would not be well-formed.
#[derive(Clone)]
struct TooLong;

impl Encode for TooLong {
    fn encode(&self, encoder: &mut ergo::etf::Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_atom(&"x".repeat(256))
    }
}

#[ergo::test]
async fn a_value_that_cannot_be_sent_is_named_before_anything_is(network: Network) -> ergo::Result {
    let (a, b) = two(&network, true).await;
    a.remote("b@mem").await?;
    let local = parent().env_local("socket", std::sync::Mutex::new(1));
    let bad = parent().env("too long", TooLong);
    for (parent, key) in [(local, "socket"), (bad, "too long")] {
        ergo::testing::run_until_idle().await;
        let before = (network.bytes("a@mem", "b@mem"), b.process_count());
        let refused = printed(&a, parent.clone(), SpawnOptions::default()).await;
        let Err(RemoteSpawnError::Env(error)) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(error.key, key);
        let text = RemoteSpawnError::Env(error).to_string();
        let start = format!("the value of {key:?} in the environment cannot be sent");
        assert!(text.starts_with(&start), "{text}");
        assert_eq!((network.bytes("a@mem", "b@mem"), b.process_count()), before);
        let lines = printed(&a, parent, SpawnOptions::default().without_env(key)).await?;
        assert!(lines.contains("of parent: 5"), "{lines}");
    }
    Ok(())
}

#[ergo::test]
async fn a_value_set_later_and_one_of_the_node_cannot_be_sent_either(
    network: Network,
) -> ergo::Result {
    let (a, _b) = two(&network, true).await;
    let later = async |cx: PlainContext| {
        cx.set_env_local("file", 1_u8);
        let to = args![(cx.pid())];
        let refused = cx.remote_spawn("b@mem", "reader", SpawnOptions::default(), to);
        refused.await.unwrap_err().to_string()
    };
    let text = run(&a, SpawnOptions::default(), later).await;
    assert!(text.contains("\"file\""), "{text}");
    a.set_env_local("pool", 1_u8);
    let refused = printed(&a, SpawnOptions::default(), SpawnOptions::default()).await;
    assert!(refused.unwrap_err().to_string().contains("\"pool\""));
    a.unset_env("pool");
    printed(&a, SpawnOptions::default(), SpawnOptions::default()).await?;
    Ok(())
}

#[derive(Actor)]
struct Counter {
    value: u32,
}

#[ergo::server]
impl Counter {
    fn init(value: u32) -> Result<Self, ExitReason> {
        Ok(Counter { value })
    }

    #[call]
    fn add(&mut self, n: u32) -> u32 {
        self.value += n;
        self.value
    }
}

/// A handle in the environment leads back to where it came from.
#[ergo::test]
async fn a_handle_goes_along(network: Network) -> ergo::Result {
    let (a, b) = two(&network, true).await;
    let adder = async |cx: PlainContext, (to,): (Pid,)| {
        let counter = cx.env::<CounterRef>("counter").unwrap();
        let added = counter.add(2).await.unwrap();
        let _ = cx.send(&to, added);
    };
    b.enable_spawn("adder", adder).await?;
    let counter = a.spawn::<Counter>(5).await?;
    let parent = SpawnOptions::default().env("counter", counter.clone());
    let adds = async |mut cx: PlainContext| {
        let to = args![(cx.pid())];
        let spawn = cx.remote_spawn("b@mem", "adder", SpawnOptions::default(), to);
        spawn.await.unwrap();
        cx.receive().await
    };
    let added = run(&a, parent, adds).await;
    assert_eq!(added, Some(Message::Term(term!(7))));
    assert_eq!(counter.add(1).await?, 8);
    Ok(())
}
