//! Three nodes, an actor and a victim on each, and everything that happens to them.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use ergo::NodeEvent;
use ergo::prelude::*;
use ergo::testing::{self, Network, Random, TestNode};

use crate::actor::{Actor, Command};

const NAMES: [&str; 3] = ["a@mem", "b@mem", "c@mem"];

/// Nothing arrives for a while, in one direction or both.
pub(crate) const PARTITIONS: RangeInclusive<u64> = 0..=1;
/// Connections break, or are ended by a node.
pub(crate) const CUTS: RangeInclusive<u64> = 2..=4;
/// Nodes are killed and come back.
pub(crate) const CRASHES: RangeInclusive<u64> = 5..=5;
/// All of it.
pub(crate) const EVERYTHING: RangeInclusive<u64> = 0..=5;

/// One incarnation of a node.
struct Place {
    node: TestNode,
    events: ergo::node::NodeEvents,
    actor: Actor,
    /// Does nothing but live.
    victim: Pid,
}

pub(crate) struct World {
    network: Network,
    random: Random,
    troubles: RangeInclusive<u64>,
    places: Vec<Place>,
    /// All there have been.
    pub(crate) actors: Vec<Actor>,
    /// All there have been, and where.
    victims: Vec<(usize, Pid)>,
}

impl World {
    /// Those of `troubles` are what happens to the network.
    pub(crate) async fn start(
        network: Network,
        random: Random,
        troubles: RangeInclusive<u64>,
    ) -> World {
        network.delay_all(Duration::ZERO..=millis(100));
        network.pieces(1..=20_000);
        let mut world = World {
            network,
            random,
            troubles,
            places: Vec::new(),
            actors: Vec::new(),
            victims: Vec::new(),
        };
        for index in 0..NAMES.len() {
            let place = world.settle(index).await;
            world.places.push(place);
        }
        world
    }

    async fn settle(&mut self, index: usize) -> Place {
        let builder = self.network.node(NAMES[index]);
        let builder = builder.configure(|node| node.tick_time(secs(8)));
        let node = builder.start().await.unwrap();
        let victim = node.spawn_fn(async |mut cx| while cx.receive().await.is_some() {});
        let victim = victim.unwrap();
        let actor = Actor::start(&node, self.actors.len() as u64);
        self.actors.push(actor.clone());
        self.victims.push((index, victim.clone()));
        Place {
            events: node.monitor_nodes(),
            node,
            actor,
            victim,
        }
    }

    fn index(&mut self) -> usize {
        self.random.within(0..=NAMES.len() as u64 - 1) as usize
    }

    /// Something happens, and some time passes.
    pub(crate) async fn step(&mut self) {
        let (one, other) = (self.index(), self.index());
        match self.random.within(0..=99) {
            0..12 => self.disturb(one, other).await,
            12..20 => self.network.heal(),
            20..58 => self.send(one),
            _ => self.relate(one),
        }
        // Often much happens in no time.
        if self.random.chance(0.3) {
            let time = self.random.duration(&(Duration::ZERO..=secs(4)));
            testing::advance(time).await;
        }
    }

    async fn disturb(&mut self, index: usize, other: usize) {
        let (from, to) = (NAMES[index], NAMES[other]);
        match self.random.within(self.troubles.clone()) {
            0 => self.network.partition(&[from], &[to]),
            1 => self.network.stall(from, to),
            2 => drop(self.network.cut(from, to)),
            3 => {
                let bytes = self.random.within(0..=2_000);
                self.network.cut_after(from, to, bytes);
            }
            4 => drop(self.places[index].node.disconnect(to)),
            _ => self.restart(index).await,
        }
    }

    /// `kill -9`, and another incarnation right after.
    async fn restart(&mut self, index: usize) {
        let node = self.places[index].node.clone();
        self.network.crash(&node).await;
        self.places[index] = self.settle(index).await;
    }

    /// To any actor there has been: those of a node that has come back must not get it.
    fn send(&mut self, from: usize) {
        let bytes = match self.random.within(0..=9) {
            0 => 300_000,
            1 => 70_000,
            _ => self.random.within(0..=500) as usize,
        };
        let to = self.random.choose(&self.actors).unwrap();
        let from = &self.places[from].actor;
        if to.number != from.number {
            from.tell(Command::Send(to.number, to.pid.clone(), bytes));
        }
    }

    /// To any victim there has been, but for those of the same node: what is not there says so at once.
    fn relate(&mut self, from: usize) {
        let (at, victim) = self.random.choose(&self.victims).unwrap().clone();
        if at == from {
            return;
        }
        let command = match self.random.within(0..=9) {
            0..=3 => Command::Link(victim),
            4..=5 => Command::Unlink(victim),
            6..=8 => Command::Monitor(victim),
            _ => Command::Demonitor(self.random.within(0..=5) as usize),
        };
        self.places[from].actor.tell(command);
    }

    /// Everything is well again, what waited arrives, and then every victim ends.
    pub(crate) async fn end(&mut self) {
        self.network.heal();
        testing::advance(secs(60)).await;
        for place in &self.places {
            place.node.exit(&place.victim, ExitReason::Kill);
        }
        testing::advance(secs(60)).await;
    }

    /// The actors that live.
    pub(crate) fn living(&self) -> Vec<u64> {
        let places = self.places.iter();
        places.map(|place| place.actor.number).collect()
    }

    /// Nodes come and go in turns, and whom one node takes for connected takes it for connected too.
    pub(crate) async fn check_nodes(&mut self) {
        for index in 0..self.places.len() {
            let place = &mut self.places[index];
            let mut is_up = HashMap::new();
            // The channel is empty when nothing is ready.
            while let Ok(Some(event)) =
                tokio::time::timeout(Duration::ZERO, place.events.next()).await
            {
                let (node, comes) = match event {
                    NodeEvent::Up { node, .. } => (node, true),
                    NodeEvent::Down { node, .. } => (node, false),
                    other => panic!("{other:?}"),
                };
                let was_up = is_up.insert(node.clone(), comes).unwrap_or(false);
                assert_ne!(was_up, comes, "{node} at {}", NAMES[index]);
            }
            let mut up: Vec<Atom> = is_up
                .into_iter()
                .filter_map(|(node, up)| up.then_some(node))
                .collect();
            up.sort_unstable();
            assert_eq!(place.node.nodes_of(Visibility::Connected), up);
        }
        let connected = |one: usize, other: usize| {
            let nodes = self.places[one].node.nodes_of(Visibility::Connected);
            nodes.iter().any(|node| node.as_str() == NAMES[other])
        };
        for (one, other) in [(0, 1), (0, 2), (1, 2)] {
            assert_eq!(connected(one, other), connected(other, one));
        }
    }
}
