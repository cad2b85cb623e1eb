//! Time passes when nothing else can happen, and all of ergo goes by it.

use ergo::prelude::*;
use ergo::testing::{self, TestNode};
use tokio::time::Instant;

/// Never answers.
#[derive(Actor)]
struct Silent(Vec<Reply<u8>>);

#[ergo::server]
impl Silent {
    fn init() -> Result<Self, ExitReason> {
        Ok(Silent(Vec::new()))
    }

    #[call]
    fn wait(&mut self, reply: Reply<u8>) {
        self.0.push(reply);
    }
}

/// Sends the probe a number at each of its turns.
#[derive(Actor)]
struct Clock(Pid, u64);

#[ergo::server]
impl Clock {
    fn init(tell: Pid, cx: &Context<Self>) -> Result<Self, ExitReason> {
        cx.every(secs(60), |me| drop(me.turn()));
        cx.send_after(secs(90), cx.pid(), term!(once));
        Ok(Clock(tell, 0))
    }

    #[cast]
    fn turn(&mut self, cx: &Context<Self>) {
        self.1 += 1;
        let _ = cx.send(&self.0, self.1);
    }

    #[info]
    fn info(&mut self, term: Term, cx: &Context<Self>) {
        let _ = cx.send(&self.0, term);
    }
}

#[ergo::test]
async fn timers_fire_at_their_time_and_in_order(node: TestNode) -> ergo::Result {
    let mut probe = node.probe();
    node.spawn::<Clock>(probe.pid()).await?;
    let begun = Instant::now();
    testing::advance(secs(179)).await;
    let heard: Vec<String> = probe.left().iter().map(ToString::to_string).collect();
    assert_eq!(heard, ["message 1", "message once", "message 2"]);
    assert_eq!(begun.elapsed(), secs(179));
    testing::advance(secs(1)).await;
    assert_eq!(probe.expect::<u64>().await, 3);
    assert_eq!(begun.elapsed(), secs(180));
    Ok(())
}

/// Outside of a process deadlines go by a coarse tick, but not in virtual time.
#[ergo::test]
async fn a_call_times_out_after_exactly_its_time(node: TestNode) -> ergo::Result {
    let silent = node.spawn::<Silent>(()).await?;
    for (timeout, name) in [(secs(5), "default"), (millis(1_500), "its own")] {
        let begun = Instant::now();
        let answer = match name {
            "default" => silent.wait().await,
            _ => silent.wait().timeout(timeout).await,
        };
        assert_eq!(answer, Err(CallError::Timeout));
        assert_eq!(begun.elapsed(), timeout, "{name}");
    }
    let mut probe = node.probe();
    let to = probe.pid();
    node.spawn_fn(async move |cx: PlainContext| {
        let begun = Instant::now();
        let answer = silent.wait().await;
        assert_eq!(answer, Err(CallError::Timeout));
        let _ = cx.send(&to, u64::try_from(begun.elapsed().as_millis()).unwrap());
    })?;
    assert_eq!(probe.expect::<u64>().await, 5_000);
    Ok(())
}

#[ergo::test]
async fn until_idle_takes_no_time_and_leaves_nothing_undone(node: TestNode) -> ergo::Result {
    // A chain of processes, each of which passes on what it gets.
    let mut probe = node.probe();
    let mut next = probe.pid();
    for _ in 0..500 {
        let to = next;
        next = node.spawn_fn(async move |mut cx: PlainContext| {
            while let Some(Message::Term(term)) = cx.receive().await {
                let _ = cx.send(&to, term);
            }
        })?;
    }
    let begun = Instant::now();
    node.try_send(&next, term!(through))?;
    testing::run_until_idle().await;
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert_eq!(probe.left().len(), 1);
    Ok(())
}

/// Intensity and backoff of a supervisor go by the same clock: G-06.
#[ergo::test]
async fn restart_intensity_obeys_it(node: TestNode) -> ergo::Result {
    let mut probe = node.probe();
    let supervisor = Supervisor::one_for_one()
        .intensity(2, secs(10))
        .child(Silent::spec(()).name("silent").permanent())
        .start(&node)
        .await?;
    probe.monitor(Handle::pid(&supervisor).unwrap());
    for _ in 0..6 {
        // Two in ten seconds, again and again, are allowed.
        for _ in 0..2 {
            let silent: SilentRef = node.whereis("silent")?;
            node.exit(Handle::pid(&silent).unwrap(), ExitReason::Kill);
            testing::run_until_idle().await;
        }
        testing::advance(secs(11)).await;
    }
    probe.expect_no(Duration::ZERO).await;
    for _ in 0..3 {
        let silent: SilentRef = node.whereis("silent")?;
        node.exit(Handle::pid(&silent).unwrap(), ExitReason::Kill);
        testing::run_until_idle().await;
    }
    let down = probe.expect_down(Handle::pid(&supervisor).unwrap()).await;
    assert_eq!(down.reason, ExitReason::Shutdown);
    Ok(())
}
