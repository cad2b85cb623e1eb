//! Measurements that need a fresh heap: each in a program of its own, which is this one once more.

use std::process::Command;

use crate::local::{Contender, flat, memory};

/// What the other program measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Probe {
    /// The memory of idle processes.
    Memory,
    /// What messages, starts and ends cost among many other processes.
    Flat,
}

impl Probe {
    /// The first argument of the other program.
    fn name(self) -> &'static str {
        match self {
            Probe::Memory => "memory-probe",
            Probe::Flat => "flat-probe",
        }
    }

    /// The probe of this name.
    pub(crate) fn named(name: &str) -> Option<Probe> {
        [Probe::Memory, Probe::Flat]
            .into_iter()
            .find(|probe| probe.name() == name)
    }

    /// Starts the other program and reads what it prints.
    pub(crate) fn run<const VALUES: usize>(
        self,
        contender: Contender,
        processes: u64,
        workers: usize,
    ) -> [f64; VALUES] {
        let program = std::env::current_exe().expect("the path of this program");
        let output = Command::new(program)
            .args([self.name(), contender.name()])
            .args([processes.to_string(), workers.to_string()])
            .output()
            .expect("this program starts again");
        let text = String::from_utf8_lossy(&output.stdout);
        let values: Result<Vec<f64>, _> = text.split_whitespace().map(str::parse).collect();
        match values.map(<[f64; VALUES]>::try_from) {
            Ok(Ok(values)) if output.status.success() => values,
            _ => panic!("{} {}: {output:?}", self.name(), contender.name()),
        }
    }

    /// Measures here and prints what [`Probe::run`] reads.
    pub(crate) fn print(self, contender: Contender, processes: u64, workers: usize) {
        let values = match self {
            Probe::Memory => memory::probe(contender, processes).to_vec(),
            Probe::Flat => flat::probe(contender, processes, workers).to_vec(),
        };
        let values: Vec<String> = values.iter().map(u64::to_string).collect();
        println!("{}", values.join(" "));
    }
}
