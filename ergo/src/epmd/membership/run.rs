//! The task that keeps a node registered.

use tokio::sync::{oneshot, watch};
use tokio::time::{Duration, Instant, sleep};

use crate::epmd::EpmdError;
use crate::epmd::codec::ResponseError;
use crate::epmd::membership::seat::{Candidate, Seat};
use crate::epmd::membership::{MembershipStatus, Mode};

/// A registered node that registers again whenever it is not.
pub(super) struct Keeper {
    candidate: Candidate,
    seat: Seat,
    since: Instant,
    registrations: u64,
    pause: Duration,
    status: watch::Sender<MembershipStatus>,
}

/// The first registration. A server that is just going or just coming is waited for as long as one
/// exchange may take; a taken name is an error at once.
pub(super) async fn join(candidate: &mut Candidate) -> Result<Seat, EpmdError> {
    let started = Instant::now();
    let (timeout, pause) = (candidate.options().timeout, candidate.options().retry_min);
    loop {
        match candidate.attempt().await {
            Err(error) if may_pass(candidate.options().mode, &error) => {
                if started.elapsed().saturating_add(pause) >= timeout {
                    return Err(error);
                }
                sleep(pause).await;
            }
            done => return done,
        }
    }
}

/// Whether the address is in use by a server that then does not answer: it is about to end or to begin.
fn may_pass(mode: Mode, error: &EpmdError) -> bool {
    let unanswered = matches!(
        error,
        EpmdError::Refused { .. }
            | EpmdError::Malformed {
                source: ResponseError::Incomplete { bytes: 0 },
                ..
            }
    );
    mode == Mode::Embedded && unanswered
}

impl Keeper {
    pub(super) fn new(candidate: Candidate, seat: Seat) -> Self {
        let status = MembershipStatus::Registered {
            role: seat.role(),
            creation: seat.creation(),
            registrations: 1,
        };
        Self {
            pause: candidate.options().retry_min,
            candidate,
            seat,
            since: Instant::now(),
            registrations: 1,
            status: watch::Sender::new(status),
        }
    }

    pub(super) fn watch(&self) -> watch::Receiver<MembershipStatus> {
        self.status.subscribe()
    }

    /// Runs until `leave` is sent or dropped.
    pub(super) async fn run(mut self, mut leave: oneshot::Receiver<()>) {
        tokio::select! {
            () = self.keep() => {}
            _ = &mut leave => {}
        }
        let Self {
            candidate,
            seat,
            status,
            ..
        } = self;
        drop(seat);
        candidate.stop().await;
        status.send_replace(MembershipStatus::Left);
    }

    /// Never ends.
    async fn keep(&mut self) {
        loop {
            self.seat.lost().await;
            let address = self.candidate.options().client().address();
            tracing::warn!(node = self.candidate.name(), epmd = %address, "the registration was lost");
            self.report_loss(EpmdError::Lost { address });
            self.pause_after_loss().await;
            self.seat = self.regain().await;
            self.report_registration();
        }
    }

    /// A random pause; a longer one when the last registration did not live long, so that a server
    /// that drops every registration is not asked without end.
    async fn pause_after_loss(&mut self) {
        let options = self.candidate.options();
        let mut wait = random_part(options.jitter_max);
        if self.since.elapsed() > options.retry_max {
            self.pause = options.retry_min;
        } else if self.registrations > 1 {
            wait = wait.saturating_add(self.next_pause());
        }
        sleep(wait).await;
    }

    async fn regain(&mut self) -> Seat {
        loop {
            let error = match self.candidate.attempt().await {
                Ok(seat) => return seat,
                Err(error) => error,
            };
            tracing::debug!(node = self.candidate.name(), %error, "not registered again yet");
            self.report_loss(error);
            let jitter = random_part(self.candidate.options().jitter_max);
            let pause = self.next_pause();
            sleep(pause.saturating_add(jitter)).await;
        }
    }

    fn next_pause(&mut self) -> Duration {
        let pause = self.pause;
        self.pause = self
            .candidate
            .options()
            .retry_max
            .min(pause.saturating_mul(2));
        pause
    }

    fn report_registration(&mut self) {
        self.registrations += 1;
        self.since = Instant::now();
        let (role, creation) = (self.seat.role(), self.seat.creation());
        tracing::info!(node = self.candidate.name(), ?role, "registered again");
        self.status.send_replace(MembershipStatus::Registered {
            role,
            creation,
            registrations: self.registrations,
        });
    }

    fn report_loss(&self, cause: EpmdError) {
        if let EpmdError::NameTaken { .. } = &cause {
            let seen_before = *self.status.borrow()
                == MembershipStatus::Lost {
                    cause: cause.clone(),
                };
            if !seen_before {
                tracing::error!(node = self.candidate.name(), error = %cause, "another node has taken the name");
            }
        }
        self.status.send_replace(MembershipStatus::Lost { cause });
    }
}

/// A random part of `whole`, in steps of a thousandth.
fn random_part(whole: Duration) -> Duration {
    const STEPS: u32 = 1_000;
    // Without a generator everybody waits the whole time, which is no worse than no pause at all.
    let random = getrandom::u32().map_or(STEPS, |random| random % (STEPS + 1));
    (whole / STEPS) * random
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_parts_are_parts_and_differ() {
        let whole = Duration::from_millis(100);
        let parts: Vec<_> = (0..100).map(|_| random_part(whole)).collect();
        assert!(parts.iter().all(|part| *part <= whole));
        assert!(parts.iter().any(|part| *part != parts[0]));
        assert_eq!(random_part(Duration::ZERO), Duration::ZERO);
        assert!(random_part(Duration::MAX) <= Duration::MAX);
    }
}
