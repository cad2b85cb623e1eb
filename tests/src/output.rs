//! The output of a child process, line by line, kept from its start.

use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::watch;

/// Every line printed so far; readers wait for the next.
#[derive(Clone)]
pub(crate) struct Output {
    lines: Arc<Mutex<Vec<String>>>,
    /// Lives as long as one of the threads that read the pipes does.
    changed: watch::Receiver<usize>,
}

/// What became of a search for a line.
pub(crate) enum Found {
    /// The line and the index after it.
    Line(String, usize),
    /// Nothing more will be printed.
    Closed,
    /// The time is over.
    Late,
}

impl Output {
    /// Reads `pipes` on a thread each, so that a child never blocks on a full pipe, whatever the test is doing.
    pub(crate) fn read(pipes: Vec<Box<dyn Read + Send>>) -> Self {
        let (sender, changed) = watch::channel(0);
        let lines = Arc::new(Mutex::new(Vec::new()));
        let sender = Arc::new(sender);
        for pipe in pipes {
            let (lines, sender) = (Arc::clone(&lines), Arc::clone(&sender));
            thread::spawn(move || read_lines(pipe, &lines, &sender));
        }
        Self { lines, changed }
    }

    /// All lines so far.
    pub(crate) fn all(&self) -> Vec<String> {
        self.lines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// How many lines there are.
    pub(crate) fn len(&self) -> usize {
        self.lines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }

    /// The first line from index `start` on that `wanted` accepts.
    pub(crate) async fn find(
        &self,
        start: usize,
        limit: Duration,
        wanted: impl Fn(&str) -> bool,
    ) -> Found {
        let searching = async {
            let (mut changed, mut next) = (self.changed.clone(), start);
            loop {
                changed.mark_unchanged();
                let closed = changed.has_changed().is_err();
                for line in self.lines_from(next) {
                    next += 1;
                    if wanted(&line) {
                        return Found::Line(line, next);
                    }
                }
                if closed {
                    return Found::Closed;
                }
                // An error means closed: the next round reads what was printed last.
                let _ = changed.changed().await;
            }
        };
        tokio::time::timeout(limit, searching)
            .await
            .unwrap_or(Found::Late)
    }

    fn lines_from(&self, start: usize) -> Vec<String> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.get(start..).unwrap_or_default().to_vec()
    }
}

fn read_lines(
    pipe: Box<dyn Read + Send>,
    lines: &Mutex<Vec<String>>,
    changed: &watch::Sender<usize>,
) {
    let mut reader = BufReader::new(pipe);
    let mut bytes = Vec::new();
    while reader
        .read_until(b'\n', &mut bytes)
        .is_ok_and(|count| count > 0)
    {
        let line = String::from_utf8_lossy(&bytes)
            .trim_end_matches(['\r', '\n'])
            .to_owned();
        lines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line);
        changed.send_modify(|count| *count += 1);
        bytes.clear();
    }
}
