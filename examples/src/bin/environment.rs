//! The environment of processes: values that children inherit, from the node down.
//!
//! ```text
//! cargo run -p ergo-examples --bin environment
//! ```

use ergo::prelude::*;

// ANCHOR: server
/// Answers in the language of its environment.
#[derive(Actor)]
struct Greeter {
    language: String,
}

#[ergo::server]
impl Greeter {
    fn init(cx: &Context<Self>) -> Result<Self, ExitReason> {
        // Its own options, the process that started it, its application, the node: the first that has it.
        let language = cx.env::<String>("language");
        Ok(Greeter {
            language: language.ok_or(ExitReason::from("no_language"))?,
        })
    }

    #[call]
    fn greet(&self, name: String) -> String {
        match self.language.as_str() {
            "de" => format!("Guten Tag, {name}"),
            _ => format!("Hello, {name}"),
        }
    }

    /// A child inherits what this process has.
    #[call]
    async fn twin(&mut self, cx: &Context<Self>) -> Result<GreeterRef, ExitReason> {
        let started = cx.spawn_link::<Greeter>(()).await;
        started.map_err(|error| ExitReason::from(error.to_string().as_str()))
    }
}
// ANCHOR_END: server

#[tokio::main]
async fn main() -> ergo::Result {
    // ANCHOR: use
    let builder = Node::builder("environment@127.0.0.1").env("language", "en");
    let node = builder.local_only().start().await?;
    let english = node.spawn::<Greeter>(()).await?;
    println!("{}", english.greet("Ada".into()).await?);

    let options = SpawnOptions::default().env("language", "de");
    let german = node.spawn_with::<Greeter>((), options).await?;
    let twin = german.twin().await??;
    println!("{}", twin.greet("Konrad".into()).await?);
    // ANCHOR_END: use

    // ANCHOR: ancestors
    if let Some(info) = twin.pid().and_then(|pid| node.process_info(&pid)) {
        let parent = german.pid();
        println!("started by the other one: {}", info.parent == parent);
    }
    // ANCHOR_END: ancestors
    node.stop().await;
    Ok(())
}
