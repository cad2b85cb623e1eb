//! Waiting for what should come.

#![allow(clippy::result_large_err, reason = "what is not picked is given back")]

use std::fmt::Write as _;
use std::panic::Location;
use std::time::Duration;

use tokio::time::Instant;

use crate::behaviour::Request;
use crate::etf::{DecodeOwned, Pid, Term};
use crate::process::{Destination, Down, Exit};
use crate::testing::matches;
use crate::testing::probe::arrived::{encoded, read};
use crate::testing::{Arrived, Probe, ProbeCall};

type Place = &'static Location<'static>;

impl Probe {
    /// Waits for a message, neither a call nor a cast, that is a `T`.
    ///
    /// # Panics
    /// None comes in time.
    #[track_caller]
    pub fn expect<T: DecodeOwned>(&mut self) -> impl Future<Output = T> {
        let host = self.cx.host().clone();
        let what = format!("a message that is a {}", std::any::type_name::<T>());
        self.wait(what, Location::caller(), move |arrived| match &arrived {
            Arrived::Info(term) => read(&host, term).map_err(|_| arrived),
            _ => Err(arrived),
        })
    }

    /// Waits for a message, neither a call nor a cast, like this pattern, as in `pattern!({ok, _})`: see [`matches()`].
    ///
    /// # Panics
    /// None comes in time.
    #[track_caller]
    pub fn expect_term(&mut self, pattern: Term) -> impl Future<Output = Term> {
        let what = format!("a message like {}", shown(&pattern));
        self.wait(what, Location::caller(), move |arrived| match arrived {
            Arrived::Info(term) if matches(&pattern, &term) => Ok(term),
            other => Err(other),
        })
    }

    /// Waits for anything that the closure picks. `what` says in the failure what that would have been.
    ///
    /// # Panics
    /// None comes in time.
    #[track_caller]
    pub fn expect_match(
        &mut self,
        what: &str,
        wanted: impl Fn(&Arrived) -> bool,
    ) -> impl Future<Output = Arrived> {
        self.wait(what.to_owned(), Location::caller(), move |arrived| {
            if wanted(&arrived) {
                Ok(arrived)
            } else {
                Err(arrived)
            }
        })
    }

    /// Waits for a call that is one of these requests, and gives it with the right to answer it:
    /// `StocksCall::Take { id, qty, reply }`.
    ///
    /// # Panics
    /// None comes in time.
    #[track_caller]
    pub fn expect_call<R: Request>(&mut self) -> impl Future<Output = R> {
        let host = self.cx.host().clone();
        let what = format!("a call that is a {}", std::any::type_name::<R>());
        self.wait(what, Location::caller(), move |arrived| {
            let Arrived::Call(call) = arrived else {
                return Err(arrived);
            };
            let Ok(request) = encoded(&call.request) else {
                return Err(Arrived::Call(call));
            };
            let ProbeCall { request: term, to } = call;
            let mut to = Some(to);
            match R::decode_request(&mut request.decoder().with_extension(&host), &mut to) {
                Ok(request) => Ok(request),
                Err(_) => match to {
                    Some(to) => Err(Arrived::Call(ProbeCall { request: term, to })),
                    // It is taken when everything else has been read.
                    None => Err(Arrived::Info(term)),
                },
            }
        })
    }

    /// Waits for a call like this term, in which `_` is anything, to answer it: see [`matches()`].
    ///
    /// # Panics
    /// None comes in time.
    #[track_caller]
    pub fn expect_call_term(&mut self, pattern: Term) -> impl Future<Output = ProbeCall> {
        let what = format!("a call like {}", shown(&pattern));
        self.wait(what, Location::caller(), move |arrived| match arrived {
            Arrived::Call(call) if matches(&pattern, &call.request) => Ok(call),
            other => Err(other),
        })
    }

    /// Waits for a cast that is one of these requests: `StocksCast::Restock { order }`.
    ///
    /// # Panics
    /// None comes in time.
    #[track_caller]
    pub fn expect_cast<R: Request>(&mut self) -> impl Future<Output = R> {
        let host = self.cx.host().clone();
        let what = format!("a cast that is a {}", std::any::type_name::<R>());
        self.wait(what, Location::caller(), move |arrived| {
            let read = match &arrived {
                Arrived::Cast(request) => encoded(request).ok().and_then(|encoded| {
                    R::decode_request(&mut encoded.decoder().with_extension(&host), &mut None).ok()
                }),
                _ => None,
            };
            read.ok_or(arrived)
        })
    }

    /// Waits for a cast like this pattern, as in `pattern!({ok, _})`: see [`matches()`].
    ///
    /// # Panics
    /// None comes in time.
    #[track_caller]
    pub fn expect_cast_term(&mut self, pattern: Term) -> impl Future<Output = Term> {
        let what = format!("a cast like {}", shown(&pattern));
        self.wait(what, Location::caller(), move |arrived| match arrived {
            Arrived::Cast(request) if matches(&pattern, &request) => Ok(request),
            other => Err(other),
        })
    }

    /// Waits for the end of what [`Probe::monitor`] monitors under this pid or name.
    ///
    /// # Panics
    /// It does not end in time.
    #[track_caller]
    pub fn expect_down(&mut self, of: impl Into<Destination>) -> impl Future<Output = Down> {
        let of = of.into();
        let what = format!("the down of {of}");
        self.wait(what, Location::caller(), move |arrived| match arrived {
            Arrived::Down(down) if is_of(&down.object, &of) => Ok(down),
            other => Err(other),
        })
    }

    /// Waits for the exit signal of a process that [`Probe::link`] links to, or that sends one.
    ///
    /// # Panics
    /// None comes in time.
    #[track_caller]
    pub fn expect_exit(&mut self, of: impl Into<Pid>) -> impl Future<Output = Exit> {
        let of = of.into();
        let what = format!("an exit signal of {of}");
        self.wait(what, Location::caller(), move |arrived| match arrived {
            Arrived::Exit(exit) if exit.from == of => Ok(exit),
            other => Err(other),
        })
    }

    /// Waits this long, in which nothing comes. What came before and was not taken counts, too.
    ///
    /// # Panics
    /// Something comes, or is there.
    #[track_caller]
    pub fn expect_no(&mut self, time: Duration) -> impl Future<Output = ()> {
        let place = Location::caller();
        async move {
            let until = Instant::now() + time;
            while self.kept.is_empty() {
                match tokio::time::timeout_at(until, self.arriving.recv()).await {
                    Ok(Some(arrived)) => self.kept.push_back(arrived),
                    Ok(None) => panic!("{place}: the probe has ended"),
                    Err(_) => return,
                }
            }
            self.take_in();
            panic!(
                "{place}: expected nothing within {time:?}, and there is{}",
                self.listed()
            );
        }
    }

    /// The next thing that has come, whatever it is.
    ///
    /// # Panics
    /// Nothing comes in time.
    #[track_caller]
    pub fn expect_any(&mut self) -> impl Future<Output = Arrived> {
        self.wait("anything".to_owned(), Location::caller(), Ok)
    }

    /// Everything that has come and was not taken, in order.
    pub fn left(&mut self) -> Vec<Arrived> {
        self.take_in();
        self.kept.drain(..).collect()
    }

    async fn wait<R>(
        &mut self,
        what: String,
        place: Place,
        mut pick: impl FnMut(Arrived) -> Result<R, Arrived>,
    ) -> R {
        for at in 0..self.kept.len() {
            let Some(kept) = self.kept.remove(at) else {
                break;
            };
            match pick(kept) {
                Ok(picked) => return picked,
                Err(other) => self.kept.insert(at, other),
            }
        }
        let until = Instant::now() + self.patience;
        loop {
            match tokio::time::timeout_at(until, self.arriving.recv()).await {
                Ok(Some(arrived)) => match pick(arrived) {
                    Ok(picked) => return picked,
                    Err(other) => self.kept.push_back(other),
                },
                Ok(None) => panic!("{place}: expected {what}, and the probe has ended"),
                Err(_) => panic!(
                    "{place}: expected {what}, within {:?} there is{}",
                    self.patience,
                    self.listed()
                ),
            }
        }
    }

    fn take_in(&mut self) {
        while let Ok(arrived) = self.arriving.try_recv() {
            self.kept.push_back(arrived);
        }
    }

    fn listed(&self) -> String {
        if self.kept.is_empty() {
            return " nothing at all".to_owned();
        }
        self.kept.iter().fold(String::new(), |mut text, arrived| {
            // Writing to a String does not fail.
            let _ = write!(text, "\n  - {arrived}");
            text
        })
    }
}

/// A pattern as it is written.
fn shown(pattern: &Term) -> String {
    pattern.to_string().replace("'_'", "_")
}

/// A name on this node is reported with its node.
fn is_of(object: &Destination, wanted: &Destination) -> bool {
    match (object, wanted) {
        (Destination::NameNode(name, _), Destination::Name(wanted)) => name == wanted,
        _ => object == wanted,
    }
}
