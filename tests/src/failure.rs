//! The error of the harness.

use std::fmt;
use std::time::Duration;

/// Why something a test asked for did not happen. `Debug` prints the same text as `Display`.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// An expression raised an exception or was no valid Erlang: class, reason and stack trace as Erlang prints them.
    Exception(String),
    /// Not within the time given; the text says what was awaited and how far things had come.
    Late(String),
    /// The other process ended, or could not be started; the text has its status and last output.
    Ended(String),
}

impl Failure {
    pub(crate) fn late(what: &str, limit: Duration, output: &str) -> Self {
        Self::Late(format!(
            "{what}: not within {limit:?}{}",
            last_lines(output)
        ))
    }

    pub(crate) fn ended(what: &str, why: impl fmt::Display, output: &str) -> Self {
        Self::Ended(format!("{what}: {why}{}", last_lines(output)))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exception(text) => write!(f, "Erlang exception: {text}"),
            Self::Late(text) => write!(f, "too late: {text}"),
            Self::Ended(text) => write!(f, "ended: {text}"),
        }
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Failure {}

fn last_lines(output: &str) -> String {
    const SHOWN: usize = 40;
    let lines: Vec<&str> = output.lines().filter(|line| !line.is_empty()).collect();
    match lines.split_at(lines.len().saturating_sub(SHOWN)).1 {
        [] => String::new(),
        last => format!("\n--- its output ---\n{}", last.join("\n")),
    }
}
