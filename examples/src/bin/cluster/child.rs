//! A member of the cluster, seen from the program that tells the story.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::Arguments;

/// How long a member may take for anything.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running member. Dropping it kills it.
pub struct Member {
    /// Its node name.
    pub name: String,
    process: Child,
    commands: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    /// Lines that came while another one was waited for.
    early: Vec<String>,
}

impl Member {
    /// Starts a member and waits until it is ready.
    pub async fn start(
        name: &str,
        arguments: &Arguments,
        epmd_port: u16,
    ) -> Result<Member, String> {
        let program = std::env::current_exe().map_err(|error| format!("who am I? {error}"))?;
        let mut process = Command::new(program)
            .args(["--member", name, "--cookie", &arguments.cookie])
            .args(["--epmd-port", &epmd_port.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            // Ctrl-C at the terminal is for the story alone: it lets the members stop in order.
            .process_group(0)
            .spawn()
            .map_err(|error| format!("{name} cannot be started: {error}"))?;
        let commands = process.stdin.take().ok_or("no standard input")?;
        let lines = BufReader::new(process.stdout.take().ok_or("no standard output")?).lines();
        let mut member = Member {
            name: name.to_owned(),
            process,
            commands,
            lines,
            early: Vec::new(),
        };
        member.line_with("ready ").await?;
        Ok(member)
    }

    /// Gives a command and waits for its answer.
    pub async fn ask(&mut self, command: &str) -> Result<String, String> {
        let line = format!("{command}\n");
        self.commands
            .write_all(line.as_bytes())
            .await
            .map_err(|error| format!("{}: {error}", self.name))?;
        loop {
            let line = self.next_line().await?;
            if let Some(answer) = line.strip_prefix("ok ") {
                return Ok(answer.to_owned());
            }
            if let Some(error) = line.strip_prefix("err ") {
                return Err(format!("{}: {error}", self.name));
            }
            self.early.push(line);
        }
    }

    /// Waits for a line that begins with `prefix`, and gives the rest of it.
    pub async fn line_with(&mut self, prefix: &str) -> Result<String, String> {
        if let Some(index) = self.early.iter().position(|line| line.starts_with(prefix)) {
            return Ok(self.early.remove(index)[prefix.len()..].to_owned());
        }
        loop {
            let line = self.next_line().await?;
            if let Some(rest) = line.strip_prefix(prefix) {
                return Ok(rest.to_owned());
            }
            self.early.push(line);
        }
    }

    async fn next_line(&mut self) -> Result<String, String> {
        match timeout(PATIENCE, self.lines.next_line()).await {
            Ok(Ok(Some(line))) => Ok(line),
            Ok(Ok(None)) => Err(format!("{} has ended", self.name)),
            Ok(Err(error)) => Err(format!("{}: {error}", self.name)),
            Err(_) => Err(format!("{} says nothing", self.name)),
        }
    }

    /// Ends it without a warning, as `kill -9` does.
    pub async fn kill(&mut self) -> Result<(), String> {
        self.process
            .kill()
            .await
            .map_err(|error| format!("{} cannot be killed: {error}", self.name))
    }

    /// Lets it stop in order.
    pub async fn stop(mut self) -> Result<(), String> {
        drop(self.commands);
        match timeout(PATIENCE, self.process.wait()).await {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => Err(format!("{} ended with {status}", self.name)),
            Ok(Err(error)) => Err(format!("{}: {error}", self.name)),
            Err(_) => Err(format!("{} does not stop", self.name)),
        }
    }
}
