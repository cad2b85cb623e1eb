//! What a process with a log level writes through `tracing`, and what it does not.

mod written;

use ergo::prelude::*;
use ergo_tests::{PATIENCE, deadline, unique_name, wait_until};
use tokio::sync::oneshot;
use tracing::level_filters::LevelFilter;
use tracing::{debug, error, info, trace, warn};
use written::Written;

async fn node() -> Node {
    let name = format!("{}@127.0.0.1", unique_name("log-level"));
    deadline(PATIENCE, Node::builder(name).local_only().start())
        .await
        .unwrap()
}

/// Waits for the end of a process.
async fn ended(node: &Node, pid: &Pid) -> ExitReason {
    let (tell, told) = oneshot::channel();
    let pid = pid.clone();
    let waiting = node.spawn_fn(async move |cx| drop(tell.send(cx.ended(&pid).await)));
    waiting.unwrap();
    told.await.unwrap()
}

fn level(level: LevelFilter) -> SpawnOptions {
    SpawnOptions::default().log_level(level)
}

/// One event of each level.
fn one_of_each(who: &str) {
    error!("{who} error");
    warn!("{who} warn");
    info!("{who} info");
    debug!("{who} debug");
    trace!("{who} trace");
}

const ALL: [&str; 5] = ["error", "warn", "info", "debug", "trace"];

fn first(who: &str, count: usize) -> Vec<String> {
    let words = ALL.iter().take(count);
    words.map(|word| format!("{who} {word}")).collect()
}

#[tokio::test]
async fn a_process_writes_down_to_its_level_and_others_everything() {
    let written = Written::start();
    let node = node().await;
    let levels = [
        (LevelFilter::OFF, 0),
        (LevelFilter::ERROR, 1),
        (LevelFilter::WARN, 2),
        (LevelFilter::INFO, 3),
        (LevelFilter::DEBUG, 4),
        (LevelFilter::TRACE, 5),
    ];
    for (filter, count) in levels {
        let process = node.spawn_fn_with(level(filter), async move |_| {
            one_of_each("before");
            tokio::task::yield_now().await;
            one_of_each("after");
        });
        deadline(PATIENCE, ended(&node, &process.unwrap())).await;
        let both = [first("before", count), first("after", count)].concat();
        assert_eq!(written.take(), both, "{filter}");
        let process = node.spawn_fn(async |_| one_of_each("other"));
        deadline(PATIENCE, ended(&node, &process.unwrap())).await;
        assert_eq!(written.take(), first("other", 5), "beside {filter}");
    }
    one_of_each("outside");
    assert_eq!(written.take(), first("outside", 5));
    deadline(PATIENCE, node.stop()).await;
}

#[tokio::test]
async fn children_tasks_and_threads_of_a_process_are_as_quiet() {
    let written = Written::start();
    let node = node().await;
    let of_node = node.clone();
    let parent = node.spawn_fn_with(level(LevelFilter::WARN), async move |cx| {
        let child = cx.spawn_fn(async |_| one_of_each("child")).unwrap();
        cx.ended(&child).await;
        let loud = cx.spawn_fn_with(level(LevelFilter::INFO), async |_| one_of_each("loud"));
        cx.ended(&loud.unwrap()).await;
        // It is the node's, whoever asks for it.
        let stranger = of_node.spawn_fn(async |_| one_of_each("stranger")).unwrap();
        cx.ended(&stranger).await;
        let (done, task) = oneshot::channel();
        let _task = cx.task(async move {
            one_of_each("task");
            let _ = done.send(());
        });
        task.await.unwrap();
        let (done, timer) = oneshot::channel();
        let _timer = cx.after(millis(1), move |_| {
            one_of_each("timer");
            let _ = done.send(());
        });
        timer.await.unwrap();
    });
    deadline(PATIENCE, ended(&node, &parent.unwrap())).await;
    let expected = [
        first("child", 2),
        first("loud", 3),
        first("stranger", 5),
        first("task", 2),
        first("timer", 2),
    ];
    assert_eq!(written.take(), expected.concat());
    deadline(PATIENCE, node.stop()).await;
}

/// Threads have the subscriber of the program, which only this test sets.
#[tokio::test]
async fn a_thread_of_a_process_is_as_quiet() {
    let written = Written::everywhere();
    let node = node().await;
    let quiet = node.spawn_fn_with(level(LevelFilter::ERROR), async move |cx| {
        let thread = cx.spawn_blocking(|cx| {
            one_of_each("thread");
            cx.block_on(async { one_of_each("thread's future") });
        });
        cx.ended(&thread.unwrap()).await;
    });
    deadline(PATIENCE, ended(&node, &quiet.unwrap())).await;
    let mut lines = written.take();
    lines.retain(|line| line.starts_with("thread"));
    assert_eq!(lines, ["thread error", "thread's future error"]);
    deadline(PATIENCE, node.stop()).await;
}

#[derive(Actor)]
struct Talker;

#[ergo::server]
impl Talker {
    fn init(who: &'static str) -> Result<Self, ExitReason> {
        one_of_each(who);
        Ok(Talker)
    }

    #[call]
    fn level(&mut self, word: String, cx: &Context<Self>) {
        let level = if word == "off" {
            LevelFilter::OFF
        } else {
            LevelFilter::INFO
        };
        cx.set_log_level(level);
    }

    #[cast]
    fn talk(&mut self, who: String) {
        one_of_each(&who);
    }

    #[cast]
    fn fall(&mut self) -> Flow {
        one_of_each("falling");
        Flow::Stop("fallen".into())
    }

    async fn terminate(self, _: &ExitReason) {
        one_of_each("terminate");
    }
}

#[tokio::test]
async fn a_level_that_is_set_holds_from_the_next_callback_on() {
    let written = Written::start();
    let node = node().await;
    let talker: TalkerRef = node.spawn::<Talker>("init").await.unwrap();
    assert_eq!(written.take(), first("init", 5));
    // All of it is in the mailbox before the first is handled, so that it is one batch.
    let set = talker.level("info".to_owned());
    let mut set = std::pin::pin!(set.into_future());
    assert!(futures_poll(set.as_mut()).is_none());
    talker.talk("one".to_owned()).unwrap();
    talker.talk("two".to_owned()).unwrap();
    deadline(PATIENCE, set).await.unwrap();
    talker.level("off".to_owned()).await.unwrap();
    talker.talk("three".to_owned()).unwrap();
    talker.level("info".to_owned()).await.unwrap();
    assert_eq!(written.take(), [first("one", 3), first("two", 3)].concat());
    talker.fall().unwrap();
    deadline(PATIENCE, talker.ended()).await;
    let lines = written.take();
    let expected = [first("falling", 3), first("terminate", 3)].concat();
    assert_eq!(lines.get(..6), Some(&expected[..]));
    // The crash report is written by the runtime, and within the level.
    assert_eq!(lines.len(), 7, "{lines:?}");
    deadline(PATIENCE, node.stop()).await;
}

/// Polls a future once.
fn futures_poll<F: Future>(future: std::pin::Pin<&mut F>) -> Option<F::Output> {
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    match future.poll(&mut cx) {
        std::task::Poll::Ready(output) => Some(output),
        std::task::Poll::Pending => None,
    }
}

/// An init that is not async runs in the process that starts the actor, and has the level of the actor.
#[tokio::test]
async fn an_init_in_the_spawner_has_the_level_of_the_child() {
    let written = Written::start();
    let node = node().await;
    let of_node = node.clone();
    let parent = node.spawn_fn_with(level(LevelFilter::ERROR), async move |cx| {
        let child = cx.spawn::<Talker>("child").await.unwrap();
        let loud = level(LevelFilter::DEBUG);
        let loud = cx.spawn_with::<Talker>("loud", loud).await.unwrap();
        let other = of_node.spawn::<Talker>("other").await.unwrap();
        one_of_each("parent");
        for talker in [child, loud, other] {
            cx.exit(&talker, ExitReason::Kill);
        }
    });
    deadline(PATIENCE, ended(&node, &parent.unwrap())).await;
    let expected = [
        first("child", 1),
        first("loud", 4),
        first("other", 5),
        first("parent", 1),
    ];
    let mut lines = written.take();
    lines.truncate(11);
    assert_eq!(lines, expected.concat());
    deadline(PATIENCE, node.stop()).await;
}

/// A span that leaves the process is closed at the subscriber that made it, wherever it is dropped.
#[tokio::test]
async fn spans_of_a_process_go_where_its_events_go() {
    let written = Written::start();
    let node = node().await;
    let (give, given) = oneshot::channel();
    let process = node.spawn_fn_with(level(LevelFilter::INFO), async move |_| {
        let quiet = tracing::debug_span!("too quiet");
        assert!(quiet.is_disabled());
        let span = tracing::info_span!("work", part = 1);
        span.in_scope(|| {
            assert_eq!(tracing::Span::current().id(), span.id());
            info!("inside");
        });
        span.record("part", 2);
        tokio::task::yield_now().await;
        drop(give.send(span.clone()));
    });
    let span = deadline(PATIENCE, given).await.unwrap();
    deadline(PATIENCE, ended(&node, &process.unwrap())).await;
    let expected = [
        "new work",
        "enter work",
        "inside",
        "exit work",
        "record work",
    ];
    assert_eq!(written.take(), expected);
    // Two of it were made: the one that came here, and the process's own.
    let elsewhere = std::thread::spawn(move || drop(span));
    elsewhere.join().unwrap();
    assert_eq!(written.take(), ["close work"]);
    deadline(PATIENCE, node.stop()).await;
}

/// Each new subscriber makes `tracing` ask all others about every place in the program: not for each process.
#[tokio::test]
async fn ten_thousand_processes_with_a_level_make_one_gate() {
    let written = Written::start();
    let node = node().await;
    let before = written.times_asked();
    let mut processes = Vec::new();
    for n in 0..10_000 {
        let process = node.spawn_fn_with(level(LevelFilter::WARN), async move |_| {
            info!("nobody sees this");
            if n % 1_000 == 0 {
                warn!("{n}");
            }
        });
        processes.push(process.unwrap());
    }
    for pid in processes {
        deadline(PATIENCE, ended(&node, &pid)).await;
    }
    assert_eq!(written.take().len(), 10);
    // Other tests may make subscribers meanwhile, some dozens of them.
    let asked = written.times_asked() - before;
    assert!(asked < 1_000, "asked {asked} times about one place");
    deadline(PATIENCE, node.stop()).await;
}

/// The gates of a node do not keep a subscriber alive that is gone, and are made again for the next one.
#[tokio::test]
async fn the_next_subscriber_is_written_to() {
    let node = node().await;
    for n in 0..3 {
        let written = Written::start();
        let process = node.spawn_fn_with(level(LevelFilter::ERROR), async |_| one_of_each("quiet"));
        deadline(PATIENCE, ended(&node, &process.unwrap())).await;
        assert_eq!(written.take(), first("quiet", 1), "subscriber {n}");
        let alive = written.end();
        // Another test may be making a subscriber, which looks at all of them.
        let is_gone = async || alive.strong_count() == 0;
        wait_until(PATIENCE, "its end", is_gone).await.unwrap();
    }
    deadline(PATIENCE, node.stop()).await;
}
