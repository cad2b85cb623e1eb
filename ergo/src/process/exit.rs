//! Why a process ended.

use std::fmt;
use std::sync::Arc;

use crate::etf::{Atom, Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Term};

/// Why a process ended, as its links, monitors and supervisor see it.
///
/// Any Erlang term can be an exit reason; the ones OTP gives a meaning to have a variant of their own, and
/// [`ExitReason::from`] a [`Term`] picks it, so two equal reasons are always the same variant.
///
/// Source: <https://www.erlang.org/doc/system/ref_man_processes.html#receiving-exit-signals>.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub enum ExitReason {
    /// `normal`: it returned. Linked processes that do not trap exits do not notice.
    #[default]
    Normal,
    /// `shutdown`: it was told to stop by its supervisor or by the node.
    Shutdown,
    /// `{shutdown, Term}`: a clean stop with something to say.
    ShutdownWith(Arc<Term>),
    /// `kill`: sent with `exit`, it cannot be trapped; the links of the victim see [`ExitReason::Killed`].
    Kill,
    /// `killed`: it was ended by [`ExitReason::Kill`].
    Killed,
    /// `noproc`: there was no such process.
    NoProc,
    /// `noconnection`: the connection to its node was lost or could not be made.
    NoConnection,
    /// `ignore`: returned by an `init`, the process is not started and nothing is wrong: its starter gets
    /// [`SpawnError::Ignored`](crate::SpawnError::Ignored), everybody else sees it end with `normal`. Anywhere else it
    /// is a reason like any other.
    Ignore,
    /// `{panic, Message}`: a callback panicked; the message names file and line.
    Panic(Arc<str>),
    /// Any other term.
    Term(Arc<Term>),
}

impl ExitReason {
    /// Whether a supervisor counts this as a clean stop: `normal`, `shutdown` or `{shutdown, _}`.
    ///
    /// A `transient` child that ends this way is not restarted.
    pub fn is_clean(&self) -> bool {
        matches!(
            self,
            ExitReason::Normal | ExitReason::Shutdown | ExitReason::ShutdownWith(_)
        )
    }

    /// The reason as the Erlang term that travels to other nodes.
    pub fn to_term(&self) -> Term {
        match self {
            ExitReason::Normal => Term::atom("normal"),
            ExitReason::Shutdown => Term::atom("shutdown"),
            ExitReason::ShutdownWith(term) => {
                Term::tuple([Term::atom("shutdown"), Term::clone(term)])
            }
            ExitReason::Kill => Term::atom("kill"),
            ExitReason::Killed => Term::atom("killed"),
            ExitReason::NoProc => Term::atom("noproc"),
            ExitReason::NoConnection => Term::atom("noconnection"),
            ExitReason::Ignore => Term::atom("ignore"),
            ExitReason::Panic(message) => {
                Term::tuple([Term::atom("panic"), Term::from(&**message)])
            }
            ExitReason::Term(term) => Term::clone(term),
        }
    }

    fn from_atom(atom: &Atom) -> Option<ExitReason> {
        Some(match atom.as_str() {
            "normal" => ExitReason::Normal,
            "shutdown" => ExitReason::Shutdown,
            "kill" => ExitReason::Kill,
            "killed" => ExitReason::Killed,
            "noproc" => ExitReason::NoProc,
            "noconnection" => ExitReason::NoConnection,
            "ignore" => ExitReason::Ignore,
            _ => return None,
        })
    }

    fn from_pair(tag: &Term, value: &Term) -> Option<ExitReason> {
        match tag.as_atom()? {
            "shutdown" => Some(ExitReason::ShutdownWith(Arc::new(value.clone()))),
            "panic" => {
                let text = std::str::from_utf8(value.as_binary()?).ok()?;
                Some(ExitReason::Panic(text.into()))
            }
            _ => None,
        }
    }
}

impl From<Term> for ExitReason {
    fn from(term: Term) -> Self {
        let known = match &term {
            Term::Atom(atom) => ExitReason::from_atom(atom),
            Term::Tuple(tuple) => match &tuple[..] {
                [tag, value] => ExitReason::from_pair(tag, value),
                _ => None,
            },
            _ => None,
        };
        known.unwrap_or_else(|| ExitReason::Term(Arc::new(term)))
    }
}

impl From<Atom> for ExitReason {
    fn from(atom: Atom) -> Self {
        ExitReason::from(Term::Atom(atom))
    }
}

/// The reason as an atom: `ExitReason::from("overloaded")` is `overloaded`.
///
/// A text that is too long for an atom becomes a binary.
impl From<&str> for ExitReason {
    fn from(text: &str) -> Self {
        match Atom::new(text) {
            Ok(atom) => ExitReason::from(atom),
            Err(_) => ExitReason::from(Term::from(text)),
        }
    }
}

impl fmt::Display for ExitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExitReason::Panic(message) => write!(f, "panic: {message}"),
            ExitReason::Term(term) => write!(f, "{term}"),
            other => write!(f, "{}", other.to_term()),
        }
    }
}

impl std::error::Error for ExitReason {}

impl Encode for ExitReason {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        match self {
            ExitReason::Normal => encoder.write_atom("normal"),
            ExitReason::Term(term) => term.encode(encoder),
            other => other.to_term().encode(encoder),
        }
    }
}

impl<'de> Decode<'de> for ExitReason {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        decoder.read_term().map(ExitReason::from)
    }
}
