//! Runs the workloads for everyone who takes part.

use std::time::Duration;

use crate::local::actors::Actors;
use crate::local::contenders::{self, with_actors};
use crate::local::{Contender, Workload, measure, memory};
use crate::options::Options;
use crate::report::{Reach, Rival, Row, Unit};
use crate::rounds::{Samples, alternate};

/// Measures what was asked for.
pub(crate) fn run(options: &Options) -> Vec<Row> {
    if !cfg!(feature = "bench") {
        eprintln!("bench: ergo and bare tokio only; ractor and kameo come with `--features bench`");
    }
    options
        .workloads
        .iter()
        .flat_map(|workload| rows(*workload, options))
        .collect()
}

/// A fresh executor for each measurement.
pub(crate) fn runtime(workers: usize) -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        .build()
        .expect("an executor")
}

fn rows(workload: Workload, options: &Options) -> Vec<Row> {
    let operations = workload.operations(options.quick);
    let mut contenders = workload.contenders();
    contenders.retain(|contender| options.only.is_none_or(|only| only == *contender));
    let samples = alternate(&contenders, options.rounds, |contender| {
        value(workload, contender, operations, options.workers)
    });
    let theirs = samples
        .iter()
        .find(|(contender, _)| *contender == workload.rival());
    let theirs = theirs.map(|(contender, values)| (contender.name(), values.clone()));
    rows_of(workload, samples, theirs.as_ref())
}

fn rows_of(
    workload: Workload,
    samples: Samples<Contender>,
    theirs: Option<&(&'static str, Vec<f64>)>,
) -> Vec<Row> {
    let row = |(contender, values): (Contender, Vec<f64>)| {
        let reach = (contender == Contender::Ergo).then(|| workload.reach());
        let rival = theirs.filter(|_| contender != workload.rival());
        let rival = rival.map(|(name, values)| Rival {
            name,
            values: values.clone(),
            times: reach.and_then(Reach::times),
        });
        Row {
            workload: workload.name().to_owned(),
            contender: contender.name(),
            unit: workload.unit(),
            values,
            rivals: rival.into_iter().collect(),
            at_most: reach.and_then(Reach::at_most),
        }
    };
    samples.into_iter().map(row).collect()
}

/// One measurement, in the unit of the workload.
fn value(workload: Workload, contender: Contender, operations: u64, workers: usize) -> f64 {
    match workload {
        Workload::Idle => return memory::idle(contender, operations).0,
        Workload::IdleUsed => return memory::idle(contender, operations).1,
        _ => {}
    }
    let runtime = runtime(workers);
    let elapsed = match (workload, contender) {
        (Workload::CallProcess, Contender::Ergo) => {
            runtime.block_on(contenders::ergo::call_process(operations))
        }
        (Workload::SpawnManyLinked, Contender::Ergo) => {
            runtime.block_on(contenders::ergo::spawn_many_linked(operations))
        }
        _ => with_actors!(contender, A => runtime.block_on(timed::<A>(workload, operations))),
    };
    drop(runtime);
    let (count, seconds) = (operations as f64, elapsed.as_secs_f64());
    match workload.unit() {
        Unit::MillionsPerSecond => count / seconds / 1e6,
        Unit::ThousandsPerSecond => count / seconds / 1e3,
        Unit::Nanoseconds | Unit::Bytes => seconds * 1e9 / count,
    }
}

async fn timed<A: Actors>(workload: Workload, operations: u64) -> Duration {
    match workload {
        Workload::Cast => measure::cast::<A>(operations, 1).await,
        Workload::CastPairs => measure::cast::<A>(operations, 2).await,
        Workload::CastBounded => measure::cast_bounded::<A>(operations).await,
        Workload::Call | Workload::CallProcess => measure::call::<A>(operations).await,
        Workload::CallMany => measure::call_many::<A>(operations).await,
        Workload::Spawn => measure::spawn::<A>(operations).await,
        Workload::SpawnMany | Workload::SpawnManyLinked => {
            measure::spawn_many::<A>(operations).await
        }
        Workload::Ring => measure::ring::<A>(operations).await,
        Workload::FanOut => measure::fan_out::<A>(operations).await,
        Workload::Idle | Workload::IdleUsed => unreachable!("measured in a program of its own"),
    }
}
