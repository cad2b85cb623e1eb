//! An event manager: handlers that come and go, one that fails, and one that is supervised.
//!
//! ```text
//! cargo run -p ergo-examples --bin alarms
//! ```

use ergo::Terminated;
use ergo::prelude::*;

// ANCHOR: event
/// What may happen.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
enum Alarm {
    Fire { floor: u8 },
    TestRun,
}
// ANCHOR_END: event

// ANCHOR: handler
/// Remembers where it burned.
#[derive(Default)]
struct Log {
    floors: Vec<u8>,
}

impl EventHandler<Alarm> for Log {
    async fn handle_event(&mut self, event: &Alarm, _: &EventContext<Alarm>) -> EventFlow<Alarm> {
        if let Alarm::Fire { floor } = event {
            self.floors.push(*floor);
        }
        EventFlow::Continue
    }

    async fn handle_call(
        &mut self,
        request: Term,
        _: &EventContext<Alarm>,
    ) -> (Term, EventFlow<Alarm>) {
        let answer = match request.as_atom() {
            Some("fires") => Term::from(self.floors.len()),
            _ => term!({error, unknown}),
        };
        (answer, EventFlow::Continue)
    }

    async fn terminate(self, why: Terminated, _: &EventContext<Alarm>) -> Term {
        println!("the log ends ({}): {:?}", why.to_term(), self.floors);
        atom!(done).into()
    }
}
// ANCHOR_END: handler

// ANCHOR: broken
/// A siren that does not survive the first fire.
struct Siren;

impl EventHandler<Alarm> for Siren {
    async fn handle_event(&mut self, event: &Alarm, _: &EventContext<Alarm>) -> EventFlow<Alarm> {
        match event {
            Alarm::Fire { .. } => panic!("the siren is on fire"),
            Alarm::TestRun => println!("the siren howls"),
        }
        EventFlow::Continue
    }
}
// ANCHOR_END: broken

#[tokio::main]
async fn main() -> ergo::Result {
    let node = Node::builder("alarms@127.0.0.1")
        .local_only()
        .start()
        .await?;
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    // ANCHOR: start
    let manager = EventManager::new().name("alarms").handler(Log::default);
    let alarms: EventManagerRef<Alarm> = manager.start(&node).await?;
    // ANCHOR_END: start

    // ANCHOR: use
    let (told, mut ends) = tokio::sync::mpsc::unbounded_channel();
    let keeper = node.spawn_fn(async move |mut cx: PlainContext| {
        while let Some(Message::Term(term)) = cx.receive().await {
            let _ = told.send(term);
        }
    })?;
    alarms.add_sup_handler(&keeper, "siren", Siren).await?;

    alarms.sync_notify(Alarm::TestRun).await?;
    alarms.notify(Alarm::Fire { floor: 3 })?;
    if let Some(exit) = ends.recv().await {
        println!("the keeper hears: {exit}");
    }

    alarms.notify(Alarm::Fire { floor: 4 })?;
    let fires: usize = alarms.call(HandlerId::of::<Log>(), atom!(fires)).await?;
    println!("{fires} fires");
    for handler in alarms.which_handlers().await? {
        println!("still there: {handler}");
    }
    // ANCHOR_END: use
    node.exit(&keeper, ExitReason::Kill);
    alarms.stop(ExitReason::Normal, secs(5)).await?;
    node.stop().await;
    Ok(())
}
