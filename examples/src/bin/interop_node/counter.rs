//! `counter`: a typed server with calls, casts and a deferred reply.

use ergo::Snapshot;
use ergo::etf::DecodeError;
use ergo::prelude::*;

/// Counts.
#[derive(Actor)]
#[actor(name = "counter", snapshot)]
pub struct Counter {
    value: i64,
}

/// `sys:get_state` shows the value; `sys:replace_state({counter, Node}, {state, N})` sets it.
impl Snapshot for Counter {
    fn snapshot(&self) -> Term {
        Term::from(self.value)
    }

    fn restore(&mut self, state: Term) -> Result<(), DecodeError> {
        self.value = state.to_value()?;
        Ok(())
    }
}

/// Why a number cannot be added.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum CounterError {
    /// The sum does not fit into 64 bits.
    Overflow,
}

/// The new value, or `{error, overflow}`.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[etf(untagged)]
pub enum Added {
    /// The new value.
    Value(i64),
    /// There is none.
    Failed(Result<(), CounterError>),
}

// ANCHOR: counter
#[ergo::server]
impl Counter {
    fn init(start: i64) -> Result<Self, ExitReason> {
        Ok(Counter { value: start })
    }

    /// Adds a number and gives the sum.
    #[call]
    fn add(&mut self, n: i64) -> Added {
        match self.value.checked_add(n) {
            Some(sum) => {
                self.value = sum;
                Added::Value(sum)
            }
            None => Added::Failed(Err(CounterError::Overflow)),
        }
    }

    /// The value.
    #[call]
    fn get(&self) -> i64 {
        self.value
    }

    /// The value, after so many milliseconds; others are served meanwhile.
    #[call(timeout = "60s")]
    fn slow_get(&mut self, ms: u64, reply: Reply<i64>, cx: &Context<Self>) {
        let value = self.value;
        cx.task(async move {
            tokio::time::sleep(millis(ms)).await;
            reply.send(value);
        });
    }

    /// Adds a number without an answer; one that does not fit is not added.
    #[cast(tag = "add")]
    fn add_later(&mut self, n: i64) {
        match self.value.checked_add(n) {
            Some(sum) => self.value = sum,
            None => tracing::warn!(n, "a cast would overflow the counter"),
        }
    }

    /// Starts again at 0.
    #[cast]
    fn reset(&mut self) {
        self.value = 0;
    }
}
// ANCHOR_END: counter
