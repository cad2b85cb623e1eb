//! The releases of Erlang/OTP to test against.

use std::env;
use std::fmt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::program::workspace;

/// A release of Erlang/OTP on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Release {
    /// The `erl` in the PATH, whatever its number; 25 on Debian 12, where this project's tests run.
    Machine,
    /// OTP 27, installed by `scripts/otp install 27`.
    Otp27,
    /// OTP 29, installed by `scripts/otp install 29`.
    Otp29,
}

impl Release {
    /// The releases to test against: those that `ERGO_OTP` lists, as in `ERGO_OTP=machine,27,29`, otherwise the
    /// machine's own. Numbers other than 27 and 29 mean the machine's own. None at all with `ERGO_SKIP_ERLANG=1`,
    /// and then a line says so.
    ///
    /// # Panics
    ///
    /// When one of them is not installed: a test that silently did not run would be worse than one that fails. The
    /// message has the command that installs it.
    #[must_use]
    pub fn available() -> Vec<Self> {
        if env::var("ERGO_SKIP_ERLANG").is_ok_and(|value| value == "1") {
            println!("SKIPPED: no test against a real Erlang/OTP runs, because ERGO_SKIP_ERLANG=1");
            return Vec::new();
        }
        let list = env::var("ERGO_OTP").unwrap_or_default();
        let releases = parse_list(&list).unwrap_or_else(|error| panic!("ERGO_OTP={list}: {error}"));
        for release in &releases {
            assert!(release.is_installed(), "{}", release.advice());
        }
        releases
    }

    /// The command that runs `program` (`erl`, `erlc`, `epmd`, `erl_call`) of this release. The process it starts
    /// becomes that program, so its id is the one to signal.
    #[must_use]
    pub fn command(self, program: &str) -> Command {
        let Some(number) = self.number() else {
            return Command::new(program);
        };
        let mut command = Command::new(workspace().join("scripts/otp"));
        command.args(["run", number, program]);
        command
    }

    /// What this release sees as `/`: one that is installed beside the machine's own has a tree of its own.
    ///
    /// # Panics
    ///
    /// When it is not installed.
    #[must_use]
    pub fn root(self) -> PathBuf {
        let Some(number) = self.number() else {
            return PathBuf::from("/");
        };
        let mut command = Command::new(workspace().join("scripts/otp"));
        let output = command.args(["path", number]).output();
        let output = output.unwrap_or_else(|error| panic!("scripts/otp: {error}"));
        assert!(output.status.success(), "{}", self.advice());
        PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())
    }

    /// The number of a release that is installed beside the machine's own.
    fn number(self) -> Option<&'static str> {
        match self {
            Self::Machine => None,
            Self::Otp27 => Some("27"),
            Self::Otp29 => Some("29"),
        }
    }

    fn is_installed(self) -> bool {
        let mut probe = match self.number() {
            None => Command::new("sh"),
            Some(_) => Command::new(workspace().join("scripts/otp")),
        };
        match self.number() {
            None => probe.args(["-c", "command -v erl"]),
            Some(number) => probe.args(["path", number]),
        };
        let status = probe
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        status.is_ok_and(|status| status.success())
    }

    fn advice(self) -> String {
        let install = match self.number() {
            None => "apt-get install erlang-base erlang-crypto erlang-ssl erlang-runtime-tools (scripts/test does it)".to_owned(),
            Some(number) => format!("scripts/otp install {number} (as root)"),
        };
        format!(
            "{self} is not installed. Type: {install}. Or leave these tests out: ERGO_SKIP_ERLANG=1"
        )
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number() {
            None => f.write_str("the machine's Erlang/OTP"),
            Some(number) => write!(f, "Erlang/OTP {number}"),
        }
    }
}

/// Runs `test` once with every release of [`Release::available`], one after the other, and names each in the output.
///
/// # Panics
///
/// As [`Release::available`] and `test` do.
pub async fn each_release(test: impl AsyncFn(Release)) {
    for release in Release::available() {
        println!("--- with {release}");
        test(release).await;
    }
}

fn parse_list(list: &str) -> Result<Vec<Release>, String> {
    let mut releases = Vec::new();
    for item in list
        .split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
    {
        let release = match item {
            "27" => Release::Otp27,
            "29" => Release::Otp29,
            "machine" => Release::Machine,
            number if number.parse::<u32>().is_ok() => Release::Machine,
            other => {
                return Err(format!(
                    "'{other}' is no release; write a list such as machine,27,29"
                ));
            }
        };
        if !releases.contains(&release) {
            releases.push(release);
        }
    }
    if releases.is_empty() {
        releases.push(Release::Machine);
    }
    Ok(releases)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists() {
        use Release::{Machine, Otp27, Otp29};
        let check = |list: &str, expect: &[Release]| {
            assert_eq!(parse_list(list).unwrap(), expect, "{list}")
        };
        check("", &[Machine]);
        check("25,27,29", &[Machine, Otp27, Otp29]);
        check("29, machine", &[Otp29, Machine]);
        check("machine,25", &[Machine]);
        assert!(parse_list("latest").unwrap_err().contains("'latest'"));
    }
}
