//! Messages that reached no mailbox.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::etf::{Atom, Encoded, Pid, Term};
use crate::process::host::HostRef;
use crate::process::{Destination, wire};
use crate::sync::Mutex;
use crate::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// As many letters one subscription holds; what comes while it is full is counted as missed.
const LETTERS_MAX: usize = 1024;

/// A warning about messages of peers that did not get in comes at most so often.
const WARNING_PERIOD: Duration = Duration::from_secs(1);

/// Why a message reached no mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DeadLetterReason {
    /// There is no such process, or nobody has the name.
    NoProcess,
    /// The alias is switched off, or the call it was made for is over: an answer that came too late.
    NoAlias,
    /// The mailbox has a bound and is full. A sender of this node was told so.
    Full,
    /// The mailbox is full and drops what comes then: nobody was told.
    Dropped,
}

/// A message that reached no mailbox.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct DeadLetter {
    /// Whom it was for.
    pub to: Destination,
    /// Who sent it, the node's own pid outside of a process; `None` where a peer did not say.
    pub from: Option<Pid>,
    /// The message, a request without what `gen_server` puts around it; `None` for one that has no form as a term.
    pub message: Option<Term>,
    /// Why it got nowhere.
    pub reason: DeadLetterReason,
}

/// Dead letters of a node from some moment on, in order. Made by [`Node::dead_letters`](crate::Node::dead_letters).
#[derive(Debug)]
pub struct DeadLetters {
    letters: mpsc::Receiver<DeadLetter>,
    missed: Arc<AtomicU64>,
}

impl DeadLetters {
    /// The next letter; `None` once the node is gone.
    ///
    /// # Cancel safety
    /// No letter is lost when the future is dropped.
    pub async fn recv(&mut self) -> Option<DeadLetter> {
        self.letters.recv().await
    }

    /// The next letter, if there is one already.
    pub fn try_recv(&mut self) -> Option<DeadLetter> {
        self.letters.try_recv().ok()
    }

    /// How many letters came while 1,024 waited to be received, and are missing here.
    pub fn missed(&self) -> u64 {
        self.missed.load(Ordering::Relaxed)
    }
}

#[derive(Debug)]
struct Subscriber {
    letters: mpsc::Sender<DeadLetter>,
    missed: Arc<AtomicU64>,
}

/// Where the dead letters of a node go.
#[derive(Debug, Default)]
pub struct DeadLetterOffice {
    count: AtomicU64,
    /// How many are subscribed: nothing is made for nobody.
    subscribed: AtomicUsize,
    subscribers: Mutex<Vec<Subscriber>>,
    /// When it was warned of last, and how many were refused since then.
    warned: Mutex<(Option<Instant>, u64)>,
}

impl DeadLetterOffice {
    /// How many there have been.
    pub(crate) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    pub(crate) fn subscribe(&self) -> DeadLetters {
        let (sender, letters) = mpsc::channel(LETTERS_MAX);
        let missed = Arc::new(AtomicU64::new(0));
        let mut subscribers = lock(&self.subscribers);
        subscribers.push(Subscriber {
            letters: sender,
            missed: missed.clone(),
        });
        self.subscribed.store(subscribers.len(), Ordering::Relaxed);
        DeadLetters { letters, missed }
    }

    /// Counts a dead letter, and makes and hands it out if somebody is subscribed.
    #[cold]
    pub(crate) fn post(
        &self,
        reason: DeadLetterReason,
        to: impl FnOnce() -> Destination,
        from: Option<Pid>,
        message: impl FnOnce() -> Option<Term>,
    ) {
        self.count.fetch_add(1, Ordering::Relaxed);
        if self.subscribed.load(Ordering::Relaxed) == 0 {
            return;
        }
        // Made outside of the lock: encoding runs code of the user.
        let letter = DeadLetter {
            to: to(),
            from,
            message: message(),
            reason,
        };
        let mut subscribers = lock(&self.subscribers);
        subscribers.retain(|subscriber| subscriber.take(&letter));
        self.subscribed.store(subscribers.len(), Ordering::Relaxed);
    }

    /// A message of a peer did not get in: worth a warning, but not one for each.
    pub(crate) fn warn(&self, peer: &Atom, pid: &Pid) {
        let refused = {
            let mut warned = lock(&self.warned);
            let (at, refused) = &mut *warned;
            *refused += 1;
            if at.is_some_and(|at| at.elapsed() < WARNING_PERIOD) {
                return;
            }
            *at = Some(Instant::now());
            std::mem::take(refused)
        };
        tracing::warn!(%peer, %pid, refused, "the mailbox is full: messages of peers are dead letters");
    }
}

impl Subscriber {
    /// False when nobody receives any more.
    fn take(&self, letter: &DeadLetter) -> bool {
        match self.letters.try_send(letter.clone()) {
            Ok(()) => true,
            Err(mpsc::error::TrySendError::Closed(_)) => false,
            Err(mpsc::error::TrySendError::Full(_)) => {
                self.missed.fetch_add(1, Ordering::Relaxed);
                true
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> crate::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// A message as its receiver would have seen it: a request without the `$gen_call` or `$gen_cast` around it.
pub(crate) fn request_of(host: &HostRef, encoded: &Encoded) -> Option<Term> {
    let (_, request) = wire::unwrap(host, encoded, wire::Protocol::Gen);
    encoded.decoder_at(request).read_term().ok()
}
