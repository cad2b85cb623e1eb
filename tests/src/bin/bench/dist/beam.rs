//! Nodes of Erlang: the module that they run, and how they are started.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use ergo_tests::erlang::Release;

/// What a node does.
const SOURCE: &str = include_str!("beam.erl");
const MODULE: &str = "bench_dist";

/// The module, compiled into a directory that lives as long as this.
#[derive(Debug)]
pub(crate) struct Beam {
    directory: PathBuf,
}

impl Beam {
    /// Compiles the module, if there is an `erl` on this machine.
    pub(crate) fn compile() -> Option<Beam> {
        let name = format!("ergo-bench-dist-{}", std::process::id());
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

    /// The command that runs a node, as its users start it.
    pub(crate) fn node(&self, name: &str, cookie: &str, epmd_port: u16) -> Command {
        let mut command = start(name, cookie, epmd_port);
        command.arg("-pa").arg(&self.directory);
        command.args(["-run", MODULE, "main"]);
        command
    }
}

impl Drop for Beam {
    fn drop(&mut self) {
        // What stays behind is in the system's temporary directory.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// A node on loopback that registers at this EPMD.
pub(crate) fn start(name: &str, cookie: &str, epmd_port: u16) -> Command {
    let mut command = Release::Machine.command("erl");
    command
        .args(["-noshell", "-boot", "start_clean", "-start_epmd", "false"])
        .args(["-name", name, "-setcookie", cookie])
        .args(["-kernel", "inet_dist_use_interface", "{127,0,0,1}"])
        .env("ERL_EPMD_PORT", epmd_port.to_string())
        .env("ERL_CRASH_DUMP_SECONDS", "0");
    command
}
