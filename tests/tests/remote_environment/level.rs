//! The log level goes along, and holds for what the child writes there.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use ergo::prelude::*;
use ergo::testing::Network;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::nodes::{parent, run, two};

/// The messages that are written in this module.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<String>>>);

struct Text<'a>(&'a mut Vec<String>);

impl Visit for Text<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.0.push(format!("{value:?}"));
        }
    }
}

impl Subscriber for Written {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == module_path!()
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Text(&mut self.0.lock().unwrap()));
    }
}

#[ergo::test]
async fn a_child_is_as_quiet_as_its_parent_or_as_it_is_told(network: Network) -> ergo::Result {
    let written = Written::default();
    let _guard = tracing::subscriber::set_default(written.clone());
    let (a, b) = two(&network, false).await;
    let writer = async |cx: PlainContext, (to, who): (Pid, String)| {
        tracing::error!("{who} error");
        tracing::info!("{who} info");
        let _ = cx.send(&to, cx.log_level().to_string());
    };
    b.enable_spawn("writer", writer).await?;
    let quiet = |level| SpawnOptions::default().log_level(level);
    let levels = async move |mut cx: PlainContext| {
        let mut seen = Vec::new();
        let options = [
            ("inherits", SpawnOptions::default()),
            ("told", quiet(LevelFilter::DEBUG)),
            ("silent", quiet(LevelFilter::OFF)),
        ];
        for (who, options) in options {
            let spawn = cx.remote_spawn("b@mem", "writer", options, args![(cx.pid()), (who)]);
            spawn.await.unwrap();
            seen.push(format!("{:?}", cx.receive().await));
        }
        seen
    };
    let seen = run(&a, parent(), levels).await;
    for (seen, level) in seen.iter().zip(["warn", "debug", "off"]) {
        assert!(seen.contains(level), "{seen}");
    }
    let expected = ["inherits error", "told error", "told info"];
    assert_eq!(*written.0.lock().unwrap(), expected);
    Ok(())
}
