//! Both programs behind one interface.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::process::Command;

use ergo::epmd::Client;
use ergo_tests::erlang::Release;
use ergo_tests::process::Process;
use ergo_tests::{PATIENCE, Program, deadline, wait_until};

/// Whose program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    Otp(Release),
    Ours,
}

/// What a tool said: its exit status, its output without the port, and the first line of its errors if there is no
/// output. (Ours explains some outputs on standard error.)
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) status: Option<i32>,
    pub(crate) output: String,
    pub(crate) complaint: String,
}

impl Whose {
    /// The program with words for what it is to do: `names`, `stop foo`.
    fn command(self, port: u16, words: &[&str]) -> Command {
        let port = port.to_string();
        match self {
            Self::Otp(release) => {
                let mut command = release.command("epmd");
                command.args(["-port", &port]);
                let (first, rest) = words.split_first().expect("something to do");
                command.arg(format!("-{first}")).args(rest);
                command
            }
            Self::Ours => {
                let mut command = Program::command("ergo").unwrap();
                command.args(["epmd", "--port", &port]).args(words);
                command
            }
        }
    }

    /// Runs it as a tool, to its end.
    pub(crate) async fn run(self, port: u16, words: &[&str]) -> Said {
        let mut command = tokio::process::Command::from(self.command(port, words));
        command.kill_on_drop(true);
        let output = deadline(PATIENCE, command.output()).await.unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&port.to_string(), "PORT");
        let (output, errors, status) = (text(&output.stdout), text(&output.stderr), output.status);
        let complaint = if output.is_empty() {
            errors.lines().next().unwrap_or_default().to_owned()
        } else {
            String::new()
        };
        Said {
            status: status.code(),
            output,
            complaint,
        }
    }

    /// Runs it as a daemon on loopback; it answers when this returns.
    pub(crate) async fn daemon(self, port: u16, relaxed: bool) -> Process {
        let mut command = match self {
            Self::Otp(_) => self.command(port, &["address", "127.0.0.1"]),
            Self::Ours => self.command(port, &["--address", "127.0.0.1"]),
        };
        if relaxed {
            command.arg(match self {
                Self::Otp(_) => OsStr::new("-relaxed_command_check"),
                Self::Ours => OsStr::new("--relaxed-command-check"),
            });
        }
        let daemon = Process::start(command).unwrap();
        let client = Client::new(SocketAddr::from(([127, 0, 0, 1], port)));
        let answers = async || client.names().await.is_ok();
        wait_until(PATIENCE, "an answer of the daemon", answers)
            .await
            .unwrap();
        daemon
    }
}
