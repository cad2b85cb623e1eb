//! The BEAM's own codec: one `erl` that is told on its standard input what to time.
//!
//! Nothing goes through files: a release may run with a root directory of its own.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::rc::Rc;

use ::ergo::etf::{Term, decode};
use ergo_tests::erlang::Release;

use super::cell::{Batch, Cell, Operation};
use super::data::Workload;

pub(crate) const NAME: &str = "beam";

/// The module that does the timing.
const SOURCE: &str = include_str!("beam.erl");
/// Compiles and runs it: expressions alone would be interpreted.
const START: &str = "
    {ok, Tokens, _} = erl_scan:string(binary_to_list(binary:decode_hex(Source))),
    Parse = fun (Form) -> {ok, Parsed} = erl_parse:parse_form(lists:reverse(Form)), Parsed end,
    Split = fun
        Next([], [], Forms) -> lists:reverse(Forms);
        Next([{dot, _} = Dot | Left], Form, Forms) -> Next(Left, [], [Parse([Dot | Form]) | Forms]);
        Next([Token | Left], Form, Forms) -> Next(Left, [Token | Form], Forms)
    end,
    {ok, Module, Code} = compile:forms(Split(Tokens, [], [])),
    {module, Module} = code:load_binary(Module, [], Code),
    Module:main().";

/// A running `erl`.
#[derive(Clone)]
pub(crate) struct Beam(Rc<RefCell<Program>>);

struct Program {
    child: Child,
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Beam {
    /// Starts it, if the release is installed.
    pub(crate) fn start(release: Release) -> Option<Beam> {
        let started = release
            .command("erl")
            // Schedulers that have nothing to do must not spin beside what is measured.
            .args(["+sbwt", "none", "+sbwtdcpu", "none", "+sbwtdio", "none"])
            .args(["-noshell", "-boot", "start_clean", "-eval"])
            .arg(format!(
                "Source = <<\"{}\">>,{START}",
                hex(SOURCE.as_bytes())
            ))
            .env("ERL_CRASH_DUMP_SECONDS", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut child = started.ok()?;
        let program = Program {
            commands: child.stdin.take(),
            answers: BufReader::new(child.stdout.take().expect("an output")),
            child,
        };
        Some(Beam(Rc::new(RefCell::new(program))))
    }

    /// Writing and reading the term of a workload.
    pub(crate) fn cells(&self, workload: Workload, bytes: &[u8]) -> Vec<Cell> {
        self.0.borrow_mut().load(workload, bytes);
        Operation::ALL
            .map(|operation| {
                let beam = self.clone();
                Cell::timed(NAME, operation, move |batch| {
                    beam.0.borrow_mut().measure(workload, operation, batch)
                })
            })
            .into()
    }
}

impl Program {
    /// Gives it the bytes, which it must read and write without changing the term.
    fn load(&mut self, workload: Workload, bytes: &[u8]) {
        let written = self.ask(&format!("load {} {}", workload.name(), hex(bytes)));
        let written = from_hex(&written).unwrap_or_else(|| panic!("`erl` answered {written:.99?}"));
        let terms = [bytes, &written].map(|bytes| decode::<Term>(bytes).expect("a term"));
        assert!(terms[0] == terms[1], "{NAME} changes the term");
    }

    fn measure(&mut self, workload: Workload, operation: Operation, batch: Batch) -> Vec<f64> {
        let Batch { iterations, slices } = batch;
        let (name, operation) = (workload.name(), operation.name());
        let answer = self.ask(&format!("{operation} {name} {iterations} {slices}"));
        let values: Result<Vec<f64>, _> = answer.split(' ').map(str::parse).collect();
        match values {
            Ok(values) if values.len() == slices => values,
            _ => panic!("`erl` answered {answer:.99?}"),
        }
    }

    fn ask(&mut self, command: &str) -> String {
        let commands = self.commands.as_mut().expect("a running `erl`");
        writeln!(commands, "{command}").expect("a running `erl`");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("a line of text");
        answer.trim_end().to_owned()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It ends at the end of its input.
        self.commands = None;
        let _ = self.child.wait();
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        write!(digits, "{byte:02X}").expect("room in a string");
    }
    digits
}

fn from_hex(digits: &str) -> Option<Vec<u8>> {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let pairs = digits.as_bytes().chunks_exact(2);
    let is_whole = pairs.len() > 0 && pairs.remainder().is_empty();
    is_whole.then(|| pairs.map(byte).collect())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_digits() {
        assert_eq!(hex(&[0, 171, 255]), "00ABFF");
        assert_eq!(from_hex("00ABFF"), Some(vec![0, 171, 255]));
        assert_eq!(from_hex(""), None);
        assert_eq!(from_hex("0"), None);
        assert_eq!(from_hex("xy"), None);
    }
}
