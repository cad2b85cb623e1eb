//! Calls that cannot be answered: to oneself, in a circle, to a server that drops them or ends.

use ergo::prelude::*;
use ergo_tests::{PATIENCE, deadline};

use crate::{node, stop};

/// Calls others, and what it takes for others.
#[derive(Actor)]
#[actor(name = "caller")]
struct Caller {
    kept: Vec<Reply<u8>>,
}

#[ergo::server]
impl Caller {
    fn init() -> Result<Self, ExitReason> {
        Ok(Caller { kept: Vec::new() })
    }

    #[call]
    fn ping(&self) -> u8 {
        1
    }

    /// Calls itself, known in this way.
    #[call]
    async fn itself(&mut self, known_by: String, cx: &Context<Self>) -> String {
        let at = |to: Destination| CallerRef::at(cx, to);
        let me = match &*known_by {
            "handle" => cx.handle(),
            "pid" => at(cx.pid().into()),
            "name" => at("caller".into()),
            "name and node" => {
                let name = cx.pid().node().clone();
                at((Atom::from_static("caller"), name).into())
            }
            _ => at(cx.alias().into()),
        };
        format!("{:?}", me.ping().await)
    }

    /// Calls another, which calls back.
    #[call]
    async fn circle(&mut self, other: CallerRef, me: CallerRef) -> String {
        match other.round(me).timeout(secs(3)).await {
            Ok(text) => text,
            Err(error) => format!("{error:?}"),
        }
    }

    #[call]
    async fn round(&mut self, back: CallerRef) -> String {
        format!("{:?}", back.ping().timeout(secs(1)).await)
    }

    #[call]
    fn dropped(&mut self, reply: Reply<u8>) {
        drop(reply);
    }

    #[call]
    fn kept(&mut self, reply: Reply<u8>) {
        self.kept.push(reply);
    }

    #[call]
    fn stopped(&mut self, reply: Reply<u8>) -> Flow {
        self.kept.push(reply);
        Flow::Stop(ExitReason::from("because"))
    }

    #[cast]
    fn forget(&mut self) {
        self.kept.clear();
    }
}

async fn unnamed(node: &Node, name: &str) -> CallerRef {
    let options = SpawnOptions::default().name(name);
    node.spawn_with::<Caller>((), options).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_call_to_oneself_is_refused_however_one_is_known() {
    let node = node().await;
    let caller = node.spawn::<Caller>(()).await.unwrap();
    for known_by in ["handle", "pid", "name", "name and node", "alias"] {
        let answer = caller.itself(known_by.to_owned()).await.unwrap();
        assert_eq!(answer, "Err(CallsItself)", "by {known_by}");
    }
    stop(node).await;
}

#[tokio::test(start_paused = true)]
async fn two_servers_that_call_each_other_time_out_as_in_otp() {
    let node = node().await;
    let (one, two) = (unnamed(&node, "one").await, unnamed(&node, "two").await);
    let before = tokio::time::Instant::now();
    let answer = one.circle(two.clone(), one.clone()).await.unwrap();
    assert_eq!(answer, "Err(Timeout)");
    assert_eq!(before.elapsed().as_secs(), 1);
    // Both live, and the late answer reached nobody.
    assert_eq!(one.ping().await, Ok(1));
    assert_eq!(two.ping().await, Ok(1));
    stop(node).await;
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_is_dropped_is_no_timeout() {
    let node = node().await;
    let caller = node.spawn::<Caller>(()).await.unwrap();
    assert_eq!(caller.dropped().await, Err(CallError::NoReply));
    let kept = caller.kept();
    let (kept, ()) = tokio::join!(kept, async {
        tokio::time::sleep(millis(5)).await;
        caller.forget().unwrap();
    });
    assert_eq!(kept, Err(CallError::NoReply));
    let stopped = deadline(PATIENCE, caller.stopped()).await;
    assert_eq!(stopped, Err(CallError::Exit(ExitReason::from("because"))));
    assert_eq!(caller.ping().await, Err(CallError::NoProcess));
    stop(node).await;
}
