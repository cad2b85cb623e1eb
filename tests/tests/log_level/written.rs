//! A subscriber that keeps what is written.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, Weak};

use tracing::dispatcher::{self, DefaultGuard, Dispatch};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_core::span::Current;

/// What is written on the thread of a test: each event as its message, and what happens to spans.
pub(crate) struct Written {
    kept: Arc<Kept>,
    guard: Option<DefaultGuard>,
}

#[derive(Default)]
struct Kept {
    lines: Mutex<Vec<String>>,
    spans: Mutex<Spans>,
    /// How often it was asked about the first place it was asked about.
    asked: Mutex<(Option<tracing::callsite::Identifier>, usize)>,
}

#[derive(Default)]
struct Spans {
    last: u64,
    /// What each span is, and how many there are of it.
    open: HashMap<u64, (&'static Metadata<'static>, usize)>,
    entered: Vec<u64>,
}

struct Recorder(Arc<Kept>);

impl Written {
    pub(crate) fn start() -> Written {
        let kept = Arc::new(Kept::default());
        let guard = dispatcher::set_default(&Dispatch::new(Recorder(kept.clone())));
        Written {
            kept,
            guard: Some(guard),
        }
    }

    /// As the subscriber of the program, on all threads that have no other.
    pub(crate) fn everywhere() -> Written {
        let kept = Arc::new(Kept::default());
        let global = Dispatch::new(Recorder(kept.clone()));
        dispatcher::set_global_default(global).unwrap();
        Written { kept, guard: None }
    }

    /// What was written since this was asked last; of what the runtime writes the errors alone.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.kept.lines.lock().unwrap())
    }

    pub(crate) fn times_asked(&self) -> usize {
        self.kept.asked.lock().unwrap().1
    }

    /// Takes the subscriber away. What is returned is alive while it is.
    pub(crate) fn end(mut self) -> Weak<impl Sized> {
        drop(self.guard.take());
        Arc::downgrade(&self.kept)
    }
}

struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

impl Recorder {
    fn write(&self, line: String) {
        self.0.lines.lock().unwrap().push(line);
    }

    /// Writes what happens to a span, which has to be one of this subscriber.
    fn write_span(&self, what: &str, id: &Id) {
        let spans = self.0.spans.lock().unwrap();
        let (metadata, _) = spans.open[&id.into_u64()];
        self.write(format!("{what} {}", metadata.name()));
    }
}

impl Subscriber for Recorder {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        let mut asked = self.0.asked.lock().unwrap();
        let first = asked.0.get_or_insert_with(|| metadata.callsite());
        if *first == metadata.callsite() {
            asked.1 += 1;
        }
        Interest::always()
    }

    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let metadata = span.metadata();
        self.write(format!("new {}", metadata.name()));
        let mut spans = self.0.spans.lock().unwrap();
        spans.last += 1;
        let id = spans.last;
        spans.open.insert(id, (metadata, 1));
        Id::from_u64(id)
    }

    fn record(&self, span: &Id, _: &Record<'_>) {
        self.write_span("record", span);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        if metadata.target().starts_with("ergo::") && *metadata.level() > Level::ERROR {
            return;
        }
        let mut message = Message(String::new());
        event.record(&mut message);
        self.write(message.0);
    }

    fn enter(&self, span: &Id) {
        self.write_span("enter", span);
        self.0.spans.lock().unwrap().entered.push(span.into_u64());
    }

    fn exit(&self, span: &Id) {
        self.write_span("exit", span);
        let left = self.0.spans.lock().unwrap().entered.pop();
        assert_eq!(left, Some(span.into_u64()));
    }

    fn clone_span(&self, id: &Id) -> Id {
        let mut spans = self.0.spans.lock().unwrap();
        spans.open.get_mut(&id.into_u64()).unwrap().1 += 1;
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let mut spans = self.0.spans.lock().unwrap();
        let (metadata, count) = spans.open.get_mut(&id.into_u64()).unwrap();
        *count -= 1;
        if *count > 0 {
            return false;
        }
        self.write(format!("close {}", metadata.name()));
        spans.open.remove(&id.into_u64());
        true
    }

    fn current_span(&self) -> Current {
        let spans = self.0.spans.lock().unwrap();
        let current = spans.entered.last().map(|id| (id, spans.open[id].0));
        current.map_or_else(Current::none, |(id, metadata)| {
            Current::new(Id::from_u64(*id), metadata)
        })
    }
}
