//! What everyone saw, held against what was promised.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;

use ergo::prelude::Pid;
use ergo::testing::{Network, Random};

use crate::actor::{Actor, Entry};
use crate::world::{CRASHES, CUTS, EVERYTHING, PARTITIONS, World};

#[ergo::test(seed = 1_000, seeds = 60)]
async fn what_was_promised_holds_in_partitions(network: Network, random: Random) {
    holds(network, random, PARTITIONS).await;
}

#[ergo::test(seed = 2_000, seeds = 60)]
async fn what_was_promised_holds_when_connections_break(network: Network, random: Random) {
    holds(network, random, CUTS).await;
}

#[ergo::test(seed = 3_000, seeds = 60)]
async fn what_was_promised_holds_when_nodes_crash(network: Network, random: Random) {
    holds(network, random, CRASHES).await;
}

#[ergo::test(seed = 4_000, seeds = 60)]
async fn what_was_promised_holds_in_all_of_it(network: Network, random: Random) {
    holds(network, random, EVERYTHING).await;
}

/// G-01, G-02, G-03, G-04: what everyone saw is what was promised.
async fn holds(network: Network, random: Random, troubles: RangeInclusive<u64>) {
    let mut world = World::start(network, random, troubles).await;
    for _ in 0..60 {
        world.step().await;
    }
    world.end().await;
    world.check_nodes().await;
    let living = world.living();
    for actor in &world.actors {
        let history = actor.history();
        check_order(actor, &history);
        if living.contains(&actor.number) {
            check_monitors(&history);
            check_links(&history);
        }
    }
    for from in &living {
        for to in living.iter().filter(|to| *to != from) {
            let actor = |number: &u64| &world.actors[*number as usize];
            check_losses(actor(from), actor(to));
        }
    }
}

/// G-01: what comes from one actor comes in order and once. G-04: and it was sent to this very one.
fn check_order(actor: &Actor, history: &[Entry]) {
    let mut last = HashMap::new();
    for entry in history {
        let Entry::Got(from, to, number, _) = entry else {
            continue;
        };
        assert_eq!(*to, actor.number, "a message to another incarnation");
        let before = last.insert(*from, *number).unwrap_or(0);
        assert!(before < *number, "{number} after {before} from {from}");
    }
}

/// G-02: one `Down` for each monitor that was not taken back, and none for one that was.
fn check_monitors(history: &[Entry]) {
    let mut held = HashSet::new();
    for entry in history {
        match entry {
            Entry::Monitored(reference) => assert!(held.insert(reference)),
            Entry::Demonitored(reference) => drop(held.remove(reference)),
            Entry::Down(reference, reason) => {
                assert!(held.remove(reference), "a second Down, {reason}");
            }
            _ => {}
        }
    }
    assert_eq!(held, HashSet::new(), "monitors that never told");
}

/// G-03: an exit signal after each link that was not taken back, and never more of them than there were links.
fn check_links(history: &[Entry]) {
    // How many exit signals may come. A link that was there already is none, which the mailbox may not tell yet.
    let mut may_come: HashMap<&Pid, u32> = HashMap::new();
    let mut must_come = HashSet::new();
    for entry in history {
        match entry {
            Entry::Linked(pid) => {
                *may_come.entry(pid).or_default() += 1;
                must_come.insert(pid);
            }
            Entry::Unlinked(pid) => {
                may_come.remove(pid);
                must_come.remove(pid);
            }
            Entry::Exited(pid, reason) => {
                let links = may_come.entry(pid).or_default();
                assert!(*links > 0, "an exit of no link, {reason}");
                *links -= 1;
                must_come.remove(pid);
            }
            _ => {}
        }
    }
    assert_eq!(must_come, HashSet::new(), "links that never broke");
}

/// G-01, G-03: a message that did not come was sent before a loss of which its sender has heard.
fn check_losses(from: &Actor, to: &Actor) {
    let came: HashSet<u64> = to
        .history()
        .iter()
        .filter_map(|entry| match entry {
            Entry::Got(sender, _, number, _) if *sender == from.number => Some(*number),
            _ => None,
        })
        .collect();
    let history = from.history();
    for (at, entry) in history.iter().enumerate() {
        let Entry::Sent(receiver, number) = entry else {
            continue;
        };
        if *receiver != to.number || came.contains(number) {
            continue;
        }
        let heard = history[at..].contains(&Entry::Lost(to.number));
        assert!(heard, "message {number} was lost in silence");
    }
}
