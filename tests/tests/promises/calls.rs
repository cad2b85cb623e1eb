//! G-05: calls by the thousand whose time runs out about when the answer comes. Each has one outcome, and nothing of any
//! of them comes later.

use ergo::prelude::*;
use ergo::process::host::AsHost;
use ergo_tests::{PATIENCE, deadline};

use crate::{node, stop};

/// Answers in its own time.
#[derive(Actor)]
#[actor(name = "tardy")]
struct Tardy {
    answered: u64,
}

#[ergo::server]
impl Tardy {
    fn init() -> Result<Self, ExitReason> {
        Ok(Tardy { answered: 0 })
    }

    #[call]
    fn later(&mut self, number: u64, reply: Reply<u64>, cx: &Context<Self>) {
        self.answered += 1;
        let answer = async move {
            for _ in 0..number % 7 {
                tokio::task::yield_now().await;
            }
            match number % 5 {
                0 => drop(reply),
                1 => tokio::time::sleep(millis(number % 3)).await,
                _ => reply.send(number),
            }
        };
        cx.task(answer);
    }

    #[call]
    fn answered(&self) -> u64 {
        self.answered
    }
}

/// How a call is made.
#[derive(Clone, Copy)]
enum By {
    Handle,
    Pid,
    Name,
}

/// Makes calls one after the other, and looks into its own mailbox after each.
async fn caller(cx: PlainContext, tardy: TardyRef, rounds: u64, by: By) -> u64 {
    let node = cx.node();
    let pid = Handle::pid(&tardy).unwrap();
    let mut answers = 0;
    for number in 0..rounds {
        let timeout = Duration::from_micros(number * 37 % 1_500);
        let request = term!({later, (number)});
        let outcome = match by {
            By::Handle => tardy.later(number).timeout(timeout).await,
            By::Pid => node.call_as(pid.clone(), request, timeout).await,
            By::Name => node.call_as("tardy", request, timeout).await,
        };
        match outcome {
            Ok(answer) => assert_eq!(answer, number, "the answer to another call"),
            Err(CallError::Timeout | CallError::NoReply) => {}
            Err(other) => panic!("{other}"),
        }
        answers += u64::from(outcome.is_ok());
        assert_eq!(cx.queue_len(), 0, "call {number}: something came late");
    }
    // The late ones are over when the server has nothing left to do.
    tokio::time::sleep(millis(20)).await;
    assert_eq!(cx.queue_len(), 0, "something came late");
    answers
}

/// Typed calls and calls by terms, from plain processes whose mailboxes stay empty; no place for an answer is left.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn late_answers_reach_nobody() {
    const ROUNDS: u64 = 1_000;
    let node = node().await;
    let tardy = deadline(PATIENCE, node.spawn::<Tardy>(())).await.unwrap();
    let callers = [By::Handle, By::Pid, By::Name].map(|by| {
        let (done, is_done) = tokio::sync::oneshot::channel();
        let to = tardy.clone();
        let started = node.spawn_fn(async move |cx| {
            let _ = done.send(caller(cx, to, ROUNDS, by).await);
        });
        started.unwrap();
        is_done
    });
    for answers in callers {
        let answers = deadline(PATIENCE * 3, answers).await;
        let answers = answers.expect("a caller has failed");
        assert!(answers > 0, "none was answered in time");
        assert!(answers < ROUNDS, "none was late");
    }
    // The timeout of a call does not take the request back.
    let requests = deadline(PATIENCE, tardy.answered()).await.unwrap();
    assert_eq!(requests, 3 * ROUNDS);
    let host = node.host();
    let left = (1..host.next_number()).filter(|number| host.take_slot(*number).is_some());
    assert_eq!(left.count(), 0, "places of answers that are left");
    stop(node).await;
}
