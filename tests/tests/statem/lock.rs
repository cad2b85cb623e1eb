//! A code lock, as a user writes one: typed states and events, calls that wait, timeouts.

use ergo::prelude::*;
use ergo_tests::{PATIENCE, deadline};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::{node, stop};

#[derive(Actor, StatemBehavior)]
#[actor(mailbox = 100, trap_exit)]
#[statem(state = Door, call = DoorCall, cast = DoorCast, internal = Check, timeout_name = Alarm)]
struct Lock {
    code: Vec<u8>,
    entered: Vec<u8>,
    machine: Machine<Self>,
    log: mpsc::UnboundedSender<String>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Door {
    Locked,
    Open { since: u32 },
}

#[derive(Request)]
enum DoorCall {
    Enter {
        reply: Reply<String>,
    },
    #[etf(local)]
    Since {
        reply: Reply<Instant>,
    },
    Leave {
        reply: Reply<String>,
    },
}

#[derive(Request)]
enum DoorCast {
    Digit(u8),
    Watch(Pid),
    Fail(String),
}

enum Check {
    Code,
}

#[derive(PartialEq)]
enum Alarm {
    Silent,
}

impl Statem for Lock {
    type Args = (Vec<u8>, mpsc::UnboundedSender<String>);

    async fn init(
        (code, log): (Vec<u8>, mpsc::UnboundedSender<String>),
        _: &Context<Self>,
    ) -> Result<Self, ExitReason> {
        if code.is_empty() {
            return Err(ExitReason::from("no_code"));
        }
        let machine = Machine::new(Door::Locked).timeout(Alarm::Silent, secs(3600), ());
        assert_eq!(machine.state(), Some(&Door::Locked));
        Ok(Lock {
            code,
            entered: Vec::new(),
            machine,
            log,
        })
    }

    async fn enter(&mut self, old: &Door, state: &Door, _: &Context<Self>) -> Entered<Self> {
        let _ = self.log.send(format!("{old:?} -> {state:?}"));
        match state {
            Door::Open { .. } => Entered::keep().state_timeout(secs(10), ()),
            Door::Locked => Entered::keep(),
        }
    }

    async fn handle(
        &mut self,
        state: &Door,
        event: Event<Self>,
        cx: &Context<Self>,
    ) -> Transition<Self> {
        match (state, event) {
            (Door::Locked, Event::Cast(DoorCast::Digit(digit))) => {
                self.entered.push(digit);
                // An await with the state borrowed and `&mut self` alive.
                tokio::task::yield_now().await;
                Transition::keep()
                    .internal(Check::Code)
                    .event_timeout(secs(5), ())
            }
            (Door::Locked, Event::Internal(Check::Code)) if self.entered == self.code => {
                self.entered.clear();
                Transition::to(Door::Open { since: 1 })
            }
            (Door::Locked, Event::EventTimeout(())) => {
                self.entered.clear();
                Transition::keep()
            }
            (Door::Locked, event @ Event::Call(DoorCall::Enter { .. })) => {
                Transition::keep().postpone(event)
            }
            (Door::Open { since }, Event::Call(DoorCall::Enter { reply })) => {
                Transition::to(Door::Open { since: since + 1 }).reply(reply, "welcome".to_owned())
            }
            (Door::Open { .. }, Event::StateTimeout(())) => Transition::to(Door::Locked),
            (_, Event::Call(DoorCall::Since { reply })) => {
                Transition::keep().reply(reply, Instant::now()).hibernate()
            }
            (_, Event::Call(DoorCall::Leave { reply })) => {
                Transition::stop(ExitReason::Shutdown).reply(reply, "bye".to_owned())
            }
            (_, Event::Cast(DoorCast::Watch(pid))) => {
                cx.monitor(&pid);
                cx.link(&pid);
                Transition::keep()
            }
            (_, Event::Cast(DoorCast::Fail(text))) => panic!("{text}"),
            (_, Event::Timeout(Alarm::Silent, ())) => {
                let _ = self.log.send("silent".into());
                Transition::keep().cancel_timeout(Alarm::Silent)
            }
            (_, Event::Down(down)) => self.note(format!("down {}", down.reason)),
            (_, Event::Exit(exit)) => self.note(format!("exit {}", exit.reason)),
            (_, Event::Info(term)) => self.note(format!("info {term}")),
            _ => Transition::keep(),
        }
    }

    async fn terminate(self, reason: &ExitReason, state: Door, _: &Context<Self>) {
        let _ = self.log.send(format!("terminate {reason} {state:?}"));
    }
}

impl Lock {
    fn note(&self, text: String) -> Transition<Self> {
        let _ = self.log.send(text);
        Transition::keep()
    }
}

struct Rig {
    node: Node,
    lock: LockRef,
    log: mpsc::UnboundedReceiver<String>,
}

async fn rig() -> Rig {
    let node = node().await;
    let (sender, log) = mpsc::unbounded_channel();
    let lock = node.spawn::<Lock>((vec![1, 2], sender)).await.unwrap();
    Rig { node, lock, log }
}

impl Rig {
    async fn next(&mut self) -> String {
        deadline(PATIENCE, self.log.recv()).await.unwrap()
    }

    fn digits(&self, digits: &[u8]) {
        for digit in digits {
            self.lock.cast(DoorCast::Digit(*digit)).unwrap();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_right_code_opens_for_ten_seconds() {
    let mut rig = rig().await;
    assert_eq!(rig.next().await, "Locked -> Locked");
    let begun = Instant::now();
    rig.digits(&[1, 2]);
    assert_eq!(rig.next().await, "Locked -> Open { since: 1 }");
    assert_eq!(begun.elapsed(), secs(0));
    assert_eq!(rig.next().await, "Open { since: 1 } -> Locked");
    assert_eq!(begun.elapsed(), secs(10));
    stop(rig.node).await;
}

#[tokio::test(start_paused = true)]
async fn digits_that_are_too_slow_are_forgotten() {
    let mut rig = rig().await;
    assert_eq!(rig.next().await, "Locked -> Locked");
    rig.digits(&[1]);
    tokio::time::sleep(millis(5001)).await;
    rig.digits(&[2]);
    tokio::time::sleep(millis(4999)).await;
    rig.digits(&[1]);
    tokio::time::sleep(millis(5001)).await;
    rig.digits(&[1]);
    tokio::time::sleep(millis(4999)).await;
    let begun = Instant::now();
    rig.digits(&[2]);
    assert_eq!(rig.next().await, "Locked -> Open { since: 1 }");
    assert_eq!(begun.elapsed(), secs(0));
    stop(rig.node).await;
}

/// The caller waits on the other side of the door: its call is postponed until the state changes.
#[tokio::test(start_paused = true)]
async fn a_postponed_call_is_answered_in_another_state() {
    let rig = rig().await;
    let lock = rig.lock.clone();
    let caller = tokio::spawn(async move {
        lock.call(|reply| DoorCall::Enter { reply })
            .timeout(secs(60))
            .await
    });
    tokio::time::sleep(secs(30)).await;
    assert!(!caller.is_finished());
    rig.digits(&[1, 2]);
    assert_eq!(caller.await.unwrap().unwrap(), "welcome");
    stop(rig.node).await;
}

#[tokio::test(start_paused = true)]
async fn a_state_with_other_fields_is_another_state() {
    let mut rig = rig().await;
    rig.digits(&[1, 2]);
    assert_eq!(rig.next().await, "Locked -> Locked");
    assert_eq!(rig.next().await, "Locked -> Open { since: 1 }");
    tokio::time::sleep(secs(6)).await;
    let begun = Instant::now();
    rig.lock
        .call(|reply| DoorCall::Enter { reply })
        .await
        .unwrap();
    assert_eq!(rig.next().await, "Open { since: 1 } -> Open { since: 2 }");
    assert_eq!(rig.next().await, "Open { since: 2 } -> Locked");
    assert_eq!(begun.elapsed(), secs(10));
    stop(rig.node).await;
}

#[tokio::test(start_paused = true)]
async fn timeouts_with_names_from_init() {
    let mut rig = rig().await;
    let begun = Instant::now();
    assert_eq!(rig.next().await, "Locked -> Locked");
    rig.lock
        .call_local(|reply| DoorCall::Since { reply })
        .await
        .unwrap();
    assert_eq!(rig.log.recv().await.unwrap(), "silent");
    assert_eq!(begun.elapsed(), secs(3600));
    stop(rig.node).await;
}

#[tokio::test(start_paused = true)]
async fn stop_with_an_answer_and_the_last_state() {
    let mut rig = rig().await;
    rig.digits(&[1, 2]);
    let bye = rig.lock.call(|reply| DoorCall::Leave { reply }).await;
    assert_eq!(bye.unwrap(), "bye");
    let ended = rig.lock.ended().await;
    assert_eq!(ended, ExitReason::Shutdown);
    let mut last = String::new();
    while let Ok(line) = rig.log.try_recv() {
        last = line;
    }
    assert_eq!(last, "terminate shutdown Open { since: 1 }");
    stop(rig.node).await;
}

#[tokio::test(start_paused = true)]
async fn infos_exits_and_downs_are_events() {
    let mut rig = rig().await;
    assert_eq!(rig.next().await, "Locked -> Locked");
    let pid = rig.lock.pid().unwrap();
    rig.node.send(&pid, term!({what, 1})).await.unwrap();
    assert_eq!(rig.next().await, "info {what,1}");
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let other = rig
        .node
        .spawn_fn(async move |_| {
            let _ = ended.await;
            ExitReason::from("over")
        })
        .unwrap();
    rig.lock.cast(DoorCast::Watch(other)).unwrap();
    rig.lock
        .call_local(|reply| DoorCall::Since { reply })
        .await
        .unwrap();
    end.send(()).unwrap();
    let mut both = [rig.next().await, rig.next().await];
    both.sort();
    assert_eq!(both, ["down over", "exit over"]);
    stop(rig.node).await;
}

#[tokio::test(start_paused = true)]
async fn a_panic_and_a_refusing_init() {
    let rig = rig().await;
    rig.lock.cast(DoorCast::Fail("on purpose".into())).unwrap();
    let ended = rig.lock.ended().await;
    assert!(
        matches!(&ended, ExitReason::Panic(text) if text.contains("on purpose")),
        "{ended}"
    );
    let (sender, _receiver) = mpsc::unbounded_channel();
    let refused = rig.node.spawn::<Lock>((Vec::new(), sender)).await;
    assert_eq!(
        refused.unwrap_err(),
        SpawnError::Init(ExitReason::from("no_code"))
    );
    stop(rig.node).await;
}
