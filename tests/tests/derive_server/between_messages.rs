//! `#[handle_continue]`, `#[timeout]` and `#[actor(snapshot, last_message)]`.

use ergo::etf::DecodeError;
use ergo::prelude::*;
use ergo::{Behavior, Snapshot, sys};
use tokio::sync::mpsc;

use super::node;

/// Warms up after its start, one step after the other.
#[derive(Actor)]
#[actor(snapshot, last_message)]
struct Cache<T: Clone + Send + 'static> {
    filled: Vec<T>,
    log: mpsc::UnboundedSender<&'static str>,
}

enum Step<T> {
    Fill(Vec<T>),
    Done,
}

impl<T: Clone + Send + 'static> Snapshot for Cache<T> {
    fn snapshot(&self) -> Term {
        Term::from(self.filled.len() as u64)
    }

    fn restore(&mut self, state: Term) -> Result<(), DecodeError> {
        self.filled.truncate(state.to_value()?);
        Ok(())
    }
}

#[ergo::server]
impl<T: Clone + Send + 'static> Cache<T> {
    fn init(
        seed: (Vec<T>, mpsc::UnboundedSender<&'static str>),
        cx: &Context<Self>,
    ) -> Result<Self, ExitReason> {
        cx.continue_with(Step::Fill(seed.0));
        Ok(Cache {
            filled: Vec::new(),
            log: seed.1,
        })
    }

    #[handle_continue]
    async fn warm_up(&mut self, step: Step<T>, cx: &Context<Self>) -> Flow {
        match step {
            Step::Fill(values) => {
                self.filled.extend(values);
                cx.continue_with(Step::Done);
            }
            Step::Done => {
                let _ = self.log.send("warm");
            }
        }
        Flow::Continue
    }

    #[call]
    fn len(&self) -> usize {
        self.filled.len()
    }

    #[cast]
    fn rest(&mut self) -> Flow {
        Flow::Timeout(secs(3))
    }

    #[timeout]
    fn idle(&mut self, cx: &Context<Self>) {
        let _ = self.log.send("idle");
        cx.stop(ExitReason::Shutdown);
    }

    /// `{stop, normal, Reply, State}`.
    #[call]
    fn close(&mut self, cx: &Context<Self>) -> usize {
        cx.stop(ExitReason::Normal);
        self.filled.len()
    }

    async fn terminate(self, _: &ExitReason) {
        tokio::time::sleep(millis(10)).await;
        let _ = self.log.send("terminated");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_continues_and_times_out() -> ergo::Result {
    let node = node("continues").await;
    let (log, mut logged) = mpsc::unbounded_channel();
    let cache = node.spawn::<Cache<u8>>((vec![1, 2, 3], log)).await?;
    assert_eq!(cache.len().await?, 3);
    assert_eq!(logged.recv().await, Some("warm"));
    assert_eq!(sys::get_state(&node, &cache).await.unwrap(), Term::from(3));
    let replaced = sys::replace_state(&node, &cache, Term::from(1)).await;
    assert_eq!(replaced, Ok(Term::from(1)));
    assert_eq!(cache.len().await?, 1);
    let before = tokio::time::Instant::now();
    cache.rest()?;
    assert_eq!(logged.recv().await, Some("idle"));
    assert_eq!(before.elapsed().as_secs(), 3);
    assert_eq!(logged.recv().await, Some("terminated"));
    assert_eq!(logged.recv().await, None);
    node.stop().await;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_answer_with_a_stop_comes_after_terminate() -> ergo::Result {
    let node = node("closes").await;
    let (log, mut logged) = mpsc::unbounded_channel();
    let cache = node.spawn::<Cache<u8>>((vec![1], log)).await?;
    assert_eq!(logged.recv().await, Some("warm"));
    assert_eq!(cache.close().await?, 1);
    assert_eq!(logged.try_recv(), Ok("terminated"));
    assert_eq!(cache.as_ref().ended().await, ExitReason::Normal);
    // The same by a term.
    let (log, mut logged) = mpsc::unbounded_channel();
    let cache = node.spawn::<Cache<u8>>((vec![1, 2], log)).await?;
    assert_eq!(logged.recv().await, Some("warm"));
    assert_eq!(node.call(&cache, term!(close)).await?, Term::from(2));
    assert_eq!(logged.try_recv(), Ok("terminated"));
    node.stop().await;
    Ok(())
}

#[test]
fn options_and_labels() {
    const { assert!(<Cache<u8> as Actor>::OPTIONS.last_message) };
    let message = ergo::ServerMessage::Cast(CacheCast::<u8>::Rest {});
    assert_eq!(Cache::label(&message).to_string(), "cast rest");
}
