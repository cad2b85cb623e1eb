//! What is logged, in the words of OTP.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use ergo::prelude::*;
use ergo::{Application, StartType};
use ergo_tests::{PATIENCE, deadline};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::world::{Log, WorkerRef, application, node, stop};

/// Keeps the messages about applications, with their level.
#[derive(Clone, Default)]
struct Messages(Arc<Mutex<Vec<String>>>);

struct Message(Option<String>);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.0 = Some(format!("{value:?}"));
        }
    }
}

impl Subscriber for Messages {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata
            .target()
            .starts_with("ergo::behaviour::application")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut message = Message(None);
        event.record(&mut message);
        let text = message.0.unwrap_or_default();
        let line = format!("{} {text}", event.metadata().level());
        self.0.lock().unwrap().push(line);
    }
}

#[tokio::test]
async fn starts_and_ends() {
    let messages = Messages::default();
    let _guard = tracing::subscriber::set_default(messages.clone());
    let (node, log) = (node().await, Log::default());
    let started = node.start_application(application("shop", &log), StartType::Permanent);
    deadline(PATIENCE, started).await.unwrap();
    deadline(PATIENCE, node.stop_application("shop"))
        .await
        .unwrap();
    let refused = Application::new("bad").start(async |_| Err::<Supervisor, _>("broken"));
    deadline(
        PATIENCE,
        node.start_application(refused, StartType::Temporary),
    )
    .await
    .unwrap_err();
    let started = node.start_application("shop", StartType::Temporary);
    deadline(PATIENCE, started).await.unwrap();
    let worker: WorkerRef = node.whereis("shop").unwrap();
    worker.end(ExitReason::from("boom")).unwrap();
    while !deadline(PATIENCE, node.which_applications())
        .await
        .is_empty()
    {
        tokio::task::yield_now().await;
    }
    let expected = [
        "INFO PROGRESS REPORT",
        "INFO application: shop, exited: stopped, type: permanent",
        "ERROR application: bad, exited: broken, type: temporary",
        "INFO PROGRESS REPORT",
        "INFO application: shop, exited: shutdown, type: temporary",
    ];
    assert_eq!(*messages.0.lock().unwrap(), expected);
    stop(node).await;
}
