//! A node that reads and writes texts.

use std::time::Duration;

use bytes::Bytes;
use ergo::etf::{DecodeOwned, Encode, Term, decode, encode};
use ergo_tests::deadline;
use ergo_tests::erlang::{Epmd, Node, Release};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const ORACLE: &str = include_str!("text_oracle.erl");

/// How long one answer may take on a busy machine.
const ANSWER: Duration = Duration::from_secs(120);

pub(crate) struct Oracle {
    node: Node,
    socket: TcpStream,
    _epmd: Epmd,
}

/// A term, and what Erlang prints of it in several ways.
pub(crate) type Printed = (Bytes, Vec<String>);

impl Oracle {
    pub(crate) async fn start(release: Release) -> Oracle {
        let epmd = Epmd::start().await.unwrap();
        let builder = Node::builder(release, "text", epmd.port());
        let node = builder.start().await.unwrap();
        node.load(ORACLE).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        node.eval(&format!(
            "spawn(fun() -> text_oracle:start({port}) end), ok"
        ))
        .await
        .unwrap();
        let (socket, _) = deadline(ANSWER, listener.accept()).await.unwrap();
        Oracle {
            node,
            socket,
            _epmd: epmd,
        }
    }

    /// The number of the release.
    pub(crate) fn release(&self) -> u32 {
        self.node.release()
    }

    /// The terms of texts; `None` for those that are refused.
    pub(crate) async fn read(&mut self, texts: &[String]) -> Vec<Option<Term>> {
        let answers: Vec<Term> = self.ask(&(Term::atom("read"), texts)).await;
        assert_eq!(answers.len(), texts.len());
        let term = |bytes: &Term| decode(bytes.as_binary()?.as_slice()).ok();
        answers.iter().map(term).collect()
    }

    /// The places of texts that are not the encoded term beside them.
    pub(crate) async fn differ(&mut self, pairs: &[(String, Bytes)]) -> Vec<usize> {
        self.ask(&(Term::atom("differ"), pairs)).await
    }

    /// Terms at random.
    pub(crate) async fn print(&mut self, seed: u64, count: usize) -> Vec<Printed> {
        let printed: Vec<Printed> = self.ask(&(Term::atom("print"), seed, count)).await;
        assert_eq!(printed.len(), count);
        printed
    }

    async fn ask<T: DecodeOwned>(&mut self, question: &impl Encode) -> T {
        let question = encode(question).unwrap();
        match deadline(ANSWER, self.exchange(&question)).await {
            Ok(answer) => decode(&answer).unwrap(),
            Err(error) => panic!("no answer: {error}\n{}", self.node.log()),
        }
    }

    async fn exchange(&mut self, question: &[u8]) -> std::io::Result<Vec<u8>> {
        let len = u32::try_from(question.len()).unwrap();
        self.socket.write_all(&len.to_be_bytes()).await?;
        self.socket.write_all(question).await?;
        let len = self.socket.read_u32().await?;
        let mut answer = vec![0; usize::try_from(len).unwrap()];
        self.socket.read_exact(&mut answer).await?;
        Ok(answer)
    }
}
