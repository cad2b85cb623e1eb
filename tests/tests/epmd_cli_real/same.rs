//! The same scenario for each tool with each daemon: every word and every exit status is the same.

use std::net::SocketAddr;

use ergo::epmd::codec::NodeEntry;
use ergo::epmd::{Client, Registration};
use ergo_tests::erlang::each_release;
use ergo_tests::process::Process;
use ergo_tests::{PATIENCE, deadline, ports, wait_until};

use crate::tools::{Said, Whose};

/// What was said to each command, in order.
type Script = Vec<(String, Said)>;

/// A daemon, the tool that is asked about it, and what it has said so far.
struct Stage {
    tool: Whose,
    port: u16,
    client: Client,
    script: Script,
}

impl Stage {
    fn new(tool: Whose) -> Self {
        let port = ports::free();
        Self {
            tool,
            port,
            client: Client::new(SocketAddr::from(([127, 0, 0, 1], port))),
            script: Vec::new(),
        }
    }

    async fn run(&mut self, words: &[&str]) {
        let said = self.tool.run(self.port, words).await;
        self.script.push((words.join(" "), said));
    }

    async fn register(&self, name: &str) -> Registration {
        let entry = NodeEntry::named(name, 5555).unwrap();
        self.client.register(&entry).await.unwrap()
    }

    /// Waits until this many nodes are registered.
    async fn registered(&self, count: usize) {
        let counted = async || {
            let listing = self.client.names().await;
            listing.is_ok_and(|listing| listing.nodes.len() == count)
        };
        wait_until(PATIENCE, "that many nodes", counted)
            .await
            .unwrap();
    }

    async fn ended(&mut self, daemon: Process) {
        let status = daemon.wait_exit(PATIENCE).await.unwrap();
        let said = Said {
            status: status.code(),
            output: String::new(),
            complaint: String::new(),
        };
        self.script.push(("the daemon's end".to_owned(), said));
    }
}

async fn strict(daemon: Whose, tool: Whose) -> Script {
    let mut stage = Stage::new(tool);
    for words in [&["names"][..], &["kill"], &["stop", "foo"]] {
        stage.run(words).await;
    }
    let running = daemon.daemon(stage.port, false).await;
    stage.run(&["names"]).await;
    let first = stage.register("foo").await;
    let second = stage.register("bar").await;
    for words in [
        &["names"][..],
        &["kill"],
        &["stop", "foo"],
        &["stop", "nobody"],
        &["names"],
    ] {
        stage.run(words).await;
    }
    drop(second);
    stage.registered(1).await;
    stage.run(&["names"]).await;
    drop(first);
    stage.registered(0).await;
    stage.run(&["kill"]).await;
    stage.ended(running).await;
    stage.run(&["names"]).await;
    stage.script
}

async fn relaxed(daemon: Whose, tool: Whose) -> Script {
    let mut stage = Stage::new(tool);
    let running = daemon.daemon(stage.port, true).await;
    let mut first = stage.register("foo").await;
    let mut second = stage.register("bar").await;
    stage.run(&["stop", "foo"]).await;
    deadline(PATIENCE, first.lost()).await;
    for words in [&["stop", "nobody"][..], &["names"], &["kill"]] {
        stage.run(words).await;
    }
    stage.ended(running).await;
    deadline(PATIENCE, second.lost()).await;
    stage.run(&["kill"]).await;
    stage.script
}

fn find<'a>(script: &'a Script, words: &str, occurrence: usize) -> &'a Said {
    let mut found = script.iter().filter(|(said, _)| said == words);
    &found.nth(occurrence).expect("it was run").1
}

#[tokio::test]
async fn every_tool_says_the_same_of_every_daemon() {
    each_release(async |release| {
        let otp = Whose::Otp(release);
        let (of_strict, of_relaxed) = (strict(otp, otp).await, relaxed(otp, otp).await);
        for (daemon, tool) in [
            (otp, Whose::Ours),
            (Whose::Ours, otp),
            (Whose::Ours, Whose::Ours),
        ] {
            assert_eq!(
                strict(daemon, tool).await,
                of_strict,
                "{daemon:?}, {tool:?}"
            );
            assert_eq!(
                relaxed(daemon, tool).await,
                of_relaxed,
                "{daemon:?}, {tool:?}"
            );
        }
        // That the scenario is the one it is meant to be.
        let listing = "epmd: up and running on port PORT with data:\n";
        let both = format!("{listing}name bar at port 5555\nname foo at port 5555\n");
        assert_eq!(
            find(&of_strict, "names", 0).complaint,
            "epmd: Cannot connect to local epmd"
        );
        assert_eq!(find(&of_strict, "names", 1).output, listing);
        assert_eq!(find(&of_strict, "names", 2).output, both);
        let refused = find(&of_strict, "kill", 1);
        assert_eq!(
            refused.output,
            "Killing not allowed - living nodes in database.\n"
        );
        assert_eq!(refused.status, Some(1));
        assert_eq!(find(&of_strict, "kill", 2).output, "Killed\n");
        assert_eq!(find(&of_strict, "the daemon's end", 0).status, Some(0));
        assert_eq!(find(&of_relaxed, "stop foo", 0).output, "STOPPED\n");
        assert_eq!(find(&of_relaxed, "stop nobody", 0).output, "NOEXIST\n");
    })
    .await;
}

/// A daemon that is started where one runs leaves the place to it, whoever's they are.
#[tokio::test]
async fn a_second_daemon_gives_way() {
    each_release(async |release| {
        let otp = Whose::Otp(release);
        for (first, second) in [
            (otp, Whose::Ours),
            (Whose::Ours, otp),
            (Whose::Ours, Whose::Ours),
        ] {
            let port = ports::free();
            let running = first.daemon(port, false).await;
            let late = second.daemon(port, false).await;
            let status = late.wait_exit(PATIENCE).await.unwrap();
            assert_eq!(status.code(), Some(0), "{second:?} after {first:?}");
            assert!(running.status().is_none(), "{first:?}");
        }
    })
    .await;
}
