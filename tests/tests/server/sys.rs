//! System messages on one node: suspended servers, their parents, bounds and timeouts; states that panic.

use ergo::etf::DecodeError;
use ergo::prelude::*;
use ergo::sys::{self, SysError};
use ergo::{Handle, Snapshot};
use ergo_tests::{PATIENCE, deadline};
use tokio::sync::mpsc;

use crate::{node, stop};

#[derive(Actor)]
#[actor(snapshot, mailbox = 4)]
struct Notes {
    log: mpsc::UnboundedSender<String>,
    panics: bool,
}

impl Snapshot for Notes {
    fn snapshot(&self) -> Term {
        assert!(!self.panics, "no picture today");
        term!({notes, [1, 2]})
    }

    fn restore(&mut self, state: Term) -> Result<(), DecodeError> {
        self.panics = state.to_value()?;
        Ok(())
    }
}

#[ergo::server]
impl Notes {
    fn init(log: mpsc::UnboundedSender<String>) -> Result<Self, ExitReason> {
        Ok(Notes { log, panics: false })
    }

    #[cast]
    fn note(&mut self, text: String) {
        let _ = self.log.send(text);
    }

    #[call]
    fn idle(&mut self, ms: u64, cx: &Context<Self>) {
        cx.idle_timeout(millis(ms));
    }

    async fn terminate(self, reason: &ExitReason) {
        let _ = self.log.send(format!("terminate {reason}"));
    }
}

async fn notes(node: &Node) -> (NotesRef, mpsc::UnboundedReceiver<String>) {
    let (log, noted) = mpsc::unbounded_channel();
    (node.spawn::<Notes>(log).await.unwrap(), noted)
}

#[tokio::test(start_paused = true)]
async fn a_full_suspended_server_can_be_resumed() {
    let node = node().await;
    let (notes, mut noted) = notes(&node).await;
    sys::suspend(&node, &notes).await.unwrap();
    for number in 0..4 {
        notes.note(format!("{number}")).unwrap();
        // Taken out of the queue, and put aside.
        tokio::time::sleep(millis(1)).await;
    }
    assert!(matches!(
        notes.note("too many".into()),
        Err(CastError::Full(_))
    ));
    let unknown = node.send(&notes.pid().unwrap(), atom!("another")).await;
    assert!(matches!(unknown, Err(CastError::Full(_))));
    // There is always room for what ends this.
    sys::resume(&node, &notes).await.unwrap();
    for number in 0..4 {
        assert_eq!(noted.recv().await, Some(format!("{number}")));
    }
    stop(node).await;
}

#[tokio::test(start_paused = true)]
async fn a_resumed_server_counts_its_bound_anew() {
    let node = node().await;
    let (notes, mut noted) = notes(&node).await;
    sys::suspend(&node, &notes).await.unwrap();
    for number in 0..3 {
        notes.note(format!("{number}")).unwrap();
    }
    sys::resume(&node, &notes).await.unwrap();
    for number in 0..3 {
        assert_eq!(noted.recv().await, Some(format!("{number}")));
    }
    for number in 0..4 {
        notes.note(format!("{number}")).unwrap();
    }
    assert!(matches!(
        notes.note("too many".into()),
        Err(CastError::Full(_))
    ));
    stop(node).await;
}

/// Runs the test as the parent of a trapping server: it may end, and then its child hears of it.
async fn with_parent(end: ExitReason) -> Vec<String> {
    let node = node().await;
    let (log, mut noted) = mpsc::unbounded_channel();
    let (give, mut take) = mpsc::unbounded_channel();
    let parent = node
        .spawn_fn(async move |mut cx: PlainContext| {
            let options = SpawnOptions::default().trap_exit(true);
            let child = cx.spawn_link_with::<Notes>(log, options).await.unwrap();
            let _ = give.send(child);
            cx.receive().await;
        })
        .unwrap();
    let child: NotesRef = take.recv().await.unwrap();
    sys::suspend(&node, &child).await.unwrap();
    child.note("waits for ever".into()).unwrap();
    let stranger = node.spawn_fn(async |mut cx: PlainContext| {
        cx.receive().await;
    });
    node.exit(child.pid().unwrap(), ExitReason::from("of a stranger"));
    drop(stranger);
    node.exit(&parent, end.clone());
    let ended = deadline(PATIENCE, child.as_ref().ended()).await;
    assert_eq!(ended, end);
    stop(node).await;
    let mut all = Vec::new();
    while let Some(text) = noted.recv().await {
        all.push(text);
    }
    all
}

#[tokio::test(start_paused = true)]
async fn the_exit_of_the_parent_ends_a_suspended_server_that_traps() {
    let noted = with_parent(ExitReason::Shutdown).await;
    assert_eq!(noted, ["terminate shutdown"]);
    let noted = with_parent(ExitReason::from("why")).await;
    assert_eq!(noted, ["terminate why"]);
}

#[tokio::test(start_paused = true)]
async fn a_suspended_server_that_does_not_trap_dies_of_an_exit_signal() {
    let node = node().await;
    let (notes, mut noted) = notes(&node).await;
    sys::suspend(&node, &notes).await.unwrap();
    notes.as_ref().exit(ExitReason::from("now"));
    let ended = deadline(PATIENCE, notes.as_ref().ended()).await;
    assert_eq!(ended, ExitReason::from("now"));
    assert_eq!(noted.recv().await, None, "terminate is not called");
    stop(node).await;
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_that_panics_is_an_answer_and_no_end() {
    let node = node().await;
    let (notes, _noted) = notes(&node).await;
    assert_eq!(
        sys::get_state(&node, &notes).await,
        Ok(term!({notes, [1, 2]}))
    );
    sys::replace_state(&node, &notes, Term::from(true))
        .await
        .unwrap();
    let Err(SysError::Refused(why)) = sys::get_state(&node, &notes).await else {
        panic!("no error");
    };
    let why = why.to_string();
    let expected = "{callback_failed,{'Notes',snapshot},{panic,<<\"no picture today at tests/tests/server/sys.rs:";
    assert!(why.starts_with(expected), "{why}");
    assert!(sys::get_status(&node, &notes).await.is_ok());
    let refused = sys::replace_state(&node, &notes, term!(maybe)).await;
    assert!(matches!(refused, Err(SysError::Refused(_))), "{refused:?}");
    stop(node).await;
}

/// Says when its timeout is over.
#[derive(Actor, ServerBehavior)]
struct Sleeper(mpsc::UnboundedSender<u128>, tokio::time::Instant);

impl Server for Sleeper {
    type Args = mpsc::UnboundedSender<u128>;

    async fn init(
        log: mpsc::UnboundedSender<u128>,
        cx: &Context<Self>,
    ) -> Result<Self, ExitReason> {
        cx.idle_timeout(millis(100));
        Ok(Sleeper(log, tokio::time::Instant::now()))
    }

    async fn handle_timeout(&mut self, _: &Context<Self>) -> Flow {
        let _ = self.0.send(self.1.elapsed().as_millis());
        Flow::Continue
    }
}

#[tokio::test(start_paused = true)]
async fn a_system_message_begins_an_idle_timeout_anew() {
    let node = node().await;
    let (log, mut over) = mpsc::unbounded_channel();
    let sleeper = node.spawn::<Sleeper>(log).await.unwrap();
    tokio::time::sleep(millis(60)).await;
    sys::get_status(&node, &sleeper).await.unwrap();
    assert_eq!(over.recv().await, Some(160));
    stop(node).await;
}

#[tokio::test(start_paused = true)]
async fn a_process_sends_no_system_message_to_itself() {
    let node = node().await;
    let (give, mut take) = mpsc::unbounded_channel();
    node.spawn_fn(async move |cx: PlainContext| {
        let _ = give.send(sys::suspend(&*cx, cx.pid()).await);
    })
    .unwrap();
    let refused = take.recv().await.unwrap();
    assert_eq!(refused, Err(SysError::Call(CallError::CallsItself)));
    stop(node).await;
}

#[tokio::test(start_paused = true)]
async fn a_plain_process_does_not_answer() {
    let node = node().await;
    let plain = node
        .spawn_fn(async |mut cx: PlainContext| while cx.receive().await.is_some() {})
        .unwrap();
    let late = sys::get_state(&node, &plain).await;
    assert_eq!(late, Err(SysError::Call(CallError::Timeout)));
    stop(node).await;
}
