//! The command line.

use ergo_tests::erlang::Release;

use crate::codec;
use crate::dist;
use crate::local::{Contender, Probe, Workload};
use crate::start;

/// How the program is used.
pub(crate) const USAGE: &str = "\
usage: bench local [WORKLOAD..] [--only CONTENDER] [--quick] [--json] [--rounds N] [--workers N]
  WORKLOAD    cast cast-bounded cast-2-2 call call-process call-100 spawn spawn-many spawn-many-linked memory
              memory-used ring fan-out flat; all of them when none is named
  --only C    one contender, for a profiler: ergo tokio tokio+timeout ractor kameo actix-1 actix-2 tokio-actors
              erl-gen_server erl-process; the number after actix is that of its threads
  --quick     a tenth of the messages and processes
  --json      one JSON object per row instead of the table
  --rounds N  rounds per row; 5 when not given
  --workers N threads that run the processes; 2 when not given

usage: bench codec [WORKLOAD..] [--only CELL] [--rounds N] [--json] [--utf8-atoms] [--otp N]
       bench codec WORKLOAD --only CELL --iterations N
  WORKLOAD       a b c d e f; all of them when none is named
  --only CELL    one contender and what it does, as in ergo-term-decode
  --iterations N exactly so often and not in rounds, for a profiler; with valgrind, only what is measured is counted by
                 --tool=callgrind --toggle-collect='*cell::repeat*'
  --rounds N     rounds per row; 5 when not given
  --json         one JSON object per row instead of the table
  --utf8-atoms   read atoms as OTP 26 and later write them; OTP 25 writes Latin-1, and the sizes are its
  --otp N        the BEAM of OTP 27 or 29 that `scripts/otp` installed, not the machine's `erl`
  Values are nanoseconds of one operation. All read the same bytes, and write into a new Vec each time; postcard has
  bytes of its own. Reading includes dropping the value, for the BEAM collecting it. A round takes 0.1 s in slices of
  1 ms, and its value is the median of the slices: a short disturbance does not count.

usage: bench dist [WORKLOAD..] [--only PAIR] [--quick] [--json] [--rounds N]
  WORKLOAD    small small-10 1k 1k-10 64k 64k-10 1m 1m-10 call call-beside-1m call-100 rpc rpc-100 erpc erpc-100
              spawn spawn-100; all of them when none is named
  --only PAIR sender and receiver: ergo-ergo ergo-erl erl-ergo erl-erl; may be given several times
  --quick     a tenth of the messages
  --json      one JSON object per row instead of the table
  --rounds N  rounds per row; 5 when not given
  For a profiler: perf record -p the id of a program `bench dist-node`.

usage: bench start [--quick] [--json] [--rounds N]
  --quick     5 rounds; 11 when not given";

/// What the program was asked to do.
#[derive(Debug, PartialEq)]
pub(crate) enum Command {
    /// Measure processes of one node.
    Local(Options),
    /// Measure the External Term Format.
    Codec(codec::Options),
    /// Measure two programs that are nodes.
    Dist(dist::Options),
    /// Measure how programs start.
    Start(start::Options),
    /// Print how the program is used.
    Help,
    /// Be a node for another run of this program.
    Node {
        /// The full name.
        name: String,
        /// The cookie of all nodes of that run.
        cookie: String,
        /// Where they are registered.
        epmd_port: u16,
    },
    /// Be one of the programs whose start is measured.
    Program {
        /// Which.
        kind: start::Kind,
        /// The full name.
        name: String,
        /// The cookie.
        cookie: String,
        /// Where it registers.
        epmd_port: u16,
    },
    /// Measure for another run of this program, which wants a fresh heap for it.
    Probe {
        /// What.
        probe: Probe,
        /// Whose processes.
        contender: Contender,
        /// How many.
        processes: u64,
        /// The threads that run them.
        workers: usize,
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
        Some("codec") => codec(arguments).map(Command::Codec),
        Some("dist") => dist(arguments).map(Command::Dist),
        Some("start") => start(arguments).map(Command::Start),
        Some("dist-node") => node(arguments),
        Some("start-program") => program(arguments),
        Some("help" | "--help") => Ok(Command::Help),
        Some(other) => match Probe::named(other) {
            Some(probe) => self::probe(probe, arguments),
            None => Err(format!(
                "`{other}` is no suite; there are `local`, `codec`, `dist` and `start`"
            )),
        },
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

fn codec(mut arguments: impl Iterator<Item = String>) -> Result<codec::Options, String> {
    let mut options = codec::Options::default();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--json" => options.json = true,
            "--utf8-atoms" => options.atoms = codec::AtomForm::Utf8,
            "--only" => options.only = Some(arguments.next().ok_or("name a cell")?),
            "--rounds" => options.rounds = number(&argument, arguments.next())?,
            "--iterations" => {
                options.iterations = Some(number(&argument, arguments.next())? as u64);
            }
            "--otp" => options.otp = release(arguments.next().as_deref())?,
            name => options
                .workloads
                .push(codec::Workload::named(name).ok_or(format!("`{name}` is no workload"))?),
        }
    }
    if options.workloads.is_empty() {
        options.workloads = codec::Workload::ALL.to_vec();
    }
    Ok(options)
}

fn dist(mut arguments: impl Iterator<Item = String>) -> Result<dist::Options, String> {
    let mut options = dist::Options::default();
    let mut workloads = Vec::new();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--quick" => options.quick = true,
            "--json" => options.json = true,
            "--only" => {
                let name = arguments.next().ok_or("name a pair")?;
                let pair = dist::Pair::named(&name).ok_or(format!("`{name}` is no pair"))?;
                options.only.push(pair);
            }
            "--rounds" => options.rounds = number(&argument, arguments.next())?,
            name => workloads
                .push(dist::Workload::named(name).ok_or(format!("`{name}` is no workload"))?),
        }
    }
    if !workloads.is_empty() {
        options.workloads = workloads;
    }
    Ok(options)
}

fn start(mut arguments: impl Iterator<Item = String>) -> Result<start::Options, String> {
    let mut options = start::Options {
        json: false,
        rounds: 11,
    };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--quick" => options.rounds = 5,
            "--json" => options.json = true,
            "--rounds" => options.rounds = number(&argument, arguments.next())?,
            name => return Err(format!("`{name}` is no option of `start`")),
        }
    }
    Ok(options)
}

fn node(mut arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    Ok(Command::Node {
        name: arguments.next().ok_or("name the node")?,
        cookie: arguments.next().ok_or("name the cookie")?,
        epmd_port: port(arguments.next())?,
    })
}

fn program(mut arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let kind = match arguments.next().as_deref() {
        Some("ergo") => start::Kind::Ergo,
        Some("tokio") => start::Kind::Tokio,
        _ => return Err("name a program".to_owned()),
    };
    Ok(Command::Program {
        kind,
        name: arguments.next().ok_or("name the node")?,
        cookie: arguments.next().ok_or("name the cookie")?,
        epmd_port: port(arguments.next())?,
    })
}

fn port(value: Option<String>) -> Result<u16, String> {
    let port = value.and_then(|value| value.parse().ok());
    port.ok_or("name the port of EPMD".to_owned())
}

fn release(number: Option<&str>) -> Result<Release, String> {
    match number {
        Some("27") => Ok(Release::Otp27),
        Some("29") => Ok(Release::Otp29),
        _ => Err("--otp takes 27 or 29".to_owned()),
    }
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

fn probe(probe: Probe, mut arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    Ok(Command::Probe {
        probe,
        contender: contender(arguments.next())?,
        processes: number("a probe", arguments.next())? as u64,
        workers: number("a probe", arguments.next())?,
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
    fn a_cell_of_the_codec_for_a_profiler() {
        let Ok(Command::Codec(options)) =
            parsed("codec b --only ergo-term-decode --iterations 9 --otp 27")
        else {
            panic!("not understood")
        };
        assert_eq!(options.workloads, [codec::Workload::Fields]);
        assert_eq!(options.only.as_deref(), Some("ergo-term-decode"));
        assert_eq!((options.iterations, options.rounds), (Some(9), 5));
        assert_eq!(options.otp, Release::Otp27);
    }

    #[test]
    fn a_pair_of_programs() {
        let Ok(Command::Dist(options)) =
            parsed("dist 1k --only ergo-erl --only erl-erl --quick --rounds 7")
        else {
            panic!("not understood")
        };
        assert_eq!(
            options.workloads,
            dist::Workload::named("1k")
                .map(|workload| vec![workload])
                .unwrap()
        );
        assert_eq!(options.only, [dist::Pair::ErgoErl, dist::Pair::ErlErl]);
        assert_eq!((options.quick, options.rounds), (true, 7));
        let Ok(Command::Start(options)) = parsed("start --quick") else {
            panic!("not understood")
        };
        assert_eq!((options.rounds, options.json), (5, false));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        assert_eq!(
            parsed("local cats"),
            Err("`cats` is no workload".to_owned())
        );
        assert_eq!(
            parsed("global"),
            Err("`global` is no suite; there are `local`, `codec`, `dist` and `start`".to_owned())
        );
        assert_eq!(
            parsed("local --rounds 0"),
            Err("--rounds takes a number above 0, not `0`".to_owned())
        );
    }
}
