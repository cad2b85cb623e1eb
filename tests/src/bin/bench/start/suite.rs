//! Starts everyone in turn.

use std::process::Command;
use std::time::Instant;

use ergo_tests::erlang::Epmd;
use ergo_tests::{ports, unique_name};

use crate::dist::{Program, start_erl};
use crate::local::resident_bytes;
use crate::report::{Rival, Row, Unit};
use crate::rounds::{Samples, alternate};

/// How to measure.
#[derive(Debug, PartialEq)]
pub(crate) struct Options {
    pub(crate) json: bool,
    pub(crate) rounds: usize,
}

/// Who takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Contender {
    Ergo,
    Tokio,
    Erl,
}

impl Contender {
    fn name(self) -> &'static str {
        match self {
            Contender::Ergo => "ergo",
            Contender::Tokio => "tokio",
            Contender::Erl => "erl",
        }
    }
}

const COOKIE: &str = "bench";
/// Milliseconds from exec to `ready`.
const TIME_MAX: f64 = 10.0;
/// Millions of bytes.
const MEMORY_MAX: f64 = 8.0;
const ROWS: [(&str, Unit, f64); 2] = [
    ("start", Unit::Milliseconds, TIME_MAX),
    ("start-memory", Unit::Megabytes, MEMORY_MAX),
];

/// Measures, with one EPMD for all.
pub(crate) fn run(options: &Options) -> Result<Vec<Row>, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let epmd = runtime.block_on(Epmd::start()).ok();
    let port = epmd.as_ref().map_or_else(ports::free, Epmd::port);
    let mut contenders = vec![Contender::Ergo, Contender::Tokio];
    match epmd {
        Some(_) => contenders.push(Contender::Erl),
        None => eprintln!("bench: no Erlang here: ergo starts with an EPMD of its own"),
    }
    let mut failure = None;
    let samples = alternate(&contenders, options.rounds, |contender| {
        start(contender, port).unwrap_or_else(|error| {
            failure.get_or_insert(error);
            [f64::NAN; 2]
        })
    });
    match failure {
        Some(error) => Err(error),
        None => Ok(rows(&contenders, &samples)),
    }
}

fn rows(contenders: &[Contender], samples: &Samples<Contender, [f64; 2]>) -> Vec<Row> {
    let values_of = |wanted: Contender, index: usize| -> Option<Vec<f64>> {
        let (_, values) = samples.iter().find(|(who, _)| *who == wanted)?;
        Some(values.iter().map(|values| values[index]).collect())
    };
    let row = |index: usize, contender: Contender| {
        let (workload, unit, most) = ROWS[index];
        let rival = (contender != Contender::Erl).then(|| values_of(Contender::Erl, index));
        let rivals = rival.flatten().map(|values| Rival {
            name: Contender::Erl.name(),
            values,
            times: None,
        });
        Row {
            workload: workload.to_owned(),
            contender: contender.name(),
            unit,
            values: values_of(contender, index).unwrap_or_default(),
            rivals: rivals.into_iter().collect(),
            at_most: (contender == Contender::Ergo).then_some(most),
        }
    };
    (0..ROWS.len())
        .flat_map(|index| {
            contenders
                .iter()
                .map(move |contender| row(index, *contender))
        })
        .collect()
}

/// Milliseconds until it says `ready`, and the millions of bytes that it has then.
fn start(contender: Contender, port: u16) -> Result<[f64; 2], String> {
    let name = format!("{}@127.0.0.1", unique_name("start"));
    let command = match contender {
        Contender::Erl => {
            let mut command = start_erl(&name, COOKIE, port);
            command.args([
                "-eval",
                "io:put_chars(\"ready\n\"), io:get_line(\"\"), halt(0).",
            ]);
            command
        }
        contender => {
            let program = std::env::current_exe().map_err(|error| error.to_string())?;
            let mut command = Command::new(program);
            command.args(["start-program", contender.name(), &name, COOKIE]);
            command.arg(port.to_string());
            command
        }
    };
    let begin = Instant::now();
    let program = Program::start(&name, command)?;
    let took = begin.elapsed().as_secs_f64() * 1e3;
    let bytes = resident_bytes(&program.id().to_string());
    Ok([took, bytes as f64 / 1e6])
}
