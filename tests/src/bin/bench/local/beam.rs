//! Erlang's own processes: each measurement in an `erl` of its own, by a module that times and counts inside it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ergo_tests::erlang::Release;

use crate::local::{Contender, Workload};

/// The module that does the timing.
const SOURCE: &str = include_str!("beam.erl");
const MODULE: &str = "bench_local";
/// More than any workload starts.
const PROCESSES_MAX: &str = "2000000";

/// The module, compiled into a directory that lives as long as this.
#[derive(Debug)]
pub(crate) struct Beam {
    directory: PathBuf,
}

impl Beam {
    /// Compiles the module, if there is an `erl` on this machine.
    pub(crate) fn compile() -> Option<Beam> {
        let name = format!("ergo-bench-{}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        fs::create_dir_all(&directory).expect("a temporary directory");
        let beam = Beam { directory };
        let source = beam.directory.join(MODULE).with_extension("erl");
        fs::write(&source, SOURCE).expect("a file in it");
        let mut compiler = Release::Machine.command("erlc");
        let output = compiler
            .arg(&source)
            .current_dir(&beam.directory)
            .stdin(Stdio::null())
            .output()
            .ok()?;
        assert!(output.status.success(), "erlc: {output:?}");
        Some(beam)
    }

    /// Runs a workload once; gives what the module prints.
    pub(crate) fn run(
        &self,
        workload: Workload,
        contender: Contender,
        operations: u64,
        workers: usize,
    ) -> Vec<f64> {
        let form = match contender {
            Contender::GenServer => "gen_server",
            _ => "process",
        };
        let output = erl(&self.directory, workers)
            .args(["-run", MODULE, "main", form, workload.name()])
            .arg(operations.to_string())
            .output()
            .expect("a running `erl`");
        let text = String::from_utf8_lossy(&output.stdout);
        let values: Result<Vec<f64>, _> = text.split_whitespace().map(str::parse).collect();
        match values {
            Ok(values) if output.status.success() && !values.is_empty() => values,
            _ => panic!("{form} in {}: {output:?}", workload.name()),
        }
    }
}

impl Drop for Beam {
    fn drop(&mut self) {
        // What stays behind is in the system's temporary directory.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// As its users start it, with as many schedulers as the other contenders have threads.
fn erl(directory: &Path, workers: usize) -> Command {
    let mut command = Release::Machine.command("erl");
    command
        .args(["-noshell", "-boot", "start_clean", "-pa"])
        .arg(directory)
        .args(["+S", &format!("{workers}:{workers}")])
        .args(["+P", PROCESSES_MAX])
        .env("ERL_CRASH_DUMP_SECONDS", "0")
        .stdin(Stdio::null());
    command
}
