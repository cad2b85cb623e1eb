//! Programs of this workspace, built by cargo and started.

use std::collections::HashMap;
use std::env;
use std::ffi::OsStr;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::failure::Failure;
use crate::process::Process;

/// A running binary of this workspace, such as one of the examples. All of [`Process`] applies to it.
pub struct Program(Process);

impl Program {
    /// Builds the binary target `name` with the profile of the running test, unless that is up to date, and starts it.
    ///
    /// # Errors
    ///
    /// [`Failure::Ended`] with cargo's output when it does not build.
    pub fn start<I, A>(name: &str, arguments: I) -> Result<Self, Failure>
    where
        I: IntoIterator<Item = A>,
        A: AsRef<OsStr>,
    {
        let mut command = Self::command(name)?;
        command.args(arguments);
        Self::start_command(name, command)
    }

    /// The command that runs the binary target `name`, built first, for a start with an environment of its own.
    ///
    /// # Errors
    ///
    /// [`Failure::Ended`] with cargo's output when it does not build.
    pub fn command(name: &str) -> Result<Command, Failure> {
        build(name).map(Command::new)
    }

    /// Starts what [`Program::command`] gave.
    ///
    /// # Errors
    ///
    /// [`Failure::Ended`] when the program cannot be started.
    pub fn start_command(name: &str, command: Command) -> Result<Self, Failure> {
        let mut process = Process::start(command)?;
        process.set_title(name);
        Ok(Self(process))
    }
}

impl Deref for Program {
    type Target = Process;

    fn deref(&self) -> &Process {
        &self.0
    }
}

/// The path of the binary `name`, after one `cargo build` of it in this process.
///
/// The environment variables by which cargo tells a test the paths of binaries cover its own package only. The whole
/// workspace is selected, with this one binary, so that features are those of the test run and nothing is built twice.
fn build(name: &str) -> Result<PathBuf, Failure> {
    static BUILT: OnceLock<Mutex<HashMap<String, Result<PathBuf, Failure>>>> = OnceLock::new();
    let mut built = BUILT
        .get_or_init(Mutex::default)
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    built
        .entry(name.to_owned())
        .or_insert_with(|| run_cargo(name))
        .clone()
}

fn run_cargo(name: &str) -> Result<PathBuf, Failure> {
    let what = format!("cargo build --bin {name}");
    let directory = profile_directory()
        .ok_or_else(|| Failure::ended(&what, "the test is not in a cargo target directory", ""))?;
    // Cargo calls the profile `dev` by the name of the directory `debug`.
    let profile = match directory.file_name().and_then(OsStr::to_str) {
        Some("debug") | None => "dev",
        Some(other) => other,
    };
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([
            "build",
            "--quiet",
            "--workspace",
            "--profile",
            profile,
            "--bin",
            name,
        ])
        .arg("--target-dir")
        .arg(directory.parent().unwrap_or(&directory))
        .current_dir(workspace())
        .output()
        .map_err(|error| Failure::ended(&what, error, ""))?;
    if output.status.success() {
        Ok(directory.join(name))
    } else {
        Err(Failure::ended(
            &what,
            output.status,
            &String::from_utf8_lossy(&output.stderr),
        ))
    }
}

/// The root of the workspace, where its scripts are.
#[must_use]
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
}

/// `target/debug` of the test that runs: its executable is in `target/debug/deps`.
fn profile_directory() -> Option<PathBuf> {
    Some(env::current_exe().ok()?.parent()?.parent()?.to_owned())
}
