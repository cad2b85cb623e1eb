//! A server that does what it is told from inside, and notes what it hears.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use ergo::prelude::*;

/// What a process hears of others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Heard {
    /// The number of the monitor in the order of the monitors of this process, and the reason.
    Down(Reference, String),
    /// Who, and the reason.
    Exit(Pid, String),
}

/// The notes of one process.
pub(crate) type Notes = Arc<Mutex<Vec<Heard>>>;

pub(crate) fn taken(notes: &Notes) -> Vec<Heard> {
    let mut heard = std::mem::take(&mut *notes.lock().unwrap_or_else(PoisonError::into_inner));
    // What different processes send has no order.
    heard.sort();
    heard
}

type Doing = Pin<Box<dyn Future<Output = ()> + Send>>;
pub(crate) type Act = Box<dyn FnOnce(Context<Puppet>) -> Doing + Send>;

#[derive(Actor)]
pub(crate) struct Puppet {
    notes: Notes,
}

impl Puppet {
    fn note(&self, heard: Heard) {
        self.notes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(heard);
    }
}

#[ergo::server]
impl Puppet {
    fn init(notes: Notes) -> Result<Self, ExitReason> {
        Ok(Puppet { notes })
    }

    #[call(local)]
    async fn run(&mut self, act: Act, cx: &Context<Self>) {
        act(cx.clone()).await;
    }

    #[call]
    fn sync(&self) {}

    #[cast]
    fn stop(&mut self, reason: ExitReason) -> Flow {
        Flow::Stop(reason)
    }

    #[down]
    fn down(&mut self, down: Down) {
        self.note(Heard::Down(down.reference, down.reason.to_string()));
    }

    #[exit]
    fn exit(&mut self, exit: Exit) {
        self.note(Heard::Exit(exit.from, exit.reason.to_string()));
    }
}
