//! A node that answers questions about terms.

use std::ops::{Deref, DerefMut};

use bytes::Bytes;
use ergo::etf::Term;
use ergo_tests::erlang::{self, Release};

const ORACLE: &str = include_str!("etf_oracle.erl");
const GENERATOR: &str = include_str!("etf_generator.erl");

pub(crate) struct Oracle(erlang::Oracle);

impl Deref for Oracle {
    type Target = erlang::Oracle;

    fn deref(&self) -> &erlang::Oracle {
        &self.0
    }
}

impl DerefMut for Oracle {
    fn deref_mut(&mut self) -> &mut erlang::Oracle {
        &mut self.0
    }
}

impl Oracle {
    pub(crate) async fn start(release: Release) -> Oracle {
        Oracle(erlang::Oracle::start(release, "etf_oracle", &[GENERATOR, ORACLE]).await)
    }

    /// What Erlang writes for terms it was sent: as usual, and with `deterministic`.
    pub(crate) async fn echo(&mut self, terms: &[Bytes]) -> Vec<(Bytes, Bytes)> {
        self.ask(&(Term::atom("echo"), terms)).await
    }

    /// What Erlang writes for the values of expressions: as usual, and with `deterministic`.
    pub(crate) async fn evaluate(&mut self, texts: &[&str]) -> Vec<(Bytes, Bytes)> {
        self.ask(&(Term::atom("evaluate"), texts)).await
    }
}
