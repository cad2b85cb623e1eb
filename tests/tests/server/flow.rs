//! What a callback returns or asks for: continue, idle timeouts, hibernate, stop, ignore, deadlines.

use std::convert::Infallible;
use std::time::Duration;

use ergo::etf::{DecodeError, Decoder, EncodeError, Encoder};
use ergo::prelude::*;
use ergo::{Behavior, Options, Ref, ReplyTo, Request};
use ergo_tests::{PATIENCE, deadline};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::{node, stop};

type Log = mpsc::UnboundedSender<(Duration, String)>;

/// Writes down what happens to it, and when.
#[derive(Actor, ServerBehavior)]
#[server(call = Question, cast = Order, handle_continue = Step)]
struct Diary {
    since: Instant,
    log: Log,
    pauses: u32,
}

#[derive(Request)]
enum Question {
    /// Asks the context for everything while it answers.
    Ask { what: String, reply: Reply<String> },
}

#[derive(Request)]
enum Order {
    Note(String),
    /// `{noreply, State, Timeout}`.
    Wait(u64),
    Pauses(u32),
    Continue(u32),
    Stop,
}

#[derive(Debug)]
struct Step(u32);

struct Opening {
    log: Log,
    asks: &'static str,
    refuses: Option<ExitReason>,
}

impl Diary {
    fn write(&self, text: impl Into<String>) {
        let _ = self.log.send((self.since.elapsed(), text.into()));
    }

    fn ask(what: &str, cx: &Context<Self>) {
        match what {
            "continue" => cx.continue_with(Step(2)),
            "idle" => cx.idle_timeout(millis(50)),
            "hibernate" => cx.hibernate(),
            "stop" => cx.stop(ExitReason::from("asked")),
            _ => {}
        }
    }
}

impl Server for Diary {
    type Args = Opening;

    async fn init(opening: Opening, cx: &Context<Self>) -> Result<Self, ExitReason> {
        Diary::ask(opening.asks, cx);
        match opening.refuses {
            Some(reason) => Err(reason),
            None => Ok(Diary {
                since: Instant::now(),
                log: opening.log,
                pauses: 0,
            }),
        }
    }

    async fn handle_call(&mut self, call: Question, cx: &Context<Self>) -> Flow {
        let Question::Ask { what, reply } = call;
        self.write(format!("asked {what}"));
        Diary::ask(&what, cx);
        reply.send(what);
        Flow::Continue
    }

    async fn handle_cast(&mut self, cast: Order, cx: &Context<Self>) -> Flow {
        match cast {
            Order::Note(text) => self.write(text),
            Order::Wait(time) => return Flow::Timeout(millis(time)),
            Order::Pauses(pauses) => {
                self.pauses = pauses;
                return Flow::Timeout(Duration::ZERO);
            }
            Order::Continue(steps) => cx.continue_with(Step(steps)),
            Order::Stop => {
                cx.continue_with(Step(0));
                cx.stop(ExitReason::from("first"));
                cx.stop(ExitReason::from("second"));
            }
        }
        Flow::Continue
    }

    async fn handle_continue(&mut self, step: Step, cx: &Context<Self>) -> Flow {
        self.write(format!("{step:?}"));
        if step.0 > 0 {
            cx.continue_with(Step(step.0 - 1));
        }
        Flow::Continue
    }

    async fn handle_timeout(&mut self, _: &Context<Self>) -> Flow {
        self.write("timeout");
        if self.pauses == 0 {
            return Flow::Continue;
        }
        self.pauses -= 1;
        Flow::Timeout(millis(10))
    }

    async fn terminate(self, reason: &ExitReason, _: &Context<Self>) {
        self.write(format!("terminate {reason}"));
    }
}

struct Desk {
    node: Node,
    diary: DiaryRef,
    log: mpsc::UnboundedReceiver<(Duration, String)>,
}

impl Desk {
    async fn open(asks: &'static str) -> Desk {
        let node = node().await;
        let (sender, log) = mpsc::unbounded_channel();
        let opening = Opening {
            log: sender,
            asks,
            refuses: None,
        };
        let diary = node.spawn::<Diary>(opening).await.unwrap();
        Desk { node, diary, log }
    }

    /// The next `count` entries, with the milliseconds since the start.
    async fn entries(&mut self, count: usize) -> Vec<(u128, String)> {
        let mut entries = Vec::new();
        while entries.len() < count {
            let (at, text) = deadline(PATIENCE, self.log.recv()).await.unwrap();
            entries.push((at.as_millis(), text));
        }
        entries
    }

    fn cast(&self, order: Order) {
        self.diary.cast(order).unwrap();
    }
}

fn entries(of: &[(u128, &str)]) -> Vec<(u128, String)> {
    of.iter()
        .map(|(at, text)| (*at, (*text).to_owned()))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_continue_comes_before_the_messages_that_wait() {
    let mut desk = Desk::open("").await;
    desk.cast(Order::Continue(2));
    desk.cast(Order::Note("a message".into()));
    let expected = entries(&[
        (0, "Step(2)"),
        (0, "Step(1)"),
        (0, "Step(0)"),
        (0, "a message"),
    ]);
    assert_eq!(desk.entries(4).await, expected);
    stop(desk.node).await;
}

#[tokio::test(start_paused = true)]
async fn init_continues_before_the_first_message() {
    let mut desk = Desk::open("continue").await;
    desk.cast(Order::Note("a message".into()));
    let expected = entries(&[
        (0, "Step(2)"),
        (0, "Step(1)"),
        (0, "Step(0)"),
        (0, "a message"),
    ]);
    assert_eq!(desk.entries(4).await, expected);
    stop(desk.node).await;
}

#[tokio::test(start_paused = true)]
async fn init_sets_an_idle_timeout() {
    let mut desk = Desk::open("idle").await;
    assert_eq!(desk.entries(1).await, entries(&[(50, "timeout")]));
    stop(desk.node).await;
}

#[tokio::test(start_paused = true)]
async fn an_idle_timeout_is_ended_by_a_message() {
    let mut desk = Desk::open("").await;
    desk.cast(Order::Wait(100));
    tokio::time::sleep(millis(60)).await;
    desk.cast(Order::Note("in between".into()));
    tokio::time::sleep(millis(500)).await;
    desk.cast(Order::Wait(100));
    let expected = entries(&[(60, "in between"), (660, "timeout")]);
    assert_eq!(desk.entries(2).await, expected);
    stop(desk.node).await;
}

#[tokio::test(start_paused = true)]
async fn a_call_can_ask_for_an_idle_timeout() {
    let mut desk = Desk::open("").await;
    let answer = desk.diary.call(|reply| Question::Ask {
        what: "idle".into(),
        reply,
    });
    assert_eq!(answer.await.unwrap(), "idle");
    assert_eq!(
        desk.entries(2).await,
        entries(&[(0, "asked idle"), (50, "timeout")])
    );
    stop(desk.node).await;
}

#[tokio::test(start_paused = true)]
async fn a_timeout_of_zero_lets_waiting_messages_go_first() {
    let mut desk = Desk::open("").await;
    desk.cast(Order::Wait(0));
    desk.cast(Order::Note("waits".into()));
    desk.cast(Order::Pauses(2));
    let expected = entries(&[
        (0, "waits"),
        (0, "timeout"),
        (10, "timeout"),
        (20, "timeout"),
    ]);
    assert_eq!(desk.entries(4).await, expected);
    stop(desk.node).await;
}

#[tokio::test(start_paused = true)]
async fn asking_for_a_stop_ends_it_after_the_callback() {
    let mut desk = Desk::open("").await;
    let answer = desk.diary.call(|reply| Question::Ask {
        what: "stop".into(),
        reply,
    });
    assert_eq!(answer.await.unwrap(), "stop");
    let expected = entries(&[(0, "asked stop"), (0, "terminate asked")]);
    assert_eq!(desk.entries(2).await, expected);
    assert_eq!(desk.diary.as_ref().ended().await, ExitReason::from("asked"));
    stop(desk.node).await;
}

#[tokio::test(start_paused = true)]
async fn the_first_stop_counts_and_nothing_is_continued() {
    let mut desk = Desk::open("").await;
    desk.cast(Order::Stop);
    desk.cast(Order::Note("too late".into()));
    assert_eq!(desk.entries(1).await, entries(&[(0, "terminate first")]));
    assert_eq!(desk.log.recv().await, None);
    stop(desk.node).await;
}

#[tokio::test(start_paused = true)]
async fn a_stop_asked_for_elsewhere_wakes_a_process_that_waits() {
    #[derive(Actor)]
    struct Waits;

    #[ergo::server]
    impl Waits {
        fn init(
            give: mpsc::UnboundedSender<Context<Waits>>,
            cx: &Context<Self>,
        ) -> Result<Self, ExitReason> {
            let _ = give.send(cx.clone());
            Ok(Waits)
        }
    }

    let node = node().await;
    let (give, mut take) = mpsc::unbounded_channel();
    let waits = node.spawn::<Waits>(give).await.unwrap();
    let cx = take.recv().await.unwrap();
    tokio::time::sleep(millis(1)).await;
    cx.stop(ExitReason::from("elsewhere"));
    let ended = deadline(PATIENCE, waits.as_ref().ended()).await;
    assert_eq!(ended, ExitReason::from("elsewhere"));
    stop(node).await;
}

#[tokio::test(start_paused = true)]
async fn hibernation_is_asked_for_and_the_server_goes_on() {
    let mut desk = Desk::open("hibernate").await;
    desk.cast(Order::Note("one".into()));
    assert_eq!(desk.entries(1).await, entries(&[(0, "one")]));
    desk.cast(Order::Note("two".into()));
    assert_eq!(desk.entries(1).await, entries(&[(0, "two")]));
    stop(desk.node).await;
}

/// An init that returns what it is given, in the spawner.
#[derive(Actor)]
struct Sync;

#[ergo::server]
impl Sync {
    fn init(reason: ExitReason) -> Result<Self, ExitReason> {
        Err(reason)
    }
}

#[tokio::test(start_paused = true)]
async fn an_init_that_ignores_the_start() {
    let node = node().await;
    let (watcher, mut heard) = mpsc::unbounded_channel();
    let refuse = |reason: ExitReason| Opening {
        log: mpsc::unbounded_channel().0,
        asks: "continue",
        refuses: Some(reason),
    };
    let options = SpawnOptions::default().trap_exit(true);
    node.spawn_fn_with(options, async move |mut cx: PlainContext| {
        let ignored = cx.spawn_link::<Diary>(refuse(ExitReason::Ignore)).await;
        let _ = watcher.send(ignored.map(|_| ()));
        let ignored = cx.spawn_link::<Sync>(ExitReason::Ignore).await;
        let _ = watcher.send(ignored.map(|_| ()));
        let failed = cx.spawn_link::<Sync>(ExitReason::from("other")).await;
        let _ = watcher.send(failed.map(|_| ()));
        let signal = cx.receive_timeout(millis(10)).await;
        assert_eq!(signal, None, "the error is all the starter hears");
    })
    .unwrap();
    assert_eq!(heard.recv().await, Some(Err(SpawnError::Ignored)));
    assert_eq!(heard.recv().await, Some(Err(SpawnError::Ignored)));
    let failed = SpawnError::Init(ExitReason::from("other"));
    assert_eq!(heard.recv().await, Some(Err(failed)));
    assert_eq!(heard.recv().await, None);
    stop(node).await;
}

/// A behaviour of its own, with a deadline.
struct Alarm {
    since: Instant,
    at: Option<Instant>,
    left: u32,
    log: Log,
}

#[derive(Clone)]
struct AlarmRef(Ref<Alarm>);

impl From<Ref<Alarm>> for AlarmRef {
    fn from(reference: Ref<Alarm>) -> Self {
        AlarmRef(reference)
    }
}

impl AsRef<Ref<Alarm>> for AlarmRef {
    fn as_ref(&self) -> &Ref<Alarm> {
        &self.0
    }
}

impl Handle for AlarmRef {
    type Actor = Alarm;
}

impl Actor for Alarm {
    type Handle = AlarmRef;
    const OPTIONS: Options = Options::DEFAULT;
}

impl Behavior for Alarm {
    type Args = (Log, u32);
    type Message = String;
    type Continue = Infallible;

    async fn start((log, left): (Log, u32), _: &Context<Self>) -> Result<Self, ExitReason> {
        let since = Instant::now();
        let at = Some(since + millis(20));
        Ok(Alarm {
            since,
            at,
            left,
            log,
        })
    }

    async fn dispatch(&mut self, message: String, _: &Context<Self>) -> Flow {
        // Long enough for the deadline to pass.
        tokio::time::sleep(millis(30)).await;
        let _ = self.log.send((self.since.elapsed(), message));
        Flow::Continue
    }

    fn deadline(&self) -> Option<Instant> {
        self.at
    }

    async fn on_deadline(&mut self, _: &Context<Self>) -> Flow {
        let _ = self.log.send((self.since.elapsed(), "alarm".into()));
        let Some(left) = self.left.checked_sub(1) else {
            self.at = None;
            return Flow::Stop(ExitReason::Normal);
        };
        self.left = left;
        self.at = Some(Instant::now() + millis(100));
        Flow::Continue
    }

    fn encode_message(message: &String, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        message.encode(encoder)
    }

    fn decode_message(
        decoder: &mut Decoder<'_>,
        _: &mut Option<ReplyTo>,
    ) -> Result<String, DecodeError> {
        String::decode(decoder)
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_is_kept_between_messages_and_without_any() {
    let node = node().await;
    let (log, mut heard) = mpsc::unbounded_channel();
    let alarm = node.spawn::<Alarm>((log, 2)).await.unwrap();
    for message in ["one", "two"] {
        alarm.as_ref().cast(message.to_owned()).unwrap();
    }
    let mut entries = Vec::new();
    while let Some((at, text)) = deadline(PATIENCE, heard.recv()).await {
        entries.push((at.as_millis(), text));
    }
    let expected = [
        (30, "one"),
        (30, "alarm"),
        (60, "two"),
        (130, "alarm"),
        (230, "alarm"),
    ];
    assert_eq!(entries, expected.map(|(at, text)| (at, text.to_owned())));
    stop(node).await;
}
