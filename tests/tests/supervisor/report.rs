//! What a supervisor reports through `tracing`, in the shape of OTP's reports.

use std::collections::HashMap;
use std::fmt::Debug;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use super::*;

type Fields = HashMap<String, String>;

/// Keeps the events of supervisors, with their level.
#[derive(Clone, Default)]
struct Reports(Arc<Mutex<Vec<(Level, Fields)>>>);

struct Collect<'a>(&'a mut Fields);

impl Visit for Collect<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl Subscriber for Reports {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("ergo::behaviour::supervisor")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::new();
        event.record(&mut Collect(&mut fields));
        let level = *event.metadata().level();
        // The node has supervisors of its own.
        if !fields["supervisor"].contains("kernel") {
            self.0.lock().unwrap().push((level, fields));
        }
    }
}

impl Reports {
    /// The context and the reason of each supervisor report.
    fn errors(&self) -> Vec<(String, String)> {
        let reports = self.0.lock().unwrap();
        let errors = reports.iter().filter(|(level, _)| *level == Level::ERROR);
        errors
            .map(|(_, fields)| (fields["errorContext"].clone(), fields["reason"].clone()))
            .collect()
    }
}

fn pair(context: &str, reason: &str) -> (String, String) {
    (context.to_owned(), reason.to_owned())
}

#[tokio::test]
async fn reports_have_the_fields_and_the_lines_of_otp() {
    let reports = Reports::default();
    let _guard = tracing::subscriber::set_default(reports.clone());
    let (node, journal) = (node().await, Journal::default());
    let supervisor = Supervisor::one_for_one()
        .intensity(0, secs(5))
        .name("reporting")
        .child(child("a", &journal))
        .start(&node)
        .await
        .unwrap();
    let pid = only(&supervisor).await.unwrap();
    let over = end(&node, &Handle::pid(&supervisor).unwrap());
    node.at::<ChildRef>(&pid)
        .stop(ExitReason::from("boom"))
        .unwrap();
    over.await;
    assert_eq!(
        reports.errors(),
        [
            pair("child_terminated", "boom"),
            pair("shutdown", "reached_max_restart_intensity")
        ]
    );
    let all = reports.0.lock().unwrap().clone();
    let (level, progress) = &all[0];
    assert_eq!(*level, Level::DEBUG);
    let pid = Term::from(pid);
    let offender = format!(
        "[{{pid,{pid}}},{{id,a}},{{mfargs,{{'Child',start_link,undefined}}}},{{restart_type,permanent}},\
         {{significant,false}},{{shutdown,5000}},{{child_type,worker}}]"
    );
    assert_eq!(progress["started"], offender);
    assert!(
        progress["message"].starts_with("PROGRESS REPORT\n    supervisor: {local,reporting}\n")
    );
    let (_, error) = &all[1];
    assert_eq!(error["supervisor"], "{local,reporting}");
    assert_eq!(error["offender"], offender);
    let lines = format!(
        "SUPERVISOR REPORT
    supervisor: {{local,reporting}}
    errorContext: child_terminated
    reason: boom
    offender: [{{pid,{pid}}},
               {{id,a}},
               {{mfargs,{{'Child',start_link,undefined}}}},
               {{restart_type,permanent}},
               {{significant,false}},
               {{shutdown,5000}},
               {{child_type,worker}}]"
    );
    assert_eq!(error["message"], lines);
    stop(node).await;
}

#[tokio::test]
async fn what_is_reported_and_what_is_not() {
    let reports = Reports::default();
    let _guard = tracing::subscriber::set_default(reports.clone());
    let (node, journal) = (node().await, Journal::default());
    let failing = Start::with("f", &journal, || Err(ExitReason::from("boom")));
    let refused = Supervisor::one_for_one()
        .child(child("a", &journal))
        .child(Child::spec(failing).id("f"))
        .start(&node)
        .await;
    assert!(refused.is_err());
    assert_eq!(reports.errors(), [pair("start_error", "boom")]);
    reports.0.lock().unwrap().clear();

    let stubborn = ChildSpec::from_fn("s", async |mut cx| {
        cx.trap_exit(true);
        // Never.
        while cx.receive().await.is_some() {}
    });
    let supervisor = Supervisor::one_for_one()
        .child(child("t", &journal).transient())
        .child(child("u", &journal).temporary())
        .child(stubborn.shutdown(millis(1)))
        .child(child("k", &journal).brutal_kill())
        .start(&node)
        .await
        .unwrap();
    // A clean end of a child that is not started again is no news; a crash of one is.
    for (id, reason) in [("t", ExitReason::Normal), ("u", ExitReason::from("crash"))] {
        let pid = supervisor.which_child(id).await.unwrap().pid.unwrap();
        let ended = end(&node, &pid);
        node.at::<ChildRef>(&pid).stop(reason).unwrap();
        ended.await;
    }
    supervisor.stop().await;
    assert_eq!(
        reports.errors(),
        [
            pair("child_terminated", "crash"),
            pair("shutdown_error", "killed")
        ]
    );
    stop(node).await;
}

#[tokio::test]
async fn children_of_a_template_are_reported_together() {
    let reports = Reports::default();
    let _guard = tracing::subscriber::set_default(reports.clone());
    let node = node().await;
    let (trapping, mut traps) = mpsc::unbounded_channel();
    let template = ChildSpec::from_fn("s", move |mut cx: PlainContext| {
        let trapping = trapping.clone();
        async move {
            cx.trap_exit(true);
            trapping.send(()).unwrap();
            drop(cx.receive().await);
            ExitReason::from("late")
        }
    });
    let supervisor = Supervisor::simple_one_for_one(template)
        .start(&node)
        .await
        .unwrap();
    for _ in 0..3 {
        supervisor.start_child(args![]).await.unwrap();
        deadline(PATIENCE, traps.recv()).await.unwrap();
    }
    supervisor.stop().await;
    assert_eq!(reports.errors(), [pair("shutdown_error", "late")]);
    let all = reports.0.lock().unwrap().clone();
    let (_, last) = all.last().unwrap();
    assert!(
        last["offender"].starts_with("[{nb_children,3},{id,s},"),
        "{last:?}"
    );
    stop(node).await;
}
