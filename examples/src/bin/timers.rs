//! Time: messages and turns later, work on a thread of its own, and a request that is answered once or not at all.
//!
//! ```text
//! cargo run -p ergo-examples --bin timers
//! ```

use ergo::prelude::*;
use ergo::{AliasMode, MissPolicy, MonitorOptions};

// ANCHOR: server
/// Forgets what it was told when nobody asks for it in time.
#[derive(Actor)]
struct Cache {
    value: Option<u64>,
    turns: u32,
}

#[ergo::server]
impl Cache {
    fn init(cx: &Context<Self>) -> Result<Self, ExitReason> {
        // Missed turns are not made up for, and the ones after keep their distance.
        cx.every_with(millis(10), MissPolicy::Delay, |me| drop(me.turn()));
        Ok(Cache {
            value: None,
            turns: 0,
        })
    }

    #[cast]
    fn keep(&mut self, value: u64, cx: &Context<Self>) {
        self.value = Some(value);
        let timer = cx.after(millis(50), |me| drop(me.forget()));
        println!(
            "forgotten in 50 ms: {}",
            timer.remaining() <= Some(millis(50))
        );
    }

    #[cast]
    fn forget(&mut self) {
        self.value = None;
    }

    #[cast]
    fn turn(&mut self) {
        self.turns += 1;
    }

    #[call]
    fn value(&self) -> (Option<u64>, bool) {
        (self.value, self.turns > 0)
    }
}
// ANCHOR_END: server

#[tokio::main]
async fn main() -> ergo::Result {
    let node = Node::builder("timers@127.0.0.1")
        .local_only()
        .start()
        .await?;
    let cache = node.spawn::<Cache>(()).await?;
    cache.keep(7)?;
    println!("{:?}", cache.value().await?.0);
    tokio::time::sleep(millis(100)).await;
    println!("{:?}", cache.value().await?);

    // ANCHOR: blocking
    let (done, sum) = tokio::sync::oneshot::channel();
    node.spawn_fn(async |mut cx| {
        let me = cx.pid();
        // On a thread that may block, linked to this process.
        let worker = cx.spawn_blocking_link(move |worker| {
            let sum: u64 = (1..=1_000_000_u64).filter(|n| n % 3 == 0).sum();
            let _ = worker.send(&me, term!({sum, (sum)}));
        });
        if worker.is_ok()
            && let Some(Message::Term(term)) = cx.receive().await
        {
            let _ = done.send(term);
        }
    })?;
    println!("{}", sum.await?);
    // ANCHOR_END: blocking

    // ANCHOR: alias
    let (done, answer) = tokio::sync::oneshot::channel();
    node.spawn_fn(async |mut cx| {
        let server = cx.spawn_fn(async |mut cx| {
            if let Some(Message::Term(Term::Reference(alias))) = cx.receive().await {
                let alias = Reference::clone(&alias);
                let _ = cx.send(alias.clone(), term!(first));
                // The alias is off by now: nobody hears of this.
                println!("{:?}", cx.send(alias, term!(second)));
            }
        });
        let Ok(server) = server else { return };
        let options = MonitorOptions::new().alias(AliasMode::ReplyDemonitor);
        let request = cx.monitor_with(&server, options);
        let _ = cx.send(&server, request);
        let _ = done.send(cx.receive().await);
    })?;
    println!("{:?}", answer.await?);
    // ANCHOR_END: alias
    node.stop().await;
    println!("the end");
    Ok(())
}
