//! Remote spawns over a network that delays, cuts and stalls, with many seeds: what the caller knows is what is there.

use ergo::prelude::*;
use ergo::testing::{Network, Random, TestNode, advance};

use crate::nodes::{Init, Worker, two};

const ATTEMPTS: u64 = 20;

fn init(random: &mut Random) -> Init {
    match random.within(0..=4) {
        0 => Init::Refuses(term!(no)),
        1 => Init::Hangs,
        _ => Init::Works,
    }
}

/// Starts workers while the network fails: the ids of those that the caller was told of.
async fn attempts(a: &TestNode, network: &Network, random: &mut Random) -> Vec<u64> {
    let mut all = tokio::task::JoinSet::new();
    for id in 0..ATTEMPTS {
        let node = a.node().clone();
        let args = (id, init(random));
        let timeout = millis(random.within(1..=400));
        all.spawn(async move {
            let far = node.remote("b@mem").await.ok()?;
            let options = SpawnOptions::default();
            let spawn = far.spawn_as::<Worker>("worker", options, args);
            spawn.timeout(timeout).await.is_ok().then_some(id)
        });
        advance(millis(random.within(0..=50))).await;
        match random.within(0..=11) {
            0 => drop(network.cut("a@mem", "b@mem")),
            1 => network.stall("a@mem", "b@mem"),
            2 => network.stall("b@mem", "a@mem"),
            3 => network.heal(),
            _ => {}
        }
    }
    network.heal();
    all.join_all().await.into_iter().flatten().collect()
}

/// The ids of the workers that live.
async fn living(b: &TestNode) -> Vec<u64> {
    let mut ids = Vec::new();
    for pid in b.processes() {
        let info = b.process_info(&pid);
        if info.is_some_and(|info| info.initial_call.ends_with("Worker")) {
            let id: Result<u64, _> = b.call_as(&pid, term!(id), secs(5)).await;
            ids.push(id.expect("a worker that hangs in its init was left"));
        }
    }
    ids
}

#[ergo::test(seed = 1, seeds = 100)]
async fn nobody_is_left_of_whom_nobody_knows(network: Network, mut random: Random) -> ergo::Result {
    let (a, b) = two(&network).await;
    network.delay_all(millis(1)..=millis(60));
    let known = attempts(&a, &network, &mut random).await;
    advance(secs(600)).await;
    for id in living(&b).await {
        assert!(
            known.contains(&id),
            "{id} lives, of {known:?} that are known"
        );
    }
    // And once the network is whole, what is asked for is there.
    let far = a.remote("b@mem").await?;
    let last = (ATTEMPTS, Init::Works);
    let spawn = far.spawn_as::<Worker>("worker", SpawnOptions::default(), last);
    spawn.timeout(secs(60)).await?;
    advance(secs(600)).await;
    assert!(living(&b).await.contains(&ATTEMPTS));
    Ok(())
}
