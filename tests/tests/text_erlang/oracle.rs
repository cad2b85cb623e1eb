//! A node that reads and writes texts.

use bytes::Bytes;
use ergo::etf::{Term, decode};
use ergo_tests::erlang::{self, Release};

const ORACLE: &str = include_str!("text_oracle.erl");

pub(crate) struct Oracle(erlang::Oracle);

/// A term, and what Erlang prints of it in several ways.
pub(crate) type Printed = (Bytes, Vec<String>);

impl Oracle {
    pub(crate) async fn start(release: Release) -> Oracle {
        Oracle(erlang::Oracle::start(release, "text_oracle", &[ORACLE]).await)
    }

    /// The number of the release.
    pub(crate) fn release(&self) -> u32 {
        self.0.node.release()
    }

    /// The terms of texts; `None` for those that are refused.
    pub(crate) async fn read(&mut self, texts: &[String]) -> Vec<Option<Term>> {
        let answers: Vec<Term> = self.0.ask(&(Term::atom("read"), texts)).await;
        assert_eq!(answers.len(), texts.len());
        let term = |bytes: &Term| decode(bytes.as_binary()?.as_slice()).ok();
        answers.iter().map(term).collect()
    }

    /// The places of texts that are not the encoded term beside them.
    pub(crate) async fn differ(&mut self, pairs: &[(String, Bytes)]) -> Vec<usize> {
        self.0.ask(&(Term::atom("differ"), pairs)).await
    }

    /// Terms at random.
    pub(crate) async fn print(&mut self, seed: u64, count: usize) -> Vec<Printed> {
        let printed: Vec<Printed> = self.0.ask(&(Term::atom("print"), seed, count)).await;
        assert_eq!(printed.len(), count);
        printed
    }
}
