//! Children that are started when they are needed: of one template, with arguments of their own, from Rust and from
//! Erlang.
//!
//! ```text
//! cargo run -p ergo-examples --bin dynamic_children
//! ```

use ergo::behaviour::ChildArgs;
use ergo::prelude::*;

// ANCHOR: session
/// What a user does while being logged in.
#[derive(Actor)]
struct Session {
    user: String,
    greeting: String,
}

#[ergo::server]
impl Session {
    fn init((greeting, user): (String, String)) -> Result<Self, ExitReason> {
        if user.is_empty() {
            return Err(ExitReason::from("no_name"));
        }
        Ok(Session { user, greeting })
    }

    #[call]
    fn greet(&self) -> String {
        format!("{}, {}!", self.greeting, self.user)
    }

    #[cast]
    fn log_out(&mut self) -> Flow {
        Flow::Stop(ExitReason::Normal)
    }
}
// ANCHOR_END: session

#[tokio::main]
async fn main() -> ergo::Result {
    let node = Node::builder("dynamic_children@127.0.0.1")
        .local_only()
        .start()
        .await?;

    // ANCHOR: template
    // What all have in common is in the template; the user's name comes with each start.
    let template = Session::template(|user: String| ("Hello".to_owned(), user));
    let sessions = Supervisor::simple_one_for_one(template.transient())
        .name("sessions")
        .start(&node)
        .await?;
    // ANCHOR_END: template

    // ANCHOR: start
    let joe = sessions.start_child(args!["Joe"]).await?;
    // The same as a value, which need not be a term.
    let amy = sessions
        .start_child(ChildArgs::value("Amy".to_owned()))
        .await?;
    for pid in [&joe, &amy] {
        println!("{}", node.at::<SessionRef>(pid).greet().await?);
    }
    if let Err(error) = sessions.start_child(args![""]).await {
        println!("a session for nobody: {error}");
    }
    if let Err(error) = sessions.start_child(args!["Joe", 2]).await {
        println!("one argument too many: {error}");
    }
    // ANCHOR_END: start

    // ANCHOR: end
    // One leaves, one is thrown out: both are forgotten.
    let left = node.at::<SessionRef>(&joe);
    left.log_out()?;
    Handle::ended(&left).await;
    sessions.terminate_child(&amy).await?;
    println!("{} sessions", sessions.count_children().await?.active);
    // ANCHOR_END: end

    // ANCHOR: specs
    // Any other supervisor takes whole specifications.
    let supervisor = Supervisor::one_for_one().start(&node).await?;
    let session = || Session::spec(("Welcome".to_owned(), "Eve".to_owned())).id("eve");
    supervisor.start_child(session()).await?;
    if let Err(error) = supervisor.start_child(session()).await {
        println!(
            "again: {}",
            error.to_string().starts_with("already started")
        );
    }
    supervisor.terminate_child("eve").await?;
    println!("kept: {}", supervisor.child_spec("eve").await.is_ok());
    supervisor.restart_child("eve").await?;
    supervisor.terminate_child("eve").await?;
    supervisor.delete_child("eve").await?;
    println!(
        "{} specifications",
        supervisor.count_children().await?.specs
    );
    // ANCHOR_END: specs
    node.stop().await;
    Ok(())
}
