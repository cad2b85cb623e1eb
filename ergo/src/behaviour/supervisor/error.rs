//! What can go wrong when children are asked for.

use crate::etf::{Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Pid, Term};
use crate::process::{CallError, ExitReason};

/// Why a supervisor did not do what it was asked to do with a child.
///
/// Source: the return values at <https://www.erlang.org/doc/apps/stdlib/supervisor.html>.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ChildError {
    /// `not_found`: it has no such child.
    #[error("the supervisor has no such child")]
    NotFound,
    /// `running`: the child runs.
    #[error("the child runs")]
    Running,
    /// `restarting`: the child is about to be started again.
    #[error("the child is about to be restarted")]
    Restarting,
    /// `already_present`: there is a child with this id, which does not run.
    #[error("the supervisor has a child with this id, which does not run")]
    AlreadyPresent,
    /// `{already_started, Pid}`: there is a child with this id, which runs, or the name of the new child is taken.
    #[error("already started: {0}")]
    AlreadyStarted(Pid),
    /// `simple_one_for_one`: children of a template are named by their pid, and are neither restarted nor deleted by
    /// request. Also: a specification was given where a template starts all children.
    #[error("not for a simple_one_for_one supervisor")]
    SimpleOneForOne,
    /// The specification is not one, in OTP's words: `{invalid_child_spec, Spec}`, `{bad_combination, Why}`,
    /// `{unknown_template, Name}` and others.
    #[error("{0}")]
    BadSpec(Term),
    /// The child said `ignore`; the supervisor keeps it without a pid, unless it is temporary or of a template. In
    /// Erlang this is `{ok, undefined}`.
    #[error("init said ignore")]
    Ignored,
    /// The child did not start, for this reason.
    #[error("the child did not start: {0}")]
    Failed(ExitReason),
    /// The supervisor could not be asked.
    #[error("the supervisor did not answer")]
    Call(#[from] CallError),
}

/// The atoms that are errors by themselves.
const WORDS: [(&str, ChildError); 5] = [
    ("not_found", ChildError::NotFound),
    ("running", ChildError::Running),
    ("restarting", ChildError::Restarting),
    ("already_present", ChildError::AlreadyPresent),
    ("simple_one_for_one", ChildError::SimpleOneForOne),
];

/// What OTP's checks of a specification say, and ours.
const BAD_SPEC: [&str; 11] = [
    "invalid_child_spec",
    "invalid_mfa",
    "invalid_restart_type",
    "invalid_significant",
    "invalid_child_type",
    "invalid_shutdown",
    "invalid_modules",
    "invalid_module",
    "bad_combination",
    "duplicate_child_name",
    "unknown_template",
];

impl ChildError {
    /// The term behind `error`. What never travels has none of OTP's, and is its text.
    pub(super) fn to_term(&self) -> Term {
        let word = WORDS.iter().find(|(_, error)| error == self);
        match self {
            _ if let Some((word, _)) = word => Term::atom(word),
            ChildError::AlreadyStarted(pid) => {
                Term::tuple([Term::atom("already_started"), Term::from(pid)])
            }
            ChildError::BadSpec(term) => term.clone(),
            ChildError::Failed(reason) => reason.to_term(),
            other => Term::from(other.to_string()),
        }
    }

    fn from_term(term: Term) -> ChildError {
        if let Some(word) = term.as_atom() {
            if let Some((_, error)) = WORDS.iter().find(|(known, _)| *known == word) {
                return error.clone();
            }
            return match word {
                "missing_id" | "missing_start" => ChildError::BadSpec(term),
                _ => ChildError::Failed(ExitReason::from(term)),
            };
        }
        match term.as_tuple() {
            Some([tag, Term::Pid(pid)]) if tag.as_atom() == Some("already_started") => {
                ChildError::AlreadyStarted(Pid::clone(pid))
            }
            Some([tag, _]) if tag.as_atom().is_some_and(|tag| BAD_SPEC.contains(&tag)) => {
                ChildError::BadSpec(term)
            }
            // A start that failed comes with the record of the child.
            Some([reason, child]) if is_record(child) => {
                ChildError::Failed(ExitReason::from(reason.clone()))
            }
            _ => ChildError::Failed(ExitReason::from(term)),
        }
    }
}

fn is_record(term: &Term) -> bool {
    let tag = term.as_tuple().and_then(|fields| fields.first());
    tag.and_then(Term::as_atom) == Some("child")
}

impl Encode for ChildError {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.to_term().encode(encoder)
    }
}

impl<'de> Decode<'de> for ChildError {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        decoder.read_term().map(ChildError::from_term)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::etf::{decode, encode};

    #[test]
    fn errors_have_the_shapes_of_otp() {
        let pid = Pid::new(crate::etf::Atom::from_static("n@h"), 7, 0, 1);
        let tagged = |tag: &'static str| Term::tuple([Term::atom(tag), Term::atom("x")]);
        let rows = [
            (ChildError::NotFound, "not_found"),
            (ChildError::Running, "running"),
            (ChildError::Restarting, "restarting"),
            (ChildError::AlreadyPresent, "already_present"),
            (ChildError::SimpleOneForOne, "simple_one_for_one"),
            (ChildError::BadSpec(Term::atom("missing_id")), "missing_id"),
            (
                ChildError::BadSpec(tagged("invalid_mfa")),
                "{invalid_mfa,x}",
            ),
            (ChildError::Failed(ExitReason::from("boom")), "boom"),
        ];
        for (error, text) in rows {
            assert_eq!(error.to_term().to_string(), text);
            let bytes = encode(&error).unwrap();
            assert_eq!(decode::<ChildError>(&bytes).unwrap(), error);
        }
        let error = ChildError::AlreadyStarted(pid);
        assert_eq!(
            decode::<ChildError>(&encode(&error).unwrap()).unwrap(),
            error
        );
        let record = Term::tuple([
            Term::atom("boom"),
            Term::tuple([Term::atom("child"), Term::atom("undefined")]),
        ]);
        assert_eq!(
            ChildError::from_term(record),
            ChildError::Failed(ExitReason::from("boom"))
        );
    }
}
