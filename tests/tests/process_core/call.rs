//! Calls: G-05. One outcome each, whatever happens to the server meanwhile.

use ergo::Full;
use ergo::prelude::*;
use ergo_tests::{PATIENCE, deadline};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::probe::{Event, ProbeRef, Probed, node, stop};

/// A server whose calls are answered in every way there is.
#[derive(Actor)]
struct Desk {
    kept: Vec<Reply<u32>>,
    log: mpsc::UnboundedSender<String>,
}

#[ergo::server]
impl Desk {
    fn init(log: mpsc::UnboundedSender<String>) -> Result<Self, ExitReason> {
        Ok(Desk {
            kept: Vec::new(),
            log,
        })
    }

    #[call]
    fn add(&self, a: u32, b: u32) -> u32 {
        a + b
    }

    /// Answered by `answer`.
    #[call]
    fn later(&mut self, reply: Reply<u32>) {
        self.kept.push(reply);
    }

    #[cast]
    fn answer(&mut self, value: u32) {
        self.kept.drain(..).for_each(|reply| reply.send(value));
    }

    #[call]
    fn forgets(&self, reply: Reply<u32>) {
        drop(reply);
    }

    #[call]
    async fn forgets_and_is_busy(&mut self, reply: Reply<u32>) -> Flow {
        drop(reply);
        std::future::pending().await
    }

    #[call]
    fn stops(&self, _reply: Reply<u32>, reason: ExitReason) -> Flow {
        Flow::Stop(reason)
    }

    #[call]
    fn panics(&self) -> u32 {
        panic!("cannot {}", "add")
    }

    #[call]
    async fn never(&mut self) -> u32 {
        std::future::pending().await
    }

    #[call(local)]
    fn local(&self, look: Box<dyn FnOnce(usize) + Send>) {
        look(self.kept.len())
    }

    #[cast]
    fn note(&mut self, text: String) {
        let _ = self.log.send(text);
    }

    #[info]
    fn info(&mut self, term: Term) {
        let _ = self.log.send(term.to_string());
    }

    #[down]
    fn down(&mut self, _down: Down) {
        let _ = self.log.send("down".into());
    }

    #[exit]
    fn exit(&mut self, exit: Exit) {
        let _ = self.log.send(format!("exit {}", exit.reason));
    }
}

struct Fixture {
    node: Node,
    desk: DeskRef,
    pid: Pid,
    log: mpsc::UnboundedReceiver<String>,
}

impl Fixture {
    async fn start() -> Fixture {
        Fixture::with(SpawnOptions::default()).await
    }

    async fn with(options: SpawnOptions) -> Fixture {
        let node = node().await;
        let (sender, log) = mpsc::unbounded_channel();
        let desk = node.spawn_with::<Desk>(sender, options).await.unwrap();
        let pid = desk.as_ref().pid().unwrap();
        Fixture {
            node,
            desk,
            pid,
            log,
        }
    }

    /// The same server by its pid alone, so that calls go as terms.
    async fn by_term<R: for<'de> Decode<'de> + Send + 'static>(
        &self,
        request: Term,
        timeout: Duration,
    ) -> Result<R, CallError> {
        deadline(PATIENCE, self.node.call_as(&self.pid, request, timeout)).await
    }

    /// What it has noted up to now.
    async fn noted(&mut self) -> Vec<String> {
        assert_eq!(deadline(PATIENCE, self.desk.add(1, 2)).await, Ok(3));
        std::iter::from_fn(|| self.log.try_recv().ok()).collect()
    }

    async fn kept(&self) -> usize {
        let (sender, receiver) = oneshot::channel();
        let look = Box::new(move |kept| sender.send(kept).unwrap());
        deadline(PATIENCE, self.desk.local(look)).await.unwrap();
        receiver.await.unwrap()
    }
}

#[tokio::test]
async fn a_call_is_answered() {
    let fixture = Fixture::start().await;
    assert_eq!(deadline(PATIENCE, fixture.desk.add(1, 2)).await, Ok(3));
    assert_eq!(
        fixture.by_term(term!({add, 3, 4}), PATIENCE).await,
        Ok(7_u32)
    );
    let answer = fixture.node.call(&fixture.pid, term!({add, 5, 6}));
    assert_eq!(deadline(PATIENCE, answer).await, Ok(term!(11)));
    let text: Result<String, _> = fixture.by_term(term!({add, 3, 4}), PATIENCE).await;
    assert!(matches!(text, Err(CallError::BadReply(_))), "{text:?}");
    stop(fixture.node).await;
}

/// Exact below a second, to a tick of 50 ms above it, in a process and outside of one, typed and by term.
#[tokio::test(start_paused = true)]
async fn a_call_ends_at_its_timeout() {
    for length in [
        millis(1),
        millis(37),
        millis(999),
        secs(1),
        secs(5),
        secs(8),
    ] {
        let fixture = Fixture::start().await;
        let probe = Probed::start(&fixture.node).await;
        let late = |begun: Instant| {
            let taken = begun.elapsed();
            assert!(
                taken >= length && taken <= length + millis(150),
                "{taken:?} for {length:?}"
            );
        };
        fixture
            .desk
            .never()
            .timeout(Duration::ZERO)
            .await
            .unwrap_err();
        let begun = Instant::now();
        assert_eq!(
            fixture.desk.never().timeout(length).await,
            Err(CallError::Timeout)
        );
        late(begun);
        let begun = Instant::now();
        let answer = fixture
            .node
            .call_as::<Term>(&fixture.pid, term!(never), length);
        assert_eq!(answer.await, Err(CallError::Timeout));
        late(begun);
        let (desk, pid) = (fixture.desk.clone(), fixture.pid.clone());
        let inside = probe.inside_async(async move |cx| {
            let begun = Instant::now();
            let typed = desk.never().timeout(length).await;
            let between = Instant::now();
            let by_term = cx.call::<Term>(pid, term!(never), length).await;
            (begun, typed, between, by_term, Instant::now())
        });
        let (begun, typed, between, by_term, end) = inside.await;
        assert_eq!(
            (typed, by_term),
            (Err(CallError::Timeout), Err(CallError::Timeout))
        );
        for taken in [between - begun, end - between] {
            assert!(
                taken >= length && taken <= length + millis(150),
                "{taken:?} for {length:?}"
            );
        }
        fixture.node.exit(&fixture.pid, ExitReason::Kill);
        stop(fixture.node).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_has_five_seconds_unless_it_says_otherwise() {
    let fixture = Fixture::start().await;
    let begun = Instant::now();
    assert_eq!(fixture.desk.never().await, Err(CallError::Timeout));
    assert!(
        (secs(5)..secs(6)).contains(&begun.elapsed()),
        "{:?}",
        begun.elapsed()
    );
    fixture.node.exit(&fixture.pid, ExitReason::Kill);
    stop(fixture.node).await;
}

#[tokio::test]
async fn a_late_answer_reaches_nobody() {
    let mut fixture = Fixture::start().await;
    let mut caller = Probed::start(&fixture.node).await;
    let (desk, pid) = (fixture.desk.clone(), fixture.pid.clone());
    let outcomes = caller.inside_async(async move |cx| {
        (
            desk.later().timeout(millis(5)).await,
            cx.call::<Term>(pid, term!(later), millis(5)).await,
        )
    });
    assert_eq!(
        outcomes.await,
        (Err(CallError::Timeout), Err(CallError::Timeout))
    );
    // One that is dropped half way is given up, too.
    drop(tokio::time::timeout(millis(1), fixture.desk.later()).await);
    assert_eq!(fixture.kept().await, 3);
    fixture.desk.answer(9).unwrap();
    assert_eq!(fixture.noted().await, Vec::<String>::new());
    assert_eq!(caller.heard().await, []);
    stop(fixture.node).await;
}

#[tokio::test]
async fn a_deferred_answer_lets_others_be_served() {
    let fixture = Fixture::start().await;
    let waiting = tokio::spawn({
        let desk = fixture.desk.clone();
        async move { desk.later().await }
    });
    while fixture.kept().await == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(fixture.desk.add(1, 1).await, Ok(2));
    fixture.desk.answer(9).unwrap();
    assert_eq!(deadline(PATIENCE, waiting).await.unwrap(), Ok(9));
    stop(fixture.node).await;
}

#[tokio::test]
async fn a_call_to_nobody() {
    let fixture = Fixture::start().await;
    fixture.node.exit(&fixture.pid, ExitReason::Kill);
    deadline(PATIENCE, fixture.desk.as_ref().ended()).await;
    let by_name: DeskRef = fixture.node.at("nobody");
    assert_eq!(fixture.desk.add(1, 2).await, Err(CallError::NoProcess));
    assert_eq!(by_name.add(1, 2).await, Err(CallError::NoProcess));
    assert_eq!(
        fixture.by_term::<Term>(term!(x), PATIENCE).await,
        Err(CallError::NoProcess)
    );
    assert_eq!(
        fixture.node.call("nobody", term!(x)).await,
        Err(CallError::NoProcess)
    );
    assert_eq!(fixture.desk.answer(1), Err(CastError::Closed));
    assert_eq!(by_name.answer(1), Err(CastError::Closed));
    stop(fixture.node).await;
}

#[tokio::test]
async fn a_server_that_ends_in_a_call_gives_its_reason() {
    let cases = [
        ExitReason::Normal,
        ExitReason::Shutdown,
        ExitReason::from(term!({bad, 1})),
        ExitReason::Killed,
    ];
    for reason in cases {
        let fixture = Fixture::start().await;
        let outcome = deadline(PATIENCE, fixture.desk.stops(reason.clone())).await;
        assert_eq!(outcome, Err(CallError::Exit(reason.clone())));
        stop(fixture.node).await;

        let fixture = Fixture::start().await;
        let request = Term::tuple([term!(stops), reason.to_term()]);
        let outcome = fixture.by_term::<Term>(request, PATIENCE).await;
        assert_eq!(outcome, Err(CallError::Exit(reason)));
        stop(fixture.node).await;
    }
    // Killed in the middle of it, and with others waiting.
    let fixture = Fixture::start().await;
    let (desk, node, pid) = (
        fixture.desk.clone(),
        fixture.node.clone(),
        fixture.pid.clone(),
    );
    let calls = async {
        tokio::join!(
            desk.never(),
            desk.add(1, 2),
            node.call(&pid, term!({add, 1, 2})),
            async {
                tokio::task::yield_now().await;
                node.exit(&pid, ExitReason::Kill);
            }
        )
    };
    let (never, add, term, ()) = deadline(PATIENCE, calls).await;
    let killed = || CallError::Exit(ExitReason::Killed);
    assert_eq!(
        (never, add, term),
        (Err(killed()), Err(killed()), Err(killed()))
    );
    stop(fixture.node).await;
}

#[tokio::test]
async fn a_panic_reaches_the_caller_with_its_place() {
    let fixture = Fixture::start().await;
    let Err(CallError::Exit(ExitReason::Panic(text))) = fixture.desk.panics().await else {
        panic!("no panic");
    };
    assert!(
        text.contains("cannot add") && text.contains("call.rs:"),
        "{text}"
    );
    stop(fixture.node).await;
    let fixture = Fixture::start().await;
    let outcome = fixture.by_term::<Term>(term!(panics), PATIENCE).await;
    assert!(
        matches!(&outcome, Err(CallError::Exit(ExitReason::Panic(text))) if text.contains("call.rs:")),
        "{outcome:?}"
    );
    stop(fixture.node).await;
}

#[tokio::test(start_paused = true)]
async fn a_dropped_reply_of_a_living_server() {
    let mut fixture = Fixture::start().await;
    let begun = Instant::now();
    assert_eq!(fixture.desk.forgets().await, Err(CallError::NoReply));
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert_eq!(fixture.noted().await, Vec::<String>::new());
    // Only when it is done with what it does can it be told from one that ends: the timeout at the latest.
    let outcome = fixture
        .desk
        .forgets_and_is_busy()
        .timeout(millis(100))
        .await;
    assert_eq!(outcome, Err(CallError::NoReply));
    assert_eq!(begun.elapsed().as_millis() / 10, 10);
    fixture.node.exit(&fixture.pid, ExitReason::Kill);
    stop(fixture.node).await;
}

#[tokio::test]
async fn a_process_cannot_call_itself() {
    let node = node().await;
    let name = ergo_tests::unique_name("itself");
    let probe = Probed::with(&node, SpawnOptions::default().name(&*name)).await;
    let handle = probe.handle.clone();
    let by_name: ProbeRef = node.at(&*name);
    let here = node.name().clone();
    let outcomes = probe.inside_async(async move |cx| {
        let named = Destination::from((&*name, here.as_str()));
        [
            handle.sync().await,
            by_name.sync().await,
            cx.call(cx.pid(), term!(sync), PATIENCE).await,
            cx.call(&*name, term!(sync), PATIENCE).await,
            cx.node().call_as(named, term!(sync), PATIENCE).await,
        ]
    });
    for outcome in outcomes.await {
        assert_eq!(outcome, Err(CallError::CallsItself));
    }
    stop(node).await;
}

#[tokio::test]
async fn a_local_method_stays_on_its_node() {
    let node = node().await;
    let far: DeskRef = node.at(("desk", "elsewhere@127.0.0.1"));
    let outcome = deadline(PATIENCE, far.local(Box::new(|_| ()))).await;
    assert_eq!(outcome, Err(CallError::LocalOnly));
    stop(node).await;
}

#[tokio::test]
async fn a_bound_is_exact() {
    const BOUND: u64 = 5;
    for busy in [false, true] {
        let node = node().await;
        let options = SpawnOptions::default().mailbox(BOUND as u32);
        let mut probe = Probed::with(&node, options).await;
        if busy {
            // In a callback: what it works on does not wait any more.
            probe.handle.hang().unwrap();
            while probe
                .handle
                .as_ref()
                .pid()
                .is_some_and(|pid| queue_len(&node, &pid) > 0)
            {
                tokio::task::yield_now().await;
            }
        }
        for number in 0..BOUND {
            assert_eq!(probe.handle.number(number), Ok(()), "{number}");
        }
        assert_eq!(queue_len(&node, &probe.pid), BOUND as usize);
        let full = Full::Mailbox {
            waiting: BOUND as u32,
            max: BOUND as u32,
        };
        assert_eq!(probe.handle.number(BOUND), Err(CastError::Full(full)));
        assert_eq!(probe.handle.sync().await, Err(CallError::Full(full)));
        assert_eq!(
            node.try_send(&probe.pid, term!(x)),
            Err(CastError::Full(full))
        );
        assert_eq!(
            node.call(&probe.pid, term!(sync)).await,
            Err(CallError::Full(full))
        );
        if busy {
            // Signals are not refused.
            node.exit(&probe.pid, ExitReason::Kill);
            assert_eq!(probe.ended().await, ExitReason::Killed);
        } else {
            let expected: Vec<Event> = (0..BOUND).map(Event::Cast).collect();
            while queue_len(&node, &probe.pid) > 0 {
                tokio::task::yield_now().await;
            }
            assert_eq!(probe.heard().await, expected);
        }
        stop(node).await;
    }
}

/// The messages of a batch that is being worked on still wait, but for the one in progress.
#[tokio::test]
async fn a_bound_counts_the_batch_in_progress() {
    let node = node().await;
    let probe = Probed::with(&node, SpawnOptions::default().mailbox(4)).await;
    let (first, second) = (oneshot::channel::<()>(), oneshot::channel::<()>());
    for wait in [first.1, second.1] {
        let handle = probe.handle.clone();
        tokio::spawn(async move {
            let act = Box::new(move |_| Box::pin(async { drop(wait.await) }) as _);
            handle.run_async(act).await
        });
        tokio::task::yield_now().await;
    }
    while queue_len(&node, &probe.pid) != 1 {
        tokio::task::yield_now().await;
    }
    for number in 0..3 {
        assert_eq!(probe.handle.number(number), Ok(()));
    }
    assert!(matches!(probe.handle.number(3), Err(CastError::Full(_))));
    first.0.send(()).unwrap();
    while queue_len(&node, &probe.pid) != 3 {
        tokio::task::yield_now().await;
    }
    assert_eq!(probe.handle.number(4), Ok(()));
    assert!(matches!(probe.handle.number(5), Err(CastError::Full(_))));
    second.0.send(()).unwrap();
    stop(node).await;
}

fn queue_len(node: &Node, pid: &Pid) -> usize {
    use ergo::process::host::AsHost;
    let host = node.host();
    host.local_id(pid)
        .and_then(|id| host.process(id))
        .map_or(0, |process| process.queue_len())
}

#[tokio::test]
async fn what_no_method_matches_is_answered_or_becomes_an_info() {
    let mut fixture = Fixture::start().await;
    let unknown = [
        term!(nonsense),
        term!({add, 1}),
        term!({add, 1, minus}),
        term!({add, 1, 2, 3}),
        term!([1, 2]),
        term!(17),
        // A local method has no form as a term.
        term!(local),
        // A cast is no call.
        term!({answer, 1}),
    ];
    for request in unknown {
        let error = Term::tuple([
            term!(error),
            Term::tuple([term!(unknown_request), request.clone()]),
        ]);
        assert_eq!(fixture.by_term(request, PATIENCE).await, Ok(error));
    }
    let pid = fixture.pid.clone();
    fixture.node.cast(&pid, term!({note, "typed"})).unwrap();
    fixture.node.cast(&pid, term!({nonsense, 1})).unwrap();
    fixture.node.cast(&pid, term!({add, 1, 2})).unwrap();
    fixture.node.try_send(&pid, term!({plain, 2})).unwrap();
    let noted = [
        "typed",
        "{'$gen_cast',{nonsense,1}}",
        "{'$gen_cast',{add,1,2}}",
        "{plain,2}",
    ];
    assert_eq!(fixture.noted().await, noted);
    stop(fixture.node).await;
}

/// Whatever way it takes, what one process sends another arrives in the order sent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_order_for_all_kinds_of_signals() {
    let fixture = Fixture::with(SpawnOptions::default().trap_exit(true)).await;
    let Fixture {
        node,
        desk,
        pid,
        mut log,
    } = fixture;
    let mut expected = Vec::new();
    let sender = Probed::start(&node).await;
    for round in 0..200 {
        expected.push(format!("typed {round}"));
        expected.push(format!("term {round}"));
        expected.push(format!("{{info,{round}}}"));
        expected.push(format!("exit {round}"));
        expected.push(format!("last {round}"));
    }
    let to = desk.clone();
    let send = sender.inside_async(async move |cx| {
        let node = cx.node();
        for round in 0..200_i64 {
            to.note(format!("typed {round}")).unwrap();
            node.cast(&pid, (Atom::from_static("note"), format!("term {round}")))
                .unwrap();
            cx.send(&pid, term!({info, (round)})).unwrap();
            cx.exit(&pid, ExitReason::from(Term::from(round)));
            to.note(format!("last {round}")).unwrap();
            if round % 10 == 0 {
                tokio::task::yield_now().await;
            }
        }
    });
    send.await;
    assert_eq!(deadline(PATIENCE, desk.add(1, 2)).await, Ok(3));
    let noted: Vec<String> = std::iter::from_fn(|| log.try_recv().ok()).collect();
    assert_eq!(noted, expected);
    stop(node).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_callers_at_once() {
    let fixture = Fixture::start().await;
    let calls: Vec<_> = (0..1_000_u32)
        .map(|number| {
            let (desk, node, pid) = (
                fixture.desk.clone(),
                fixture.node.clone(),
                fixture.pid.clone(),
            );
            tokio::spawn(async move {
                match number % 3 {
                    0 => {
                        node.call_as(&pid, (Atom::from_static("add"), number, 1_u32), PATIENCE)
                            .await
                    }
                    1 => desk.add(number, 1).timeout(PATIENCE).await,
                    _ => desk.add(number, 1).timeout(millis(999)).await,
                }
            })
        })
        .collect();
    for (number, call) in (0..).zip(calls) {
        assert_eq!(deadline(PATIENCE, call).await.unwrap(), Ok(number + 1));
    }
    stop(fixture.node).await;
}
