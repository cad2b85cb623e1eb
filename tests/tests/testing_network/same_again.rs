//! The same seed gives the same run.

use std::sync::Mutex;

use ergo::prelude::*;
use ergo::testing::{self, Network, Options, Random, Setup, TestArgument, TestNode, run};
use tokio::time::Instant;

use crate::connections::node;

/// Everything that a run makes visible, with the time of it.
async fn story(setup: Setup) -> Vec<String> {
    let begun = Instant::now();
    let network = Network::prepare(&setup).await;
    let mut random: Random = setup.random();
    network.delay_all(millis(0)..=millis(80));
    network.pieces(1..=200);
    let names = ["a@mem", "b@mem", "c@mem", "d@mem"];
    let mut nodes: Vec<TestNode> = Vec::new();
    let mut probes = Vec::new();
    for name in names {
        let node = network.node(name).configure(|node| node.tick_time(secs(8)));
        let node = node.start().await.unwrap();
        probes.push(node.probe_as("probe"));
        nodes.push(node);
    }
    let mut story = Vec::new();
    for step in 0..60_u32 {
        let from = random.within(0..=3) as usize;
        let to = random.within(0..=3) as usize;
        let (one, other) = (names[from], names[to]);
        match random.within(0..=9) {
            0 => network.partition(&[one], &[other]),
            1 => network.heal(),
            2 => drop(network.cut(one, other)),
            3 => network.stall(one, other),
            4 => drop(probes[from].monitor(("probe", other))),
            5 => drop(network.cut_after(one, other, random.within(0..=500))),
            _ => nodes[from].try_send(("probe", other), step).unwrap(),
        }
        let time = random.duration(&(Duration::ZERO..=secs(3)));
        testing::advance(time).await;
        for (name, probe) in names.iter().zip(&mut probes) {
            for arrived in probe.left() {
                story.push(format!("{:?} {name}: {}", begun.elapsed(), arrived));
            }
        }
    }
    story
}

fn told(seed: u64) -> Vec<String> {
    let told = Mutex::new(Vec::new());
    run(Options::DEFAULT.seed(seed), |setup| async {
        *told.lock().unwrap() = story(setup).await;
    });
    told.into_inner().unwrap()
}

#[test]
fn a_seed_tells_the_same_story() {
    if std::env::var("ERGO_SEED").is_ok() {
        return assert_eq!(told(0), told(0));
    }
    let mut stories = Vec::new();
    for seed in 0..20 {
        let story = told(seed);
        assert!(story.len() > 10, "{story:#?}");
        assert_eq!(story, told(seed), "seed {seed}");
        stories.push(story);
    }
    stories.dedup();
    assert_eq!(stories.len(), 20);
}

/// What arrives from one node at another is in order, whatever happens to connections.
#[ergo::test(seed = 100, seeds = 200)]
async fn order_survives_partitions(network: Network, mut random: Random) -> ergo::Result {
    network.delay_all(millis(0)..=millis(100));
    network.pieces(1..=100);
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    let mut probe = b.probe_as("probe");
    let mut last = 0;
    for n in 1..=50_i64 {
        a.try_send(("probe", "b@mem"), n)?;
        match random.within(0..=19) {
            0 => network.partition(&["a@mem"], &["b@mem"]),
            1..=3 => network.heal(),
            4 => drop(network.cut("a@mem", "b@mem")),
            5 => drop(network.cut_after("a@mem", "b@mem", random.within(0..=300))),
            _ => {}
        }
        testing::advance(random.duration(&(Duration::ZERO..=secs(4)))).await;
        for arrived in probe.left() {
            let testing::Arrived::Info(Term::Integer(number)) = arrived else {
                panic!("{arrived}");
            };
            assert!(number > last, "{number} after {last}");
            last = number;
        }
    }
    Ok(())
}
