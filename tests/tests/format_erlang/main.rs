//! What `user` prints of a format and its arguments, beside what the `io_lib` of real nodes makes of them.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};

use ergo::prelude::*;
use ergo_tests::erlang::{Epmd, Node as Erl, Release, each_release};
use ergo_tests::{deadline, unique_name};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Keeps what is printed.
#[derive(Clone, Default)]
struct Printed(Arc<Mutex<Vec<String>>>);

impl Printed {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            write!(self.0, "{value:?}").unwrap();
        }
    }
}

impl Subscriber for Printed {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "ergo::user"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        self.0.lock().unwrap().push(text.0);
    }
}

/// Compares what has been printed with what is told by an Erlang node, and answers how many rows there were.
async fn judge(mut cx: PlainContext, printed: Printed, wrong: Arc<Mutex<Vec<String>>>) {
    let mut rows = 0_i64;
    while let Some(message) = cx.receive().await {
        let Message::Term(Term::Tuple(parts)) = message else {
            continue;
        };
        match &parts[..] {
            [_, Term::Pid(asker)] => {
                let count = Term::tuple([Term::atom("judged"), Term::from(rows)]);
                cx.send(Pid::clone(asker), count).unwrap();
            }
            [how, row, expected] => {
                rows += 1;
                let printed = printed.take();
                let expected = expected.as_str().map(str::to_owned);
                let actual = match how.as_atom() {
                    Some("printed") => Some(printed.join(" AND ")),
                    _ => None,
                };
                if actual != expected {
                    wrong
                        .lock()
                        .unwrap()
                        .push(difference(row, actual, expected));
                }
            }
            _ => {}
        }
    }
}

/// A row, and both texts from shortly before where they differ.
fn difference(row: &Term, actual: Option<String>, expected: Option<String>) -> String {
    let text = |text: Option<String>| text.unwrap_or_else(|| "refused".to_owned());
    let (actual, expected) = (text(actual), text(expected));
    let same = actual
        .chars()
        .zip(expected.chars())
        .take_while(|(a, b)| a == b)
        .count();
    let from = |text: &str| {
        text.chars()
            .skip(same.saturating_sub(200))
            .take(300)
            .collect::<String>()
    };
    let row: String = row.to_string().chars().take(300).collect();
    format!(
        "{row}\n--- gives\n{}\n--- and not\n{}",
        from(&actual),
        from(&expected)
    )
}

/// Has an Erlang node ask for the rows of `expression`, and gives their number.
async fn compare(release: Release, expression: &str) -> usize {
    let printed = Printed::default();
    let _guard = tracing::subscriber::set_default(printed.clone());
    let epmd = Epmd::start().await.unwrap();
    let erl = Erl::builder(release, "erl", epmd.port())
        .start()
        .await
        .unwrap();
    erl.load(include_str!("compare.erl")).await.unwrap();
    let builder = Node::builder(format!("{}@127.0.0.1", unique_name("rust")));
    let node = builder
        .cookie("ergo")
        .epmd_port(epmd.port())
        .start()
        .await
        .unwrap();
    let wrong = Arc::new(Mutex::new(Vec::new()));
    let (judged, told) = (wrong.clone(), printed.clone());
    node.spawn_fn_with(SpawnOptions::default().name("judge"), move |cx| {
        judge(cx, told, judged)
    })
    .unwrap();
    let expression = expression.replace("Node", &format!("'{}'", node.name().as_str()));
    let rows = erl.eval_within(secs(120), &expression).await.unwrap();
    deadline(secs(20), node.stop()).await;
    let wrong = wrong.lock().unwrap();
    let shown: Vec<&str> = wrong.iter().map(String::as_str).take(20).collect();
    assert!(
        wrong.is_empty(),
        "on OTP {}, {} of {rows} wrong:\n{}",
        erl.release(),
        wrong.len(),
        shown.join("\n=====\n")
    );
    rows.parse().unwrap()
}

#[tokio::test]
async fn a_table() {
    each_release(async |release| {
        let rows = compare(release, "compare:table(Node)").await;
        assert!(rows > 5000, "{rows}");
    })
    .await;
}

#[tokio::test]
async fn at_random() {
    // The same rows each time, unless asked for others.
    let seed: u64 = match std::env::var("ERGO_SEED") {
        Ok(text) => text.parse().expect("ERGO_SEED is a number"),
        Err(_) => 252_729,
    };
    println!("ERGO_SEED={seed}");
    each_release(async |release| {
        let expression = format!("compare:random(Node, {seed}, 2000)");
        assert_eq!(compare(release, &expression).await, 2000);
    })
    .await;
}
