//! Erlang nodes that evaluate what a test tells them to.

use std::fmt::Write as _;
use std::ops::Deref;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::deadline::PATIENCE;
use crate::erlang::Release;
use crate::failure::Failure;
use crate::name::unique_name;
use crate::process::Process;

/// The program that runs in the node.
const EVALUATOR: &str = include_str!("evaluator.erl");

/// How its answers start.
const MARK: &str = "@ergo ";

/// A running Erlang node. All of [`Process`] applies to it, such as [`Process::kill9`] and [`Process::stop`].
///
/// It ends with its value, and by itself when the test process ends in whatever way.
pub struct Node {
    process: Process,
    name: String,
    release: u32,
    requests: AtomicU64,
}

impl Node {
    /// A node of `release` named `prefix`, a unique suffix and `@127.0.0.1`, which registers with the EPMD on `epmd_port`.
    #[must_use]
    pub fn builder(release: Release, prefix: &str, epmd_port: u16) -> Builder {
        let mut command = release.command("erl");
        command.env("ERL_EPMD_PORT", epmd_port.to_string());
        command.env("ERL_CRASH_DUMP_SECONDS", "0");
        Builder {
            command,
            name: format!("{}@127.0.0.1", unique_name(prefix)),
            cookie: "ergo".to_owned(),
            hidden: false,
            interface: "{127,0,0,1}",
        }
    }

    /// The full name, `prefix_..@127.0.0.1`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number of the release that runs: 25, 27, 29.
    #[must_use]
    pub fn release(&self) -> u32 {
        self.release
    }

    /// Evaluates Erlang expressions and returns the value of the last one as `~0tp` prints it: on one line, with strings
    /// and printable binaries readable. Gives up after [`PATIENCE`].
    ///
    /// All evaluations of a node happen in one process and one after the other: variables stay bound, `self()` stays the
    /// same, and `receive` sees what has been sent to it. When that process dies, its variables pass to the next one.
    ///
    /// # Errors
    ///
    /// [`Failure::Exception`] with class, reason and stack; also for syntax errors and when the evaluating process dies.
    /// [`Failure::Late`] when it takes longer, and then it goes on: later evaluations wait for it. [`Failure::Ended`]
    /// when the node is gone.
    pub async fn eval(&self, expressions: &str) -> Result<String, Failure> {
        self.eval_within(PATIENCE, expressions).await
    }

    /// [`Node::eval`] with another limit.
    ///
    /// # Errors
    ///
    /// As [`Node::eval`].
    pub async fn eval_within(&self, limit: Duration, expressions: &str) -> Result<String, Failure> {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let start = self.process.lines_printed();
        self.process
            .write(format!("{number} {}\n", to_hex(&terminated(expressions))));
        self.answer(start, limit, number, expressions).await
    }

    /// Evaluates until the value is `expect`, for at most [`PATIENCE`]: for what becomes true by itself, such as
    /// `nodes()`.
    ///
    /// # Errors
    ///
    /// [`Failure::Late`] with the last value, and those of [`Node::eval`].
    pub async fn eval_until(&self, expressions: &str, expect: &str) -> Result<(), Failure> {
        let begun = tokio::time::Instant::now();
        loop {
            let value = self.eval(expressions).await?;
            if value == expect {
                return Ok(());
            }
            if begun.elapsed() > PATIENCE {
                let what = format!("`{expressions}` is {value}, not {expect}");
                return Err(Failure::late(&what, PATIENCE, &self.log()));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Compiles a module given as source text, with macros and includes, and loads it.
    ///
    /// # Errors
    ///
    /// [`Failure::Exception`] with what the compiler says.
    pub async fn load(&self, source: &str) -> Result<(), Failure> {
        let directory = unique_name("ergo_module");
        let program = format!(
            r#"(fun() ->
                Directory = "/tmp/{directory}",
                File = Directory ++ "/module.erl",
                ok = file:make_dir(Directory),
                ok = file:write_file(File, binary:decode_hex(<<"{source}">>)),
                Compiled = compile:file(File, [binary, return_errors]),
                _ = file:delete(File),
                _ = file:del_dir(Directory),
                case Compiled of
                    {{ok, Module, Code}} -> {{module, Module}} = code:load_binary(Module, File, Code), ok;
                    {{error, Errors, _}} -> erlang:error({{does_not_compile, Errors}})
                end
            end)()"#,
            source = to_hex(source)
        );
        self.eval(&program).await.map(drop)
    }

    /// What the node printed of its own accord: the reports of its logger and the output of the expressions.
    #[must_use]
    pub fn log(&self) -> String {
        let output = self.process.output();
        output
            .lines()
            .filter(|line| !line.starts_with(MARK))
            .collect::<Vec<_>>()
            .join("\n")
    }

    async fn answer(
        &self,
        start: usize,
        limit: Duration,
        number: u64,
        what: &str,
    ) -> Result<String, Failure> {
        let mark = format!("{MARK}{number} ");
        let what = format!("the value of `{what}`");
        let (line, _) = self
            .process
            .find(start, limit, &what, |line| line.starts_with(&mark))
            .await?;
        let (status, text) = line
            .strip_prefix(&mark)
            .and_then(|rest| rest.split_once(' '))
            .unwrap_or_default();
        match (status, from_hex(text)) {
            ("ok", Some(value)) => Ok(value),
            (_, Some(text)) => Err(Failure::Exception(text)),
            (_, None) => Err(Failure::Exception(format!(
                "an answer that cannot be read: {line}"
            ))),
        }
    }
}

impl Deref for Node {
    type Target = Process;

    fn deref(&self) -> &Process {
        &self.process
    }
}

/// A node about to start.
pub struct Builder {
    command: Command,
    name: String,
    cookie: String,
    hidden: bool,
    /// Where it listens.
    interface: &'static str,
}

impl Builder {
    /// The cookie; `ergo` unless set.
    #[must_use]
    pub fn cookie(mut self, cookie: &str) -> Self {
        self.cookie = cookie.to_owned();
        self
    }

    /// Exactly this full name, for a node that comes back or pretends to be another; `undefined@127.0.0.1` for one that
    /// another node gives its name.
    #[must_use]
    pub fn full_name(mut self, name: &str) -> Self {
        self.name = name.to_owned();
        self
    }

    /// A node at `::1` that speaks IPv6 alone and registers with the EPMD there; `protocol` is its `-proto_dist`,
    /// `inet6_tcp` or `inet6_tls`.
    #[must_use]
    pub fn ipv6(mut self, protocol: &str) -> Self {
        self.name = self.name.replace("@127.0.0.1", "@::1");
        self.interface = "{0,0,0,0,0,0,0,1}";
        self.args(["-proto_dist", protocol])
    }

    /// A hidden node (`-hidden`).
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    /// A parameter of the kernel application and its Erlang value: `kernel("net_ticktime", "8")`.
    #[must_use]
    pub fn kernel(self, parameter: &str, value: &str) -> Self {
        self.args(["-kernel", parameter, value])
    }

    /// More arguments of `erl`.
    #[must_use]
    pub fn args<'a>(mut self, arguments: impl IntoIterator<Item = &'a str>) -> Self {
        self.command.args(arguments);
        self
    }

    /// An environment variable; nodes of [`Release::Otp27`] and [`Release::Otp29`] see only those named `ERL_..`.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Starts it; it is registered and evaluates when this returns.
    ///
    /// # Errors
    ///
    /// [`Failure::Ended`] with its output when it does not start, [`Failure::Late`] when that takes more than [`PATIENCE`].
    pub async fn start(mut self) -> Result<Node, Failure> {
        self.command.args([
            "-noshell",
            "-start_epmd",
            "false",
            "-name",
            &self.name,
            "-setcookie",
            &self.cookie,
        ]);
        self.command
            .args(["-kernel", "inet_dist_use_interface", self.interface]);
        if self.hidden {
            self.command.arg("-hidden");
        }
        self.command.args(["-eval", EVALUATOR]);
        let mut process = Process::start(self.command)?;
        process.set_title(format!("Erlang node {}", self.name));
        let mut node = Node {
            process,
            name: self.name,
            release: 0,
            requests: AtomicU64::new(1),
        };
        let ready = node.answer(0, PATIENCE, 0, "node()").await?;
        let expect = match node.name.starts_with("undefined@") {
            // It has no name before another node gives it one.
            true => "nonode@nohost",
            false => &node.name,
        };
        let release = ready.split_once(' ').filter(|(name, _)| *name == expect);
        node.release = release
            .and_then(|(_, number)| number.parse().ok())
            .ok_or_else(|| {
                Failure::ended(
                    &node.name,
                    format_args!("it started as {ready}"),
                    &node.log(),
                )
            })?;
        Ok(node)
    }
}

/// Expressions as the Erlang parser wants them: with a full stop. On a line of its own, lest a comment swallow it.
fn terminated(expressions: &str) -> String {
    let trimmed = expressions.trim_end();
    let end = if trimmed.ends_with('.') { "\n" } else { "\n." };
    format!("{trimmed}{end}")
}

fn to_hex(text: &str) -> String {
    text.bytes()
        .fold(String::with_capacity(2 * text.len()), |mut hex, byte| {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02X}");
            hex
        })
}

fn from_hex(hex: &str) -> Option<String> {
    let digit = |byte: &u8| {
        char::from(*byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let bytes = hex.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => Some(digit(high)? << 4 | digit(low)?),
        _ => None,
    });
    String::from_utf8(bytes.collect::<Option<Vec<u8>>>()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_keeps_every_text() {
        for text in ["", "ok", "{\"a\nb\", 'å'}", "\u{10FFFF}"] {
            assert_eq!(from_hex(&to_hex(text)).as_deref(), Some(text));
        }
        assert_eq!(from_hex("4"), None);
        assert_eq!(from_hex("zz"), None);
        assert_eq!(from_hex("FF"), None, "no UTF-8");
    }

    #[test]
    fn expressions_get_a_full_stop() {
        assert_eq!(terminated("1 + 1"), "1 + 1\n.");
        assert_eq!(terminated("node(). "), "node().\n");
        assert_eq!(terminated("x % why"), "x % why\n.");
    }
}
