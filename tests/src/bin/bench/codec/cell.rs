//! One contender that writes or reads one term.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// What is done with a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Encode,
    Decode,
}

impl Operation {
    pub(crate) const ALL: [Operation; 2] = [Operation::Encode, Operation::Decode];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Operation::Encode => "encode",
            Operation::Decode => "decode",
        }
    }
}

/// How often to do it: in so many slices, each timed on its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Batch {
    pub(crate) iterations: u64,
    pub(crate) slices: usize,
}

/// One contender that writes or reads one term.
pub(crate) struct Cell {
    pub(crate) contender: &'static str,
    pub(crate) operation: Operation,
    /// Does it, and returns the nanoseconds of one iteration of each slice.
    run: Box<dyn FnMut(Batch) -> Vec<f64>>,
}

impl Cell {
    /// A cell that calls a function of this program, and drops what it returns.
    pub(crate) fn new<R: 'static>(
        contender: &'static str,
        operation: Operation,
        mut function: impl FnMut() -> R + 'static,
    ) -> Cell {
        Cell::timed(contender, operation, move |batch| {
            let slice = |_| {
                let elapsed = repeat(batch.iterations, &mut function);
                elapsed.as_nanos() as f64 / batch.iterations as f64
            };
            (0..batch.slices).map(slice).collect()
        })
    }

    /// A cell that measures on its own.
    pub(crate) fn timed(
        contender: &'static str,
        operation: Operation,
        run: impl FnMut(Batch) -> Vec<f64> + 'static,
    ) -> Cell {
        Cell {
            contender,
            operation,
            run: Box::new(run),
        }
    }

    /// What `--only` takes.
    pub(crate) fn name(&self) -> String {
        format!("{}-{}", self.contender, self.operation.name())
    }

    /// The nanoseconds of one iteration of each slice.
    pub(crate) fn run(&mut self, batch: Batch) -> Vec<f64> {
        (self.run)(batch)
    }
}

/// All that is measured happens in here: a profiler can be told to count only this function and what it calls.
#[inline(never)]
fn repeat<R>(iterations: u64, function: &mut impl FnMut() -> R) -> Duration {
    let begin = Instant::now();
    for _ in 0..iterations {
        drop(black_box(function()));
    }
    begin.elapsed()
}
