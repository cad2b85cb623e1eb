//! What a message, a call and a start with its end cost while few or very many other processes live. It must not grow
//! with their number; and what they take.

use std::time::Duration;

use crate::local::Contender;
use crate::local::actors::Actors;
use crate::local::beam::Beam;
use crate::local::contenders::with_actors;
use crate::local::latch::{Latch, Tally};
use crate::local::memory::{resident_bytes, settle};
use crate::local::probe::Probe;
use crate::local::suite::runtime;
use crate::local::{Workload, measure};
use crate::options::Options;
use crate::report::{Rival, Row, Unit};
use crate::rounds::{Samples, alternate};

/// How many others live.
const POPULATIONS: [u64; 4] = [10, 1_000, 100_000, 1_000_000];
/// The name of the first of these in the table.
const FEW: &str = "with 10 others";
/// As much as a machine that is not quiet takes from a row. A cost that grew with the population would take far more.
const TIMES: f64 = 0.8;
/// Of a million processes of ergo.
const MEGABYTES_MAX: f64 = 1_500.0;

/// As many as `beam.erl` makes.
const CASTS: u64 = 300_000;
const CALLS: u64 = 100_000;
const SPAWNS: u64 = 20_000;

/// Nanoseconds of a cast, a call and a start with its end; bytes of the others.
type Costs = [f64; 4];
const NAMES: [&str; 4] = ["flat-cast", "flat-call", "flat-spawn", "flat-memory"];
const MEMORY: usize = 3;

/// Measures every population of each contender in turn.
pub(crate) fn rows(options: &Options, contenders: &[Contender], beam: Option<&Beam>) -> Vec<Row> {
    let populations = &POPULATIONS[..if options.quick { 3 } else { 4 }];
    let cells: Vec<(Contender, u64)> = populations
        .iter()
        .flat_map(|others| contenders.iter().map(|contender| (*contender, *others)))
        .collect();
    let samples = alternate(&cells, options.rounds, |(contender, others)| match beam {
        Some(beam) if contender.is_beam() => beam
            .run(Workload::Flat, contender, others, options.workers)
            .try_into()
            .expect("four values"),
        _ => Probe::Flat.run(contender, others, options.workers),
    });
    (0..NAMES.len())
        .flat_map(|cost| rows_of(cost, &samples))
        .collect()
}

fn rows_of(cost: usize, samples: &Samples<(Contender, u64), Costs>) -> Vec<Row> {
    let values_of = |costs: &[Costs]| costs.iter().map(|costs| costs[cost]).collect::<Vec<f64>>();
    let few = |contender: Contender| {
        let is_it = |(cell, _): &&(_, Vec<Costs>)| *cell == (contender, POPULATIONS[0]);
        samples
            .iter()
            .find(is_it)
            .map(|(_, costs)| values_of(costs))
    };
    let row = |((contender, others), costs): &((Contender, u64), Vec<Costs>)| {
        let is_ergo = *contender == Contender::Ergo;
        let rival = few(*contender).filter(|_| cost != MEMORY && *others != POPULATIONS[0]);
        let rival = rival.map(|values| Rival {
            name: FEW,
            values,
            times: is_ergo.then_some(TIMES),
        });
        let mut values = values_of(costs);
        if cost == MEMORY {
            values.iter_mut().for_each(|bytes| *bytes /= 1e6);
        }
        let is_most = cost == MEMORY && *others == 1_000_000;
        Row {
            workload: format!("{} {others}", NAMES[cost]),
            contender: contender.name(),
            unit: if cost == MEMORY {
                Unit::Megabytes
            } else {
                Unit::Nanoseconds
            },
            values,
            rivals: rival.into_iter().collect(),
            at_most: (is_ergo && is_most).then_some(MEGABYTES_MAX),
        }
    };
    samples.iter().map(row).collect()
}

/// Measures one population in this program.
pub(crate) fn probe(contender: Contender, others: u64, workers: usize) -> [u64; 4] {
    let runtime = runtime(workers);
    with_actors!(contender, A => runtime.block_on(costs::<A>(others)))
}

async fn costs<A: Actors>(others: u64) -> [u64; 4] {
    let actors = A::start().await;
    let (reached, ended) = (Latch::new(1), Latch::new(others));
    settle().await;
    let before = resident_bytes("self");
    let mut crowd = Vec::new();
    for _ in 0..others {
        let tally = Tally::new(measure::NEVER, &reached, &ended);
        crowd.push(actors.counter(tally).await.0);
    }
    settle().await;
    let memory = resident_bytes("self").saturating_sub(before);
    let each = |elapsed: Duration, operations: u64| elapsed.as_nanos() as u64 / operations;
    let cast = each(measure::cast(&actors, CASTS, 1).await, CASTS);
    let call = each(measure::call(&actors, CALLS).await, CALLS);
    let spawn = each(measure::spawn(&actors, SPAWNS).await, SPAWNS);
    crowd.into_iter().for_each(A::stop);
    assert_eq!(ended.wait().await, 0, "nobody sent them anything");
    [cast, call, spawn, memory]
}
