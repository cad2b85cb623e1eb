//! A node in a program of its own, which is told on its standard input what to do.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A running node. It ends at the end of its input, so also with this program.
pub(crate) struct Program {
    name: String,
    child: Child,
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Program {
    /// Starts a program that prints `ready` when it can be connected to.
    ///
    /// # Errors
    /// It cannot be started, or ends before.
    pub(crate) fn start(name: &str, mut command: Command) -> Result<Program, String> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{name} cannot be started: {error}"))?;
        let mut program = Program {
            name: name.to_owned(),
            commands: child.stdin.take(),
            answers: BufReader::new(child.stdout.take().ok_or("a program without output")?),
            child,
        };
        match program.answer()?.as_str() {
            "ready" => Ok(program),
            other => Err(format!("{name} started with `{other}`")),
        }
    }

    /// The full name of the node.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The id of the process in the system.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Tells it what to do, and waits for the numbers that it prints.
    ///
    /// # Errors
    /// What it said instead.
    pub(crate) fn ask(&mut self, command: &str) -> Result<Vec<f64>, String> {
        let commands = self.commands.as_mut().ok_or("a program without input")?;
        writeln!(commands, "{command}").map_err(|error| format!("{}: {error}", self.name))?;
        let answer = self.answer()?;
        let mut words = answer.split_whitespace();
        let values: Result<Vec<f64>, _> = match words.next() {
            Some("ok") => words.map(str::parse).collect(),
            _ => return Err(format!("{}: `{command}`: {answer}", self.name)),
        };
        values.map_err(|_| format!("{}: `{command}`: {answer}", self.name))
    }

    fn answer(&mut self) -> Result<String, String> {
        let mut answer = String::new();
        match self.answers.read_line(&mut answer) {
            Ok(0) | Err(_) => Err(format!("{} has ended", self.name)),
            Ok(_) => Ok(answer.trim_end().to_owned()),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.commands = None;
        let _ = self.child.wait();
    }
}
