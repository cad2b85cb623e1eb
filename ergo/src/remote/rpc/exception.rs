//! How a function fails.

use crate::etf::Term;
use crate::process::ExitReason;

/// How a function that a peer has called fails: the three classes of Erlang's exceptions.
///
/// Source: <https://www.erlang.org/doc/system/errors.html#exceptions>.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Exception {
    /// `erlang:error(Reason)`.
    #[error("error: {0}")]
    Error(Term),
    /// `exit(Reason)`.
    #[error("exit: {0}")]
    Exit(Term),
    /// `throw(Value)`.
    #[error("throw: {0}")]
    Throw(Term),
}

impl Exception {
    /// The reason a process ends with that does not catch it: `{Reason, Stack}` for an error, `{{nocatch, Value},
    /// Stack}` for a throw.
    pub(in crate::remote) fn into_exit(self, stack: Term) -> ExitReason {
        match self {
            Exception::Exit(reason) => ExitReason::from(reason),
            Exception::Error(reason) => ExitReason::from(Term::tuple([reason, stack])),
            Exception::Throw(value) => {
                let nocatch = Term::tuple([Term::atom("nocatch"), value]);
                ExitReason::from(Term::tuple([nocatch, stack]))
            }
        }
    }
}
