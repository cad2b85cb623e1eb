//! Runs the workloads for everyone who takes part.

use std::time::Duration;

use crate::local::actors::Actors;
use crate::local::beam::Beam;
use crate::local::contenders::{self, with_actors};
use crate::local::{Contender, Workload, flat, measure, memory};
use crate::options::Options;
use crate::report::{Reach, Rival, Row, Unit};
use crate::rounds::{Samples, alternate};

/// More than the slowest contender needs for the longest workload.
const MEASUREMENT_MAX: Duration = Duration::from_secs(600);

/// Measures what was asked for.
pub(crate) fn run(options: &Options) -> Vec<Row> {
    if !cfg!(feature = "bench") {
        eprintln!(
            "bench: ergo, bare tokio and Erlang only; the crates come with `--features bench`"
        );
    }
    let wants = |contender: &Contender| options.only.is_none_or(|only| only == *contender);
    let beam = match Contender::BEAM.iter().any(wants) {
        true => Beam::compile(),
        false => None,
    };
    if beam.is_none() && options.only.is_none() {
        eprintln!("bench: no `erl` here: the BEAM is left out");
    }
    let contenders = |workload: Workload| {
        let mut contenders = workload.contenders();
        contenders.retain(|contender| wants(contender) && (beam.is_some() || !contender.is_beam()));
        contenders
    };
    let rows = |workload: &Workload| match workload {
        Workload::Flat => flat::rows(options, &contenders(*workload), beam.as_ref()),
        _ => rows(*workload, options, &contenders(*workload), beam.as_ref()),
    };
    options.workloads.iter().flat_map(rows).collect()
}

/// A fresh executor for each measurement.
pub(crate) fn runtime(workers: usize) -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        .build()
        .expect("an executor")
}

fn rows(
    workload: Workload,
    options: &Options,
    contenders: &[Contender],
    beam: Option<&Beam>,
) -> Vec<Row> {
    let operations = workload.operations(options.quick);
    let able = |contender: &&Contender| contender.can(workload);
    let able: Vec<Contender> = contenders.iter().filter(able).copied().collect();
    let samples = alternate(&able, options.rounds, |contender| {
        let workers = options.workers;
        match beam {
            Some(beam) if contender.is_beam() => {
                let values = beam.run(workload, contender, operations, workers);
                in_unit(workload, operations, values[0])
            }
            _ => value(workload, contender, operations, workers),
        }
    });
    contenders
        .iter()
        .map(|contender| row_of(workload, *contender, &samples))
        .collect()
}

fn row_of(workload: Workload, contender: Contender, samples: &Samples<Contender>) -> Row {
    let values_of = |wanted: Contender| {
        let sample = samples.iter().find(|(contender, _)| *contender == wanted);
        sample.map(|(_, values)| values.clone())
    };
    let reach = (contender == Contender::Ergo).then(|| workload.reach());
    let rival = |name: Contender, times: Option<f64>| {
        let values = values_of(name).filter(|_| name != contender)?;
        Some(Rival {
            name: name.name(),
            values,
            times,
        })
    };
    let values = values_of(contender);
    let mut rivals = Vec::new();
    if values.is_some() {
        rivals.extend(rival(workload.rival(), reach.and_then(Reach::times)));
    }
    if contender == Contender::Ergo {
        rivals.extend(rival(Contender::Process, None));
    }
    Row {
        workload: workload.name().to_owned(),
        contender: contender.name(),
        unit: workload.unit(),
        values: values.unwrap_or_default(),
        rivals,
        at_most: reach.and_then(Reach::at_most),
    }
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
    in_unit(workload, operations, elapsed.as_nanos() as f64)
}

/// What a contender took, nanoseconds of all operations or bytes of one process, in the unit of the workload.
fn in_unit(workload: Workload, operations: u64, took: f64) -> f64 {
    let count = operations as f64;
    match workload.unit() {
        Unit::MillionsPerSecond => count / took * 1e3,
        Unit::ThousandsPerSecond => count / took * 1e6,
        Unit::MegabytesPerSecond => count / took * 1e3,
        Unit::Nanoseconds => took / count,
        Unit::Microseconds => took / count / 1e3,
        Unit::Milliseconds => took / count / 1e6,
        Unit::Bytes | Unit::Megabytes => took,
    }
}

async fn timed<A: Actors>(workload: Workload, operations: u64) -> Duration {
    let measured = tokio::time::timeout(MEASUREMENT_MAX, measured::<A>(workload, operations));
    // A task that panics leaves its latch waiting.
    measured.await.expect("the workload ends")
}

async fn measured<A: Actors>(workload: Workload, operations: u64) -> Duration {
    let actors = A::start().await;
    match workload {
        Workload::Cast => measure::cast(&actors, operations, 1).await,
        Workload::CastPairs => measure::cast(&actors, operations, 2).await,
        Workload::CastBounded => measure::cast_bounded(&actors, operations).await,
        Workload::Call | Workload::CallProcess => measure::call(&actors, operations).await,
        Workload::CallMany => measure::call_many(&actors, operations).await,
        Workload::Spawn => measure::spawn(&actors, operations).await,
        Workload::SpawnMany | Workload::SpawnManyLinked => {
            measure::spawn_many(&actors, operations).await
        }
        Workload::Ring => measure::ring(&actors, operations).await,
        Workload::FanOut => measure::fan_out(&actors, operations).await,
        Workload::Idle | Workload::IdleUsed | Workload::Flat => {
            unreachable!("measured in programs of their own")
        }
    }
}
