//! The command line.

use crate::local::{Contender, Workload};

/// How the program is used.
pub(crate) const USAGE: &str = "\
usage: bench local [WORKLOAD..] [--only CONTENDER] [--quick] [--json] [--rounds N] [--workers N]
  WORKLOAD    cast cast-bounded cast-2-2 call call-process call-100 spawn spawn-many spawn-many-linked memory
              memory-used ring fan-out; all of them when none is named
  --only C    one contender, for a profiler: ergo tokio tokio+timeout ractor kameo
  --quick     a tenth of the messages and processes
  --json      one JSON object per row instead of the table
  --rounds N  rounds per row; 5 when not given
  --workers N threads that run the processes; 2 when not given";

/// What the program was asked to do.
#[derive(Debug, PartialEq)]
pub(crate) enum Command {
    /// Measure processes of one node.
    Local(Options),
    /// Print the memory of idle processes: run as a program of its own, with a fresh heap.
    MemoryProbe {
        /// Whose processes.
        contender: Contender,
        /// How many.
        processes: u64,
    },
}

/// What to measure and how.
#[derive(Debug, PartialEq)]
pub(crate) struct Options {
    pub(crate) workloads: Vec<Workload>,
    pub(crate) only: Option<Contender>,
    pub(crate) quick: bool,
    pub(crate) json: bool,
    pub(crate) rounds: usize,
    pub(crate) workers: usize,
}

/// Reads the arguments after the program's name.
pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let mut arguments = arguments;
    match arguments.next().as_deref() {
        Some("local") => local(arguments).map(Command::Local),
        Some("memory-probe") => probe(arguments),
        Some(other) => Err(format!("`{other}` is no suite; there is `local`")),
        None => Err("name a suite".to_owned()),
    }
}

fn local(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        workloads: Vec::new(),
        only: None,
        quick: false,
        json: false,
        rounds: 5,
        workers: 2,
    };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--quick" => options.quick = true,
            "--json" => options.json = true,
            "--only" => options.only = Some(contender(arguments.next())?),
            "--rounds" => options.rounds = number(&argument, arguments.next())?,
            "--workers" => options.workers = number(&argument, arguments.next())?,
            name => options
                .workloads
                .push(Workload::named(name).ok_or(format!("`{name}` is no workload"))?),
        }
    }
    if options.workloads.is_empty() {
        options.workloads = Workload::ALL.to_vec();
    }
    Ok(options)
}

fn number(option: &str, value: Option<String>) -> Result<usize, String> {
    let value = value.ok_or(format!("{option} takes a number"))?;
    value
        .parse()
        .ok()
        .filter(|number| *number > 0)
        .ok_or(format!("{option} takes a number above 0, not `{value}`"))
}

fn contender(name: Option<String>) -> Result<Contender, String> {
    let name = name.ok_or("name a contender")?;
    Contender::named(&name).ok_or(format!("`{name}` is no contender"))
}

fn probe(mut arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let contender = contender(arguments.next())?;
    let processes = number("memory-probe", arguments.next())? as u64;
    Ok(Command::MemoryProbe {
        contender,
        processes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn a_suite_without_workloads_is_all_of_them() {
        let Ok(Command::Local(options)) = parsed("local --rounds 7 --json") else {
            panic!("not understood")
        };
        assert_eq!(options.workloads, Workload::ALL);
        assert_eq!(
            (options.rounds, options.json, options.quick),
            (7, true, false)
        );
    }

    #[test]
    fn what_is_not_understood_is_named() {
        assert_eq!(
            parsed("local cats"),
            Err("`cats` is no workload".to_owned())
        );
        assert_eq!(
            parsed("global"),
            Err("`global` is no suite; there is `local`".to_owned())
        );
        assert_eq!(
            parsed("local --rounds 0"),
            Err("--rounds takes a number above 0, not `0`".to_owned())
        );
    }
}
