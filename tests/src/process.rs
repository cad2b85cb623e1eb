//! A child process: its output is captured, it is signalled by its id, and it ends with its value.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::deadline::{PATIENCE, wait_until};
use crate::failure::Failure;
use crate::output::{Found, Output};

/// A running child process. Dropping it kills it and waits for its end, so that its ports are free afterwards.
pub struct Process {
    title: String,
    child: Mutex<Child>,
    pid: u32,
    input: mpsc::Sender<Vec<u8>>,
    output: Output,
    /// Lines before this index have been taken by [`Process::wait_for`].
    taken: Mutex<usize>,
}

impl Process {
    /// Starts `command` with pipes for its input and output. Closing the pipes, which the end of this process does even
    /// when it is killed, is what a well-made child takes as its own end.
    ///
    /// # Errors
    ///
    /// [`Failure::Ended`] when there is no such program.
    pub fn start(mut command: Command) -> Result<Self, Failure> {
        let title = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| {
                Failure::ended(&title, format_args!("cannot be started: {error}"), "")
            })?;
        let pipes = [
            child
                .stdout
                .take()
                .map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
            child
                .stderr
                .take()
                .map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
        ];
        let (input, queue) = mpsc::channel::<Vec<u8>>();
        if let Some(pipe) = child.stdin.take() {
            thread::spawn(move || write_all(pipe, &queue));
        }
        Ok(Self {
            title,
            pid: child.id(),
            child: Mutex::new(child),
            input,
            output: Output::read(pipes.into_iter().flatten().collect()),
            taken: Mutex::new(0),
        })
    }

    /// The id of the process in the system; it stays the same through `exec` and `chroot`.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Everything printed so far, standard output and standard error in the order it was read.
    #[must_use]
    pub fn output(&self) -> String {
        self.output.all().join("\n")
    }

    /// Waits for a line that contains `text`, within [`PATIENCE`], and returns it. Lines up to it are taken: the next
    /// wait looks at later ones only.
    ///
    /// # Errors
    ///
    /// [`Failure::Late`] or [`Failure::Ended`], both with the output.
    pub async fn wait_for(&self, text: &str) -> Result<String, Failure> {
        self.wait_for_within(PATIENCE, text).await
    }

    /// [`Process::wait_for`] with another limit.
    ///
    /// # Errors
    ///
    /// [`Failure::Late`] or [`Failure::Ended`], both with the output.
    pub async fn wait_for_within(&self, limit: Duration, text: &str) -> Result<String, Failure> {
        let start = *self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let (line, next) = self
            .find(start, limit, text, |line| line.contains(text))
            .await?;
        *self.taken.lock().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(line)
    }

    /// Waits for the end, for at most `limit`.
    ///
    /// # Errors
    ///
    /// [`Failure::Late`] when the process still runs.
    pub async fn wait_exit(&self, limit: Duration) -> Result<ExitStatus, Failure> {
        let mut status = None;
        let ended = wait_until(limit, &self.title, async || {
            status = self.status();
            status.is_some()
        });
        ended.await.ok();
        if status.is_some() {
            // What it printed last is read on other threads. A grandchild may hold the pipes open: not for ever.
            let rest = Duration::from_secs(5);
            let _ = self.output.find(usize::MAX, rest, |_| false).await;
        }
        status.ok_or_else(|| {
            Failure::late(&format!("the end of {}", self.title), limit, &self.output())
        })
    }

    /// How the process ended; `None` while it runs.
    pub fn status(&self) -> Option<ExitStatus> {
        self.child().try_wait().ok().flatten()
    }

    /// Writes to the standard input, in order, without waiting for the process to read.
    pub fn write(&self, bytes: impl Into<Vec<u8>>) {
        // The thread ends with the pipe; that the process is gone shows where its answer is awaited.
        let _ = self.input.send(bytes.into());
    }

    /// SIGKILL, and waits for the end.
    pub fn kill9(&self) {
        let mut child = self.child();
        // An error says that the process has ended already.
        let _ = child.kill();
        let _ = child.wait();
    }

    /// SIGTERM: the polite request to stop.
    pub fn term(&self) {
        self.signal(Signal::TERM);
    }

    /// SIGINT: what Ctrl-C sends.
    pub fn interrupt(&self) {
        self.signal(Signal::INT);
    }

    /// SIGSTOP: the process stands still with its sockets open, as a hung machine does, until [`Process::cont`].
    pub fn stop(&self) {
        self.signal(Signal::STOP);
    }

    /// SIGCONT: goes on after [`Process::stop`].
    pub fn cont(&self) {
        self.signal(Signal::CONT);
    }

    pub(crate) fn set_title(&mut self, title: impl AsRef<OsStr>) {
        self.title = title.as_ref().to_string_lossy().into_owned();
    }

    pub(crate) fn lines_printed(&self) -> usize {
        self.output.len()
    }

    /// The first line from index `start` on that `wanted` accepts, and the index after it.
    pub(crate) async fn find(
        &self,
        start: usize,
        limit: Duration,
        what: &str,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<(String, usize), Failure> {
        let what = || format!("{what} from {}", self.title);
        match self.output.find(start, limit, wanted).await {
            Found::Line(line, next) => Ok((line, next)),
            Found::Late => Err(Failure::late(&what(), limit, &self.output())),
            Found::Closed => {
                let status = self.wait_exit(PATIENCE).await?;
                Err(Failure::ended(&what(), status, &self.output()))
            }
        }
    }

    /// Does nothing when the process has ended: its id may be another's by now.
    fn signal(&self, signal: Signal) {
        let mut child = self.child();
        if let Ok(None) = child.try_wait() {
            // It can only fail for a process that is not ours or not there.
            let _ = kill_process(Pid::from_child(&child), signal);
        }
    }

    fn child(&self) -> MutexGuard<'_, Child> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill9();
    }
}

fn write_all(mut pipe: impl Write, queue: &mpsc::Receiver<Vec<u8>>) {
    for bytes in queue {
        if pipe.write_all(&bytes).and_then(|()| pipe.flush()).is_err() {
            return;
        }
    }
}
