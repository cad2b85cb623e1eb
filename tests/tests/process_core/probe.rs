//! A server that does what a test tells it from inside, and reports all it hears.

use std::future::Future;
use std::pin::Pin;

use ergo::prelude::*;
use ergo::process::Relations;
use ergo::process::host::AsHost;
use ergo_tests::{PATIENCE, deadline, unique_name};
use tokio::sync::{mpsc, oneshot};

/// What a probe hears.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Event {
    Cast(u64),
    Info(Term),
    /// The reference, the object and the reason.
    Down(Reference, Destination, ExitReason),
    /// The sender and the reason.
    Exit(Pid, ExitReason),
    Terminated(ExitReason),
}

type Act = Box<dyn FnOnce(&Context<Probe>) + Send>;
pub(crate) type Doing = Pin<Box<dyn Future<Output = ()> + Send>>;
type AsyncAct = Box<dyn FnOnce(Context<Probe>) -> Doing + Send>;

#[derive(Actor)]
pub(crate) struct Probe {
    log: mpsc::UnboundedSender<Event>,
}

impl Probe {
    fn tell(&self, event: Event) {
        // A test that has seen enough has dropped the other end.
        let _ = self.log.send(event);
    }
}

#[ergo::server]
impl Probe {
    fn init(log: mpsc::UnboundedSender<Event>) -> Result<Self, ExitReason> {
        Ok(Probe { log })
    }

    #[call(local)]
    fn run(&mut self, act: Act, cx: &Context<Self>) {
        act(cx)
    }

    #[call(local)]
    async fn run_async(&mut self, act: AsyncAct, cx: &Context<Self>) {
        act(cx.clone()).await
    }

    #[call]
    fn sync(&self) {}

    #[call]
    fn panics(&self) -> u64 {
        panic!("as it was told")
    }

    #[cast]
    fn number(&mut self, number: u64) {
        self.tell(Event::Cast(number));
    }

    #[cast(wait)]
    fn number_wait(&mut self, number: u64) {
        self.tell(Event::Cast(number));
    }

    #[call]
    fn count(&mut self, number: u64) {
        self.tell(Event::Cast(number));
    }

    /// Never done with it.
    #[cast]
    async fn hang(&mut self) {
        std::future::pending().await
    }

    #[cast]
    fn stop(&mut self, reason: ExitReason) -> Flow {
        Flow::Stop(reason)
    }

    #[down]
    fn down(&mut self, down: Down) {
        self.tell(Event::Down(down.reference, down.object, down.reason));
    }

    #[exit]
    fn exit(&mut self, exit: Exit) {
        self.tell(Event::Exit(exit.from, exit.reason));
    }

    #[info]
    fn info(&mut self, term: Term) {
        self.tell(Event::Info(term));
    }

    async fn terminate(self, reason: &ExitReason) {
        self.tell(Event::Terminated(reason.clone()));
    }
}

/// A probe and what it has heard.
pub(crate) struct Probed {
    pub(crate) handle: ProbeRef,
    pub(crate) pid: Pid,
    events: mpsc::UnboundedReceiver<Event>,
}

impl Probed {
    pub(crate) async fn start(node: &Node) -> Probed {
        Probed::with(node, SpawnOptions::default()).await
    }

    pub(crate) async fn trapping(node: &Node) -> Probed {
        Probed::with(node, SpawnOptions::default().trap_exit(true)).await
    }

    pub(crate) async fn with(node: &Node, options: SpawnOptions) -> Probed {
        let (log, events) = mpsc::unbounded_channel();
        let handle = node.spawn_with::<Probe>(log, options).await.unwrap();
        let pid = Handle::pid(&handle).unwrap();
        Probed {
            handle,
            pid,
            events,
        }
    }

    /// What it hears next.
    #[track_caller]
    pub(crate) fn next(&mut self) -> impl Future<Output = Event> {
        let next = deadline(PATIENCE, self.events.recv());
        async move { next.await.expect("the probe has ended") }
    }

    /// What it has heard up to now and has not been asked for: it has handled all that was sent to it before.
    pub(crate) async fn heard(&mut self) -> Vec<Event> {
        deadline(PATIENCE, self.handle.sync()).await.unwrap();
        self.left()
    }

    /// What it has heard and has not been asked for, of a probe that may have ended.
    pub(crate) fn left(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.events.try_recv().ok()).collect()
    }

    /// Runs `act` in a callback of the probe.
    pub(crate) async fn inside<R: Send + 'static>(
        &self,
        act: impl FnOnce(&Context<Probe>) -> R + Send + 'static,
    ) -> R {
        let (sender, receiver) = oneshot::channel();
        let act: Act = Box::new(move |cx| drop(sender.send(act(cx))));
        deadline(PATIENCE, self.handle.run(act)).await.unwrap();
        receiver.await.unwrap()
    }

    /// Awaits `act` in a callback of the probe.
    pub(crate) async fn inside_async<R, F>(
        &self,
        act: impl FnOnce(Context<Probe>) -> F + Send + 'static,
    ) -> R
    where
        R: Send + 'static,
        F: Future<Output = R> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let act: AsyncAct = Box::new(move |cx| {
            let doing = act(cx);
            Box::pin(async move { drop(sender.send(doing.await)) })
        });
        deadline(PATIENCE, self.handle.run_async(act).timeout(PATIENCE))
            .await
            .unwrap();
        receiver.await.unwrap()
    }

    /// Waits for its end.
    pub(crate) async fn ended(&self) -> ExitReason {
        deadline(PATIENCE, self.handle.as_ref().ended()).await
    }
}

/// Holds a probe in a callback until the sender is used or dropped: nothing of its mailbox is taken meanwhile.
pub(crate) async fn hold(probe: &ProbeRef) -> oneshot::Sender<()> {
    let (release, released) = oneshot::channel::<()>();
    let (started, has_started) = oneshot::channel();
    let handle = probe.clone();
    tokio::spawn(async move {
        let act: AsyncAct = Box::new(move |_| {
            let _ = started.send(());
            Box::pin(async move { drop(released.await) })
        });
        let _ = handle.run_async(act).timeout(PATIENCE).await;
    });
    deadline(PATIENCE, has_started).await.unwrap();
    release
}

/// A node of its own, without distribution.
pub(crate) async fn node() -> Node {
    let name = format!("{}@127.0.0.1", unique_name("process"));
    let node = Node::builder(name).local_only().start();
    deadline(PATIENCE, node).await.unwrap()
}

/// Stops a node: nothing is left of it.
pub(crate) async fn stop(node: Node) {
    deadline(PATIENCE, node.stop()).await;
    assert_eq!(node.process_count(), 0);
    assert_eq!(node.registered(), Vec::<Atom>::new());
}

/// Looks at what ties a process.
pub(crate) fn relations<R>(node: &Node, pid: &Pid, look: impl Fn(&Relations) -> R) -> R {
    let host = node.host();
    let process = host.process(host.local_id(pid).unwrap()).unwrap();
    let mut seen = None;
    process.with_relations(&mut |relations| seen = Some(look(relations)));
    seen.expect("the process lives")
}

/// Waits for the end of a process of this node, whatever it is; `noproc` when it is over before the call.
#[track_caller]
pub(crate) fn gone(node: &Node, pid: &Pid) -> impl Future<Output = ExitReason> + use<> {
    let host = node.host();
    let process = host.local_id(pid).and_then(|id| host.process(id));
    let gone = async move {
        match process {
            Some(process) => ergo::process::host::Ending::of(process).await,
            None => ExitReason::NoProc,
        }
    };
    deadline(PATIENCE, gone)
}

/// A plain process that ends with the reason it is sent.
pub(crate) fn ends_with(node: &Node) -> Pid {
    node.spawn_fn(ending).unwrap()
}

/// The body of [`ends_with`]: the term sent to it is its exit reason; `panic` is a panic.
pub(crate) async fn ending(mut cx: PlainContext) -> ExitReason {
    match cx.receive().await {
        Some(Message::Term(term)) if term == term!(panic) => panic!("on demand"),
        Some(Message::Term(term)) => ExitReason::from(term),
        other => panic!("{other:?}"),
    }
}
