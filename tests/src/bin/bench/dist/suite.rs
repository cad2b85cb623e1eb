//! Runs the workloads for every pair.

use std::process::Command;

use ergo_tests::erlang::Epmd;
use ergo_tests::{ports, unique_name};

use crate::dist::beam::Beam;
use crate::dist::pair::Pair;
use crate::dist::program::Program;
use crate::dist::workload::{ALL, Workload};
use crate::report::{Rival, Row};
use crate::rounds::{Samples, alternate};

/// What to measure and how.
#[derive(Debug, PartialEq)]
pub(crate) struct Options {
    pub(crate) workloads: Vec<&'static Workload>,
    pub(crate) only: Vec<Pair>,
    pub(crate) quick: bool,
    pub(crate) json: bool,
    pub(crate) rounds: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            workloads: ALL.iter().collect(),
            only: Vec::new(),
            quick: false,
            json: false,
            rounds: 5,
        }
    }
}

const COOKIE: &str = "bench";

/// Measures what was asked for.
pub(crate) fn run(options: &Options) -> Result<Vec<Row>, String> {
    let epmd = epmd();
    let port = epmd.as_ref().map_or_else(ports::free, Epmd::port);
    let mut nodes = Nodes::start(options, port)?;
    let mut rows = Vec::new();
    for workload in &options.workloads {
        rows.extend(self::rows(workload, options, &mut nodes)?);
    }
    Ok(rows)
}

/// A real EPMD. Without one the nodes of ergo have their own.
fn epmd() -> Option<Epmd> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .ok()?;
    runtime.block_on(Epmd::start()).ok()
}

fn rows(
    workload: &'static Workload,
    options: &Options,
    nodes: &mut Nodes,
) -> Result<Vec<Row>, String> {
    let operations = workload.operations(options.quick);
    let mut failure = None;
    let pairs = nodes.pairs.clone();
    // The first messages find connections to be made and buffers to grow.
    for pair in &pairs {
        nodes.measure(*pair, workload, workload.operations(true))?;
    }
    let samples: Samples<Pair, Vec<f64>> = alternate(&pairs, options.rounds, |pair| {
        let measured = nodes.measure(pair, workload, operations);
        measured.unwrap_or_else(|error| {
            failure.get_or_insert(error);
            vec![f64::NAN; workload.rows().len()]
        })
    });
    match failure {
        Some(error) => Err(error),
        None => Ok((0..workload.rows().len())
            .flat_map(|index| pairs.iter().map(move |pair| (index, *pair)))
            .map(|(index, pair)| row(workload, index, pair, &samples))
            .collect()),
    }
}

fn row(workload: &Workload, index: usize, pair: Pair, samples: &Samples<Pair, Vec<f64>>) -> Row {
    let values_of = |wanted: Pair| -> Option<Vec<f64>> {
        let (_, values) = samples.iter().find(|(pair, _)| *pair == wanted)?;
        Some(values.iter().map(|values| values[index]).collect())
    };
    let rival = (pair != Pair::ErlErl).then(|| values_of(Pair::ErlErl));
    let rivals = rival.flatten().map(|values| Rival {
        name: Pair::ErlErl.name(),
        values,
        times: workload.reach(pair),
    });
    let (suffix, unit) = workload.rows()[index];
    Row {
        workload: format!("{}{suffix}", workload.name),
        contender: pair.name(),
        unit,
        values: values_of(pair).unwrap_or_default(),
        rivals: rivals.into_iter().collect(),
        at_most: None,
    }
}

/// The programs of the run. The first is the one of ergo, the second the BEAM.
struct Nodes {
    senders: [Option<Program>; 2],
    receivers: [Option<Program>; 2],
    pairs: Vec<Pair>,
    /// What the BEAMs have loaded.
    _beam: Option<Beam>,
}

impl Nodes {
    fn start(options: &Options, port: u16) -> Result<Nodes, String> {
        let mut pairs: Vec<Pair> = Pair::ALL.to_vec();
        pairs.retain(|pair| options.only.is_empty() || options.only.contains(pair));
        let wants_beam = pairs.iter().any(|pair| pair.is_beam() != (false, false));
        let beam = if wants_beam { Beam::compile() } else { None };
        if wants_beam && beam.is_none() {
            eprintln!("bench: no `erl` here: the BEAM is left out");
            pairs.retain(|pair| pair.is_beam() == (false, false));
        }
        let sends = |is_beam| pairs.iter().any(|pair| pair.is_beam().0 == is_beam);
        let receives = |is_beam| pairs.iter().any(|pair| pair.is_beam().1 == is_beam);
        let start = |wanted: bool, role: &str, with: Option<&Beam>| {
            wanted.then(|| program(role, with, port)).transpose()
        };
        Ok(Nodes {
            senders: [
                start(sends(false), "sender", None)?,
                start(sends(true), "sender", beam.as_ref())?,
            ],
            receivers: [
                start(receives(false), "receiver", None)?,
                start(receives(true), "receiver", beam.as_ref())?,
            ],
            pairs,
            _beam: beam,
        })
    }

    fn measure(
        &mut self,
        pair: Pair,
        workload: &Workload,
        operations: u64,
    ) -> Result<Vec<f64>, String> {
        let (sender, receiver) = pair.is_beam();
        let receiver = self.receivers[usize::from(receiver)].as_ref();
        let sender = self.senders[usize::from(sender)].as_mut();
        let (Some(receiver), Some(sender)) = (receiver, sender) else {
            return Err(format!("{} has no program", pair.name()));
        };
        let command = format!("{} {} {operations}", workload.name, receiver.name());
        let printed = sender.ask(&command)?;
        let values = workload.values(&printed, operations);
        match values.len() == workload.rows().len() {
            true => Ok(values),
            false => Err(format!("{}: {printed:?}", workload.name)),
        }
    }
}

fn program(role: &str, beam: Option<&Beam>, port: u16) -> Result<Program, String> {
    let name = format!("{}@127.0.0.1", unique_name(role));
    let command = match beam {
        Some(beam) => beam.node(&name, COOKIE, port),
        None => node(&name, port)?,
    };
    Program::start(&name, command)
}

/// This program once more, as a node.
fn node(name: &str, port: u16) -> Result<Command, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(program);
    command.args(["dist-node", name, COOKIE]);
    command.arg(port.to_string());
    Ok(command)
}
