//! Why did my process exit? Each way to end, what its monitor hears, and what is logged.
//!
//! The crash reports are on standard error.
//!
//! ```text
//! cargo run -p ergo-examples --bin why_did_it_exit
//! ```

use ergo::Snapshot;
use ergo::prelude::*;

// ANCHOR: actor
/// Ends in every way there is.
#[derive(Actor)]
#[actor(snapshot, last_message)]
struct Fragile {
    value: i64,
}

impl Snapshot for Fragile {
    fn snapshot(&self) -> Term {
        Term::from(self.value)
    }
}

#[ergo::server]
impl Fragile {
    fn init(value: i64) -> Result<Self, ExitReason> {
        Ok(Fragile { value })
    }

    /// It returns a reason, after `terminate`: a crash report, unless the reason is clean.
    #[cast]
    fn stop(&mut self, reason: ExitReason) -> Flow {
        Flow::Stop(reason)
    }

    /// A panic: always a crash report, with file and line, the message and the state.
    #[cast]
    fn divide(&mut self, by: i64) {
        self.value /= by;
    }

    async fn terminate(self, reason: &ExitReason) {
        println!("    terminate({reason})");
    }
}
// ANCHOR_END: actor

type End = Box<dyn FnOnce(&Node, &FragileRef) + Send>;

// ANCHOR: ways
fn ways() -> Vec<(&'static str, End)> {
    vec![
        (
            "Flow::Stop(normal)",
            Box::new(|_, it| {
                let _ = it.stop(ExitReason::Normal);
            }),
        ),
        (
            "Flow::Stop(overloaded)",
            Box::new(|_, it| {
                let _ = it.stop(ExitReason::from("overloaded"));
            }),
        ),
        (
            "a panic",
            Box::new(|_, it| {
                let _ = it.divide(0);
            }),
        ),
        (
            "an exit signal, normal",
            Box::new(|_, it| it.exit(ExitReason::Normal)),
        ),
        (
            "an exit signal, shutdown",
            Box::new(|_, it| it.exit(ExitReason::Shutdown)),
        ),
        (
            "an exit signal, kill",
            Box::new(|_, it| it.exit(ExitReason::Kill)),
        ),
        (
            "a linked process that failed",
            Box::new(|node, it| {
                let pid = it.pid();
                let _ = node.spawn_fn(async move |cx: PlainContext| {
                    if let Some(pid) = pid {
                        cx.link(&pid);
                    }
                    ExitReason::from("my_friend_failed")
                });
            }),
        ),
    ]
}
// ANCHOR_END: ways

#[tokio::main]
async fn main() -> ergo::Result {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    let node = Node::builder("exits@127.0.0.1")
        .local_only()
        .start()
        .await?;
    // ANCHOR: watch
    for (way, end) in ways() {
        println!("{way}");
        let it = node.spawn::<Fragile>(42).await?;
        end(&node, &it);
        match tokio::time::timeout(secs(1), it.ended()).await {
            Ok(reason) => println!("    ended: {reason}"),
            // An exit signal `normal` of somebody else ends nobody.
            Err(_) => println!("    lives"),
        }
    }
    // ANCHOR_END: watch
    println!("the end");
    node.stop().await;
    Ok(())
}
