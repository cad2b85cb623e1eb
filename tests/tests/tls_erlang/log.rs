//! What nodes log, in a test on one thread.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use ergo_tests::{PATIENCE, wait_until};
use tracing::field::{Field, Visit};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Level, Metadata, Subscriber, span};

/// The warnings and errors that are logged on this thread while it lives, each as one line of its fields.
pub(crate) struct Log {
    lines: Arc<Mutex<Vec<String>>>,
    _guard: DefaultGuard,
}

struct Recorder(Arc<Mutex<Vec<String>>>);

struct Line(String);

impl Log {
    pub(crate) fn start() -> Log {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let guard = tracing::subscriber::set_default(Recorder(lines.clone()));
        Log {
            lines,
            _guard: guard,
        }
    }

    /// Waits for a line with this text.
    pub(crate) async fn wait_for(&self, text: &str) {
        let has = async || {
            let lines = self.lines.lock().unwrap();
            lines.iter().any(|line| line.contains(text))
        };
        if wait_until(PATIENCE, text, has).await.is_err() {
            panic!("no {text:?} in {:#?}", self.lines.lock().unwrap());
        }
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        // Writing to a string cannot fail.
        let _ = write!(self.0, "{}={value:?} ", field.name());
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}
