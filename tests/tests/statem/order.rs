//! Timeouts and messages: nothing that came in time is overtaken, and nothing runs before its turn.

use ergo::prelude::*;
use tokio::sync::mpsc;

use crate::{node, stop};

/// Sleeps as it is told, and notes what it sees.
#[derive(Actor, StatemBehavior)]
#[statem(state = (), cast = Work)]
struct Sleeper {
    machine: Machine<Self>,
    seen: mpsc::UnboundedSender<&'static str>,
}

#[derive(Request)]
enum Work {
    Arm(u64),
    ArmEvent(u64),
    Sleep(u64),
    #[etf(local)]
    Note(&'static str),
    Forever,
}

impl Statem for Sleeper {
    type Args = mpsc::UnboundedSender<&'static str>;

    async fn init(
        seen: mpsc::UnboundedSender<&'static str>,
        _: &Context<Self>,
    ) -> Result<Self, ExitReason> {
        Ok(Sleeper {
            machine: Machine::new(()),
            seen,
        })
    }

    async fn handle(&mut self, (): &(), event: Event<Self>, _: &Context<Self>) -> Transition<Self> {
        match event {
            Event::Cast(Work::Arm(time)) => {
                return Transition::keep().state_timeout(millis(time), ());
            }
            Event::Cast(Work::ArmEvent(time)) => {
                return Transition::keep().event_timeout(millis(time), ());
            }
            Event::Cast(Work::Sleep(time)) => tokio::time::sleep(millis(time)).await,
            Event::Cast(Work::Note(text)) => {
                let _ = self.seen.send(text);
            }
            Event::Cast(Work::Forever) => {
                return Transition::keep().next_event(Event::Cast(Work::Forever));
            }
            Event::StateTimeout(()) => {
                let _ = self.seen.send("state timeout");
            }
            Event::EventTimeout(()) => {
                let _ = self.seen.send("event timeout");
            }
            _ => {}
        }
        Transition::keep()
    }
}

#[tokio::test(start_paused = true)]
async fn a_timeout_does_not_overtake_what_waits() {
    let node = node().await;
    let (sender, mut seen) = mpsc::unbounded_channel();
    let sleeper = node.spawn::<Sleeper>(sender).await.unwrap();
    for work in [
        Work::Arm(10),
        Work::Sleep(50),
        Work::Note("1"),
        Work::Note("2"),
    ] {
        sleeper.cast(work).unwrap();
    }
    let order = [seen.recv().await, seen.recv().await, seen.recv().await];
    assert_eq!(order, [Some("1"), Some("2"), Some("state timeout")]);
    // What came before the timeout was noticed is an event, so this one is cancelled.
    for work in [
        Work::ArmEvent(10),
        Work::Sleep(50),
        Work::ArmEvent(10),
        Work::Note("3"),
    ] {
        sleeper.cast(work).unwrap();
    }
    assert_eq!(seen.recv().await, Some("3"));
    tokio::time::sleep(secs(1)).await;
    assert!(seen.try_recv().is_err());
    stop(node).await;
}

/// Without room for the message that keeps the order a timeout comes at once, and is not lost.
#[tokio::test(start_paused = true)]
async fn a_full_mailbox_loses_no_timeout() {
    let node = node().await;
    let (sender, mut seen) = mpsc::unbounded_channel();
    let options = SpawnOptions::default().mailbox(4);
    let sleeper = node.spawn_with::<Sleeper>(sender, options).await.unwrap();
    for work in [
        Work::Arm(10),
        Work::Sleep(50),
        Work::Note("1"),
        Work::Note("2"),
    ] {
        sleeper.cast(work).unwrap();
    }
    tokio::time::sleep(millis(1)).await;
    sleeper.cast(Work::Note("3")).unwrap();
    sleeper.cast(Work::Note("4")).unwrap();
    assert!(sleeper.cast(Work::Note("5")).is_err(), "it is full");
    let mut all = Vec::new();
    for _ in 0..5 {
        all.push(seen.recv().await.unwrap());
    }
    assert_eq!(all, ["state timeout", "1", "2", "3", "4"]);
    stop(node).await;
}

/// A machine that goes on for ever by itself still lets others run, and can be killed.
#[tokio::test(start_paused = true)]
async fn an_endless_machine_can_be_ended() {
    let node = node().await;
    let (sender, _seen) = mpsc::unbounded_channel();
    let sleeper = node.spawn::<Sleeper>(sender).await.unwrap();
    sleeper.cast(Work::Forever).unwrap();
    tokio::task::yield_now().await;
    sleeper.exit(ExitReason::Kill);
    assert_eq!(sleeper.ended().await, ExitReason::Killed);
    stop(node).await;
}
