//! The BEAM's own codec: one `erl` that is told on its standard input what to time.

use std::cell::RefCell;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::rc::Rc;

use ::ergo::etf::{Term, decode};
use ergo_tests::erlang::Release;

use super::cell::{Batch, Cell, Operation};
use super::data::Workload;

pub(crate) const NAME: &str = "beam";

/// The module that does the timing.
const SOURCE: &str = include_str!("beam.erl");
/// Compiles and runs it.
const START: &str = "{ok, Module, Code} = compile:file(File, [binary]), \
                     {module, Module} = code:load_binary(Module, File, Code), Module:main()";

/// A running `erl`.
#[derive(Clone)]
pub(crate) struct Beam(Rc<RefCell<Program>>);

struct Program {
    child: Child,
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    /// Where the module and the terms are.
    directory: PathBuf,
}

impl Beam {
    /// Starts it, if the release is installed.
    pub(crate) fn start(release: Release) -> Option<Beam> {
        let directory = std::env::temp_dir().join(format!("ergo-bench-{}", std::process::id()));
        fs::create_dir_all(&directory).expect("a directory for the terms");
        let source = directory.join("beam.erl");
        fs::write(&source, SOURCE).expect("a file");
        let started = release
            .command("erl")
            // Schedulers that have nothing to do must not spin beside what is measured.
            .args(["+sbwt", "none", "+sbwtdcpu", "none", "+sbwtdio", "none"])
            .args(["-noshell", "-boot", "start_clean", "-eval"])
            .arg(format!("File = \"{}\", {START}", source.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut child) = started else {
            let _ = fs::remove_dir_all(&directory);
            return None;
        };
        let program = Program {
            commands: child.stdin.take(),
            answers: BufReader::new(child.stdout.take().expect("an output")),
            child,
            directory,
        };
        Some(Beam(Rc::new(RefCell::new(program))))
    }

    /// Writing and reading the term of a workload.
    pub(crate) fn cells(&self, workload: Workload, bytes: &[u8]) -> Vec<Cell> {
        let file = self.0.borrow_mut().file(workload, bytes);
        Operation::ALL
            .map(|operation| {
                let (beam, file) = (self.clone(), file.clone());
                Cell::timed(NAME, operation, move |batch| {
                    beam.0.borrow_mut().measure(operation, &file, batch)
                })
            })
            .into()
    }
}

impl Program {
    /// A file of the bytes, which the BEAM has read, written and not changed.
    fn file(&mut self, workload: Workload, bytes: &[u8]) -> PathBuf {
        let file = self.directory.join(workload.name());
        let written = self.directory.join("written");
        fs::write(&file, bytes).expect("a file");
        self.ask("check", &file, &written.display().to_string(), 0);
        let written = fs::read(written).expect("what it wrote");
        let terms = [bytes, &written].map(|bytes| decode::<Term>(bytes).expect("a term"));
        assert!(terms[0] == terms[1], "{NAME} changes the term");
        file
    }

    fn measure(&mut self, operation: Operation, file: &Path, batch: Batch) -> Vec<f64> {
        let iterations = batch.iterations.to_string();
        let values = self.ask(operation.name(), file, &iterations, batch.slices);
        assert_eq!(values.len(), batch.slices, "one value for each slice");
        values
    }

    fn ask(&mut self, what: &str, file: &Path, argument: &str, slices: usize) -> Vec<f64> {
        let commands = self.commands.as_mut().expect("a running program");
        writeln!(commands, "{what} {} {argument} {slices}", file.display())
            .expect("a running program");
        let mut answer = String::new();
        self.answers
            .read_line(&mut answer)
            .expect("a running program");
        numbers(&answer).unwrap_or_else(|| panic!("`erl` answered {answer:?}"))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It ends at the end of its input.
        self.commands = None;
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// The numbers of a list in Erlang's syntax.
fn numbers(answer: &str) -> Option<Vec<f64>> {
    let list = answer.trim().strip_prefix('[')?.strip_suffix(']')?;
    let items = list.split(',').filter(|item| !item.is_empty());
    items.map(|item| item.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_a_list() {
        assert_eq!(numbers("[1.5,2.0e3]\n"), Some(vec![1.5, 2000.0]));
        assert_eq!(numbers("[]\n"), Some(vec![]));
        assert_eq!(numbers(""), None);
        assert_eq!(numbers("{error,x}\n"), None);
    }
}
