//! G-01: one receiver, many senders, signals of every kind, and the history of each sender.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ergo::prelude::*;
use ergo_tests::{PATIENCE, deadline};

use crate::{node, stop};

/// How many processes send at the same time.
const SENDERS: i64 = 40;
/// How many signals each of them sends before it ends.
const SIGNALS: i64 = 400;

/// What came from one sender.
#[derive(Debug, Clone, PartialEq)]
enum Signal {
    Number(i64),
    Exit,
    Down,
}

type History = Arc<Mutex<HashMap<i64, Vec<Signal>>>>;

/// Notes every signal under the sender that is written in it.
#[derive(Actor)]
#[actor(trap_exit)]
struct Historian {
    history: History,
    senders: HashMap<Pid, i64>,
}

impl Historian {
    fn note(&self, sender: i64, signal: Signal) {
        let mut history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        history.entry(sender).or_default().push(signal);
    }
}

#[ergo::server]
impl Historian {
    fn init(history: History) -> Result<Self, ExitReason> {
        Ok(Historian {
            history,
            senders: HashMap::new(),
        })
    }

    /// The first signal of a sender: from now on its end is told twice, by a link and by a monitor.
    #[call]
    fn begin(&mut self, sender: i64, pid: Pid, cx: &Context<Self>) {
        cx.link(&pid);
        cx.monitor(&pid);
        self.senders.insert(pid, sender);
    }

    #[call]
    fn alias(&self, cx: &Context<Self>) -> Reference {
        cx.alias()
    }

    #[cast]
    fn by_cast(&mut self, sender: i64, number: i64) {
        self.note(sender, Signal::Number(number));
    }

    #[call]
    fn by_call(&mut self, sender: i64, number: i64) -> i64 {
        self.note(sender, Signal::Number(number));
        number
    }

    #[cast]
    fn finish(&mut self) -> Flow {
        Flow::Stop(ExitReason::Normal)
    }

    #[info]
    fn info(&mut self, term: Term) {
        let (sender, number) = pair(&term);
        self.note(sender, Signal::Number(number));
    }

    #[exit]
    fn exit(&mut self, exit: Exit) {
        match exit.reason {
            ExitReason::Term(term) => {
                let (sender, number) = pair(&term);
                self.note(sender, Signal::Number(number));
            }
            ExitReason::Normal => self.note(self.senders[&exit.from], Signal::Exit),
            other => panic!("{other}"),
        }
    }

    #[down]
    fn down(&mut self, down: Down) {
        let Destination::Pid(pid) = &down.object else {
            panic!("{down:?}");
        };
        self.note(self.senders[pid], Signal::Down);
    }
}

#[track_caller]
fn pair(term: &Term) -> (i64, i64) {
    let pair = term.as_tuple().expect("a pair");
    let number = |index: usize| pair[index].as_integer().expect("a number");
    (number(0), number(1))
}

/// Sends the signals 0, 1, 2 and so on, each of another kind than the one before.
async fn sender(cx: PlainContext, sender: i64, to: HistorianRef, alias: Reference) {
    let pid = Handle::pid(&to).unwrap();
    to.begin(sender, cx.pid()).timeout(PATIENCE).await.unwrap();
    // The kinds come in another order for each sender.
    let mut choice = sender;
    for number in 0..SIGNALS {
        choice = (choice * 31 + 7) % 1009;
        let pair = term!({(sender), (number)});
        match choice % 7 {
            0 | 1 => to.by_cast(sender, number).unwrap(),
            2 => cx.send(&pid, pair).unwrap(),
            3 => cx.send("historian", pair).unwrap(),
            4 => cx.send(alias.clone(), pair).unwrap(),
            5 => cx.exit(&pid, ExitReason::from(pair)),
            _ => {
                let answer = to.by_call(sender, number).timeout(PATIENCE).await;
                assert_eq!(answer, Ok(number));
            }
        }
        if choice % 13 == 0 {
            tokio::task::yield_now().await;
        }
    }
}

/// Casts by a handle, terms by pid, by name and by alias, calls, exit signals that are trapped: whatever is mixed, the
/// receiver gets what one process sends in the order sent, and hears of its end, by the link and by the monitor, last.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_sender_has_its_order() {
    let node = node().await;
    let history = History::default();
    let options = SpawnOptions::default().name("historian");
    let started = node.spawn_with::<Historian>(history.clone(), options);
    let historian = deadline(PATIENCE, started).await.unwrap();
    let alias = deadline(PATIENCE, historian.alias()).await.unwrap();
    let ends: Vec<_> = (0..SENDERS)
        .map(|number| {
            let (to, alias) = (historian.clone(), alias.clone());
            let (done, is_done) = tokio::sync::oneshot::channel();
            let started = node.spawn_fn(async move |cx| {
                sender(cx, number, to, alias).await;
                let _ = done.send(());
            });
            started.unwrap();
            is_done
        })
        .collect();
    for end in ends {
        deadline(PATIENCE * 3, end).await.expect("it has sent all");
    }
    // A process leaves the table before it tells of its end, so it is the history that says when all has been heard.
    let heard = async {
        while !ends_heard(&history.lock().unwrap()) {
            tokio::task::yield_now().await;
        }
    };
    deadline(PATIENCE * 3, heard).await;
    historian.finish().unwrap();
    deadline(PATIENCE, historian.as_ref().ended()).await;
    stop(node).await;
    check(&history.lock().unwrap());
}

/// Whether the historian knows of the end of every sender, by the link and by the monitor.
fn ends_heard(history: &HashMap<i64, Vec<Signal>>) -> bool {
    let all = usize::try_from(SENDERS).unwrap();
    let ends = |signals: &[Signal]| {
        signals
            .iter()
            .filter(|signal| !matches!(signal, Signal::Number(_)))
            .count()
    };
    history.len() == all && history.values().all(|signals| ends(signals) >= 2)
}

fn check(history: &HashMap<i64, Vec<Signal>>) {
    assert_eq!(history.len(), usize::try_from(SENDERS).unwrap());
    for (sender, signals) in history {
        let (sent, ends) = signals.split_at(usize::try_from(SIGNALS).unwrap());
        let expected = (0..SIGNALS).map(Signal::Number);
        assert!(
            sent.iter().cloned().eq(expected),
            "sender {sender}: {sent:?}"
        );
        let both = [[Signal::Exit, Signal::Down], [Signal::Down, Signal::Exit]];
        assert!(
            both.iter().any(|both| ends == both),
            "sender {sender}: {ends:?}"
        );
    }
}
