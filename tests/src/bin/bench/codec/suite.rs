//! Runs the cells in alternation and says what ergo is to reach in each.

use std::time::Duration;

use ergo_tests::erlang::Release;

use super::beam::{self, Beam};
use super::bytes::AtomForm;
use super::cell::{Batch, Cell, Operation};
use super::data::Workload;
use super::ergo;
use super::reach::Reach;
use crate::report::{Row, Unit, median};
use crate::rounds::alternate;

/// One slice of a round: short, so that most of them are not interrupted on a busy machine.
const SLICE: Duration = Duration::from_millis(1);
/// One round of one cell.
const ROUND: Duration = Duration::from_millis(100);

/// What to measure and how.
#[derive(Debug, PartialEq)]
pub(crate) struct Options {
    pub(crate) workloads: Vec<Workload>,
    /// One cell, by its name.
    pub(crate) only: Option<String>,
    /// No rounds: so many iterations of each cell, for a profiler.
    pub(crate) iterations: Option<u64>,
    pub(crate) rounds: usize,
    pub(crate) json: bool,
    /// How the atoms of the bytes to read are written.
    pub(crate) atoms: AtomForm,
    pub(crate) otp: Release,
}

impl Default for Options {
    /// Without workloads.
    fn default() -> Options {
        Options {
            workloads: Vec::new(),
            only: None,
            iterations: None,
            rounds: 5,
            json: false,
            atoms: AtomForm::Latin1,
            otp: Release::Machine,
        }
    }
}

/// Measures what was asked for.
pub(crate) fn run(options: &Options) -> Result<Vec<Row>, String> {
    if !cfg!(feature = "bench") {
        eprintln!("bench: ergo and the BEAM only; the crates come with `--features bench`");
    }
    let wants = |name: &str| options.only.as_ref().is_none_or(|only| only == name);
    let beam = started(options);
    let (mut rows, mut names) = (Vec::new(), Vec::new());
    let mut is_any = false;
    for workload in &options.workloads {
        let bytes = &*workload.bytes(options.atoms).leak();
        let mut cells = cells(*workload, bytes, beam.as_ref());
        names.extend(cells.iter().map(Cell::name));
        cells.retain(|cell| wants(&cell.name()));
        if cells.is_empty() {
            continue;
        }
        is_any = true;
        describe(*workload, bytes.len(), options.json);
        match options.iterations {
            Some(iterations) => cells.iter_mut().for_each(|cell| repeat(cell, iterations)),
            None => rows.extend(measured(*workload, cells, options.rounds)),
        }
    }
    if is_any {
        return Ok(rows);
    }
    names.sort();
    names.dedup();
    Err(format!("no such cell here; there are {}", names.join(" ")))
}

/// The BEAM, unless one cell of another contender is asked for.
fn started(options: &Options) -> Option<Beam> {
    if let Some(only) = &options.only
        && !only.starts_with(beam::NAME)
    {
        return None;
    }
    let beam = Beam::start(options.otp);
    if beam.is_none() {
        eprintln!("bench: no `erl` here: the BEAM is left out");
    }
    beam
}

fn cells(workload: Workload, bytes: &'static [u8], beam: Option<&Beam>) -> Vec<Cell> {
    let mut cells = ergo::cells(workload, bytes);
    #[cfg(feature = "bench")]
    cells.extend(super::ergo_serde::cells(workload, bytes));
    #[cfg(feature = "bench")]
    cells.extend(super::rivals::cells(workload, bytes));
    cells.extend(
        beam.into_iter()
            .flat_map(|beam| beam.cells(workload, bytes)),
    );
    cells
}

/// The bytes that are read, and those that ergo writes.
fn describe(workload: Workload, read: usize, json: bool) {
    let (name, written) = (workload.name(), workload.bytes(AtomForm::Utf8).len());
    let description = workload.description();
    if json {
        println!(
            r#"{{"workload":"{name}","description":"{description}","bytes_read":{read},"bytes_written":{written}}}"#
        );
    } else {
        println!("{name}  {description}: {read} B read, {written} B written by ergo");
    }
}

fn repeat(cell: &mut Cell, iterations: u64) {
    let batch = Batch {
        iterations,
        slices: 1,
    };
    let nanoseconds = median(&cell.run(batch));
    println!(
        "   {}: {iterations} times, {nanoseconds:.1} ns each",
        cell.name()
    );
}

fn measured(workload: Workload, mut cells: Vec<Cell>, rounds: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for operation in Operation::ALL {
        let mut cells: Vec<&mut Cell> = cells
            .iter_mut()
            .filter(|cell| cell.operation == operation)
            .collect();
        let batches: Vec<Batch> = cells.iter_mut().map(|cell| batch(cell)).collect();
        let indices: Vec<usize> = (0..cells.len()).collect();
        let samples = alternate(&indices, rounds, |index| {
            median(&cells[index].run(batches[index]))
        });
        let samples: Vec<(&'static str, Vec<f64>)> = samples
            .into_iter()
            .map(|(index, values)| (cells[index].contender, values))
            .collect();
        rows.extend(rows_of(workload, operation, &samples));
    }
    rows
}

/// As many iterations as fill a slice, and as many slices as fill a round. Finding out also warms up.
fn batch(cell: &mut Cell) -> Batch {
    let slice = SLICE.as_nanos() as f64;
    let mut iterations = 1;
    loop {
        let nanoseconds = median(&cell.run(Batch {
            iterations,
            slices: 3,
        }));
        if nanoseconds * iterations as f64 >= slice / 2.0 || nanoseconds >= slice {
            let iterations = (slice / nanoseconds).ceil().max(1.0);
            let slices = ROUND.as_nanos() as f64 / (iterations * nanoseconds);
            return Batch {
                iterations: iterations as u64,
                slices: slices.ceil() as usize,
            };
        }
        iterations *= 2;
    }
}

fn rows_of(
    workload: Workload,
    operation: Operation,
    samples: &[(&'static str, Vec<f64>)],
) -> Vec<Row> {
    let row = |(contender, values): &(&'static str, Vec<f64>)| {
        let reach = Reach::of(workload, operation, contender);
        let rivals = reach.rivals(samples);
        Row {
            workload: format!("{} {}", workload.name(), operation.name()),
            contender,
            unit: Unit::Nanoseconds,
            values: values.clone(),
            rivals,
            at_most: reach.at_most,
        }
    };
    samples.iter().map(row).collect()
}
