//! Two applications, one on top of the other, until SIGTERM or Ctrl-C stops them in order.
//!
//! ```text
//! cargo run -p ergo-examples --bin applications
//! ```

use ergo::Application;
use ergo::prelude::*;

// ANCHOR: worker
/// Greets as the environment of its application says.
#[derive(Actor)]
#[actor(name = "greeter")]
struct Greeter {
    greeting: String,
}

#[ergo::server]
impl Greeter {
    fn init(cx: &Context<Self>) -> Result<Self, ExitReason> {
        let greeting = cx.env("greeting").ok_or("no_greeting")?;
        Ok(Greeter { greeting })
    }

    #[call]
    fn greet(&self, name: String, cx: &Context<Self>) -> String {
        let application = cx.application();
        let application = application.as_ref().map_or("nobody", Atom::as_str);
        format!("{application} says {}, {name}", self.greeting)
    }
}
// ANCHOR_END: worker

// ANCHOR: applications
/// Nothing but values that others use.
fn settings() -> Application {
    Application::new("settings").env("name", "world")
}

/// A tree of processes, on top of the settings.
fn greetings() -> Application {
    Application::new("greetings")
        .description("Greets people")
        .vsn("1.0")
        .depends_on(["settings"])
        .env("greeting", "hello")
        .start(async |cx| {
            println!("{} starts, {}", cx.name(), cx.start_type());
            Supervisor::one_for_one().child(Greeter::spec(()))
        })
        .prep_stop(async |_| println!("the greeter still runs"))
        .stop(async |cx| println!("{} has stopped", cx.name()))
        .shutdown(secs(3))
}
// ANCHOR_END: applications

// ANCHOR: main
#[ergo::main(
    node = "applications@127.0.0.1",
    local_only,
    applications = [greetings(), settings()]
)]
async fn main(node: Node) -> ergo::Result {
    let greeter: GreeterRef = node.whereis("greeter")?;
    let name: String = node.application_env("settings", "name").unwrap_or_default();
    println!("{}", greeter.greet(name).await?);
    for info in node.which_applications().await {
        println!("{} {:?} runs", info.name, info.vsn);
    }
    println!("ready");
    // Until a signal comes, or an application ends that is permanent.
    Ok(node.stopped().await?)
}
// ANCHOR_END: main
