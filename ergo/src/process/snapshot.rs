//! The state of a process, for others to look at.

use crate::etf::{DecodeError, Term};

/// A form of an actor's state that others may see: `sys:get_state`, `sys:get_status` and crash reports show it.
///
/// Nothing of a state leaves its process unless the actor opts in, with this trait and `#[actor(snapshot)]`. It is asked
/// for between two messages, and once more when a callback has panicked: the state is then as the callback left it,
/// perhaps in the middle of a change.
///
/// ```
/// use ergo::prelude::*;
/// use ergo::Snapshot;
/// use ergo::etf::DecodeError;
///
/// #[derive(Actor)]
/// #[actor(snapshot)]
/// struct Counter {
///     value: i64,
/// }
///
/// impl Snapshot for Counter {
///     fn snapshot(&self) -> Term {
///         Term::from(self.value)
///     }
///
///     fn restore(&mut self, state: Term) -> Result<(), DecodeError> {
///         self.value = state.to_value()?;
///         Ok(())
///     }
/// }
/// # #[ergo::server]
/// # impl Counter {
/// #     fn init() -> Result<Self, ExitReason> {
/// #         Ok(Counter { value: 0 })
/// #     }
/// # }
/// ```
///
/// Source: `format_status` and `system_replace_state` of <https://www.erlang.org/doc/apps/stdlib/sys.html>.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no form of its state to show",
    note = "`#[actor(snapshot)]` needs an `impl Snapshot for {Self}`"
)]
pub trait Snapshot {
    /// The state as a term. It should be cheap and leave out what nobody must see.
    fn snapshot(&self) -> Term;

    /// Takes another state, from `sys:replace_state(Name, {state, New})`. Refused unless written.
    ///
    /// # Errors
    /// The term is no state of this actor; what it was stays then.
    fn restore(&mut self, state: Term) -> Result<(), DecodeError> {
        let _ = state;
        Err(DecodeError::custom("the state cannot be replaced"))
    }
}
