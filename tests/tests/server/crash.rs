//! Crash reports: what is in them, in OTP's layout, and when there is none.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use ergo::prelude::*;
use ergo::{Handle, Snapshot};
use ergo_tests::{PATIENCE, deadline};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber, span};

use crate::{node, stop};

/// Everything that was logged as an error on this thread.
#[derive(Clone, Default)]
struct Errors(Arc<Mutex<Vec<BTreeMap<&'static str, String>>>>);

struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let mut text = String::new();
        let _ = write!(text, "{value:?}");
        self.0.insert(field.name(), text);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

impl Subscriber for Errors {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() == Level::ERROR
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(BTreeMap::new());
        event.record(&mut fields);
        self.0.lock().unwrap().push(fields.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

impl Errors {
    fn take(&self) -> Vec<BTreeMap<&'static str, String>> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// Shows its balance, and its messages.
#[derive(Actor)]
#[actor(snapshot, last_message, name = "till")]
struct Till {
    balance: i64,
    blind: bool,
}

impl Snapshot for Till {
    fn snapshot(&self) -> Term {
        assert!(!self.blind, "there is nothing to see");
        Term::from(self.balance)
    }
}

#[ergo::server]
impl Till {
    fn init(balance: i64) -> Result<Self, ExitReason> {
        Ok(Till {
            balance,
            blind: balance < 0,
        })
    }

    #[call]
    async fn pay(&mut self, amount: i64) -> i64 {
        self.balance -= amount;
        tokio::task::yield_now().await;
        assert!(self.balance >= 0, "not enough money");
        self.balance
    }

    #[cast]
    fn close(&mut self, reason: ExitReason) -> Flow {
        Flow::Stop(reason)
    }

    #[info]
    fn info(&mut self, message: Term) -> Flow {
        Flow::Stop(ExitReason::from(message))
    }
}

/// Shows nothing.
#[derive(Actor)]
struct Shy;

#[ergo::server]
impl Shy {
    fn init() -> Result<Self, ExitReason> {
        Ok(Shy)
    }

    #[cast]
    fn fail(&mut self, secret: u64) {
        panic!("not {secret}")
    }
}

struct Watch {
    node: Node,
    errors: Errors,
    _guard: tracing::subscriber::DefaultGuard,
}

async fn watch() -> Watch {
    let errors = Errors::default();
    let guard = tracing::subscriber::set_default(errors.clone());
    Watch {
        node: node().await,
        errors,
        _guard: guard,
    }
}

impl Watch {
    async fn till(&self, balance: i64) -> TillRef {
        self.node.spawn::<Till>(balance).await.unwrap()
    }

    /// The only report there is, once the process has ended.
    async fn report(&self, of: &impl Handle) -> BTreeMap<&'static str, String> {
        deadline(PATIENCE, of.as_ref().ended()).await;
        let mut reports = self.errors.take();
        assert_eq!(reports.len(), 1, "{reports:?}");
        reports.remove(0)
    }
}

fn check(report: &BTreeMap<&'static str, String>, expect: &[(&str, &str)]) {
    for (field, value) in expect {
        assert_eq!(
            report.get(field).map(String::as_str),
            Some(*value),
            "{report:#?}"
        );
    }
}

#[tokio::test]
async fn a_panic_with_everything_that_is_known() {
    let watch = watch().await;
    let till = watch.till(10).await;
    let failed = till.pay(12).await;
    assert!(matches!(failed, Err(CallError::Exit(ExitReason::Panic(_)))));
    let report = watch.report(&till).await;
    let pid = till.pid().unwrap().to_string();
    check(
        &report,
        &[
            ("initial_call", "Till:init/1"),
            ("pid", &pid),
            ("registered_name", "till"),
            ("class", "panic"),
            ("ancestors", "[]"),
            ("message_queue_len", "0"),
            ("links", "[]"),
            ("trap_exit", "false"),
            ("last_message", "{pay,12}"),
            ("state", "-2"),
        ],
    );
    let reason = &report["reason"];
    assert!(
        reason.starts_with("not enough money at tests/tests/server/crash.rs:"),
        "{reason}"
    );
    let expected = format!(
        "CRASH REPORT\n  crasher:\n    initial call: Till:init/1\n    pid: {pid}\n    registered_name: till\n    \
         exception panic: {reason}\n    last message: {{pay,12}}\n    state: -2\n    ancestors: []\n    \
         message_queue_len: 0\n    links: []\n    trap_exit: false"
    );
    assert_eq!(report["message"], expected);
    stop(watch.node).await;
}

#[tokio::test]
async fn a_stop_with_messages_waiting_and_links() {
    let watch = watch().await;
    let (give, mut take) = tokio::sync::mpsc::unbounded_channel();
    let parent = watch
        .node
        .spawn_fn_with(
            SpawnOptions::default().name("parent").trap_exit(true),
            async move |mut cx: PlainContext| {
                let options = SpawnOptions::default().trap_exit(true);
                let till = cx.spawn_link_with::<Till>(7, options).await.unwrap();
                let _ = till.close(ExitReason::from("robbed"));
                let _ = till.close(ExitReason::Normal);
                let _ = till.close(ExitReason::Normal);
                let _ = give.send(till);
                cx.receive().await;
            },
        )
        .unwrap();
    let till = take.recv().await.unwrap();
    let report = watch.report(&till).await;
    check(
        &report,
        &[
            ("class", "exit"),
            ("reason", "robbed"),
            ("ancestors", "[parent]"),
            ("message_queue_len", "2"),
            ("links", &format!("[{parent}]")),
            ("trap_exit", "true"),
            ("last_message", "{close,robbed}"),
            ("state", "7"),
        ],
    );
    stop(watch.node).await;
}

#[tokio::test]
async fn what_came_as_a_term_is_shown_too() {
    let watch = watch().await;
    let till = watch.till(1).await;
    watch.node.cast(&till, term!({close, robbed})).unwrap();
    let report = watch.report(&till).await;
    check(
        &report,
        &[("last_message", "{close,robbed}"), ("state", "1")],
    );
    // A message that is no request is known by its kind.
    let till = watch.till(1).await;
    till.pay(1).await.unwrap();
    watch.node.send(&till, term!(odd)).await.unwrap();
    let report = watch.report(&till).await;
    check(&report, &[("last_message", "info"), ("reason", "odd")]);
    stop(watch.node).await;
}

#[tokio::test]
async fn without_opting_in_only_names_are_shown() {
    let watch = watch().await;
    let shy = watch.node.spawn::<Shy>(()).await.unwrap();
    shy.fail(7).unwrap();
    let report = watch.report(&shy).await;
    check(
        &report,
        &[("last_message", "cast fail"), ("registered_name", "")],
    );
    assert!(!report.contains_key("state"), "{report:?}");
    stop(watch.node).await;
}

#[tokio::test]
async fn a_snapshot_that_panics_while_a_panic_is_on_its_way() {
    let watch = watch().await;
    let till = watch.till(-1).await;
    let failed = till.pay(1).await;
    assert!(matches!(failed, Err(CallError::Exit(ExitReason::Panic(_)))));
    let report = watch.report(&till).await;
    check(
        &report,
        &[("state", "snapshot_panicked"), ("last_message", "{pay,1}")],
    );
    assert!(
        report["reason"].starts_with("not enough money"),
        "{report:?}"
    );
    stop(watch.node).await;
}

#[tokio::test]
async fn who_ends_as_planned_or_by_a_signal_is_not_reported() {
    let watch = watch().await;
    let clean = [
        ExitReason::Normal,
        ExitReason::Shutdown,
        ExitReason::from(term!({shutdown, why})),
    ];
    for reason in clean {
        let till = watch.till(1).await;
        till.close(reason).unwrap();
        deadline(PATIENCE, till.as_ref().ended()).await;
    }
    for reason in [ExitReason::Kill, ExitReason::from("of a stranger")] {
        let till = watch.till(1).await;
        till.as_ref().exit(reason);
        deadline(PATIENCE, till.as_ref().ended()).await;
    }
    // The signal decides also when the process ends by itself in the same moment.
    let (node, told) = (watch.node.clone(), tokio::sync::oneshot::channel::<()>());
    let both = watch.node.spawn_fn(async move |cx| {
        let _ends_with_it = told.0;
        node.exit(cx.pid(), ExitReason::from("of a stranger"));
        ExitReason::from("of its own")
    });
    assert!(deadline(PATIENCE, told.1).await.is_err());
    while watch.node.is_process_alive(&both.clone().unwrap()) {
        tokio::task::yield_now().await;
    }
    assert_eq!(watch.errors.take(), []);
    stop(watch.node).await;
}
