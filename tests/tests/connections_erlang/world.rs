//! A node of ours and an Erlang one, with an EPMD of their own.

use ergo::prelude::*;
use ergo_tests::erlang::{Builder, Epmd, Node as Erl, Release};
use ergo_tests::{PATIENCE, deadline, unique_name};
use tokio::sync::mpsc;

/// How long a silent peer is trusted where a test waits for that, in seconds.
pub(crate) const SHORT_TICK_SECONDS: u64 = 4;

/// How long elsewhere: OTP's own time, so that a busy machine loses no connection.
pub(crate) const TICK_SECONDS: u64 = 60;

pub(crate) struct World {
    pub(crate) rust: Node,
    pub(crate) erl: Erl,
    pub(crate) epmd: Epmd,
}

pub(crate) async fn rust(name: &str, epmd: u16) -> Node {
    rust_ticking(name, epmd, TICK_SECONDS).await
}

pub(crate) async fn rust_ticking(name: &str, epmd: u16, seconds: u64) -> Node {
    let builder = Node::builder(name).cookie("ergo").epmd_port(epmd);
    let builder = builder.tick_time(secs(seconds)).visible();
    deadline(PATIENCE, builder.start()).await.unwrap()
}

pub(crate) async fn erl(release: Release, epmd: u16) -> Erl {
    start(Erl::builder(release, "erl", epmd)).await
}

pub(crate) async fn start(builder: Builder) -> Erl {
    start_ticking(builder, TICK_SECONDS).await
}

pub(crate) async fn start_ticking(builder: Builder, seconds: u64) -> Erl {
    let seconds = seconds.to_string();
    // Names of other nodes are none of its business here.
    let builder = builder
        .kernel("net_ticktime", &seconds)
        .kernel("connect_all", "false")
        .kernel("prevent_overlapping_partitions", "false");
    builder.start().await.unwrap()
}

impl World {
    /// Both, not connected. `R` is the name of ours, and `Me` the evaluating process, at the Erlang node.
    pub(crate) async fn start(release: Release) -> World {
        World::start_ticking(release, TICK_SECONDS).await
    }

    /// As [`World::start`], with this tick time at both, in seconds.
    pub(crate) async fn start_ticking(release: Release, seconds: u64) -> World {
        let epmd = Epmd::start().await.unwrap();
        let name = format!("{}@127.0.0.1", unique_name("rust"));
        let rust = rust_ticking(&name, epmd.port(), seconds).await;
        let builder = Erl::builder(release, "erl", epmd.port());
        let erl = start_ticking(builder, seconds).await;
        erl.eval(&format!("R = '{name}', Me = self()"))
            .await
            .unwrap();
        World { rust, erl, epmd }
    }

    /// As text without quotes around it.
    pub(crate) fn there(&self) -> &str {
        self.erl.name()
    }

    pub(crate) async fn stop(self) {
        deadline(PATIENCE, self.rust.stop()).await;
    }
}

/// All that a process of ours gets, under a name if it has one.
pub(crate) struct Heard {
    pub(crate) pid: Pid,
    messages: mpsc::UnboundedReceiver<Message>,
}

impl Heard {
    pub(crate) fn start(node: &Node, name: Option<&str>) -> Heard {
        Heard::with(node, name, |_| {})
    }

    /// `begin` is done by the process before all else.
    pub(crate) fn with(
        node: &Node,
        name: Option<&str>,
        begin: impl FnOnce(&PlainContext) + Send + 'static,
    ) -> Heard {
        let (tell, messages) = mpsc::unbounded_channel();
        let options = SpawnOptions::default();
        let options = name.map_or(options.clone(), |name| options.name(name));
        let pid = node.spawn_fn_with(options, async move |mut cx| {
            cx.trap_exit(true);
            begin(&cx);
            while let Some(message) = cx.receive().await {
                let stops = |exit: &Exit| exit.reason == ExitReason::Shutdown;
                if matches!(&message, Message::Exit(exit) if stops(exit))
                    || tell.send(message).is_err()
                {
                    return;
                }
            }
        });
        Heard {
            pid: pid.unwrap(),
            messages,
        }
    }

    /// The next message.
    #[track_caller]
    pub(crate) fn next(&mut self) -> impl Future<Output = Message> {
        let next = deadline(4 * PATIENCE, self.messages.recv());
        async move { next.await.expect("the process lives") }
    }

    /// The next message, which is a pid.
    pub(crate) async fn pid(&mut self) -> Pid {
        let term = self.term().await;
        term.as_pid().expect("a pid").clone()
    }

    /// The next message, which is a term.
    pub(crate) async fn term(&mut self) -> Term {
        match self.next().await {
            Message::Term(term) => term,
            other => panic!("{other:?}"),
        }
    }
}
