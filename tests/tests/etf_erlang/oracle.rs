//! A node that answers questions about terms.

use bytes::Bytes;
use ergo::etf::{DecodeOwned, Encode, Term, decode, encode};
use ergo_tests::deadline;
use ergo_tests::erlang::{Epmd, Node, Release};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const ORACLE: &str = include_str!("etf_oracle.erl");
const GENERATOR: &str = include_str!("etf_generator.erl");

/// How long one answer may take on a busy machine.
const ANSWER: Duration = Duration::from_secs(120);

pub(crate) struct Oracle {
    pub(crate) node: Node,
    socket: TcpStream,
    _epmd: Epmd,
}

impl Oracle {
    pub(crate) async fn start(release: Release) -> Oracle {
        let epmd = Epmd::start().await.unwrap();
        let node = Node::builder(release, "oracle", epmd.port())
            .start()
            .await
            .unwrap();
        node.load(GENERATOR).await.unwrap();
        node.load(ORACLE).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        node.eval(&format!("spawn(fun() -> etf_oracle:start({port}) end), ok"))
            .await
            .unwrap();
        let (socket, _) = deadline(ANSWER, listener.accept()).await.unwrap();
        Oracle {
            node,
            socket,
            _epmd: epmd,
        }
    }

    /// One question, encoded and its answer decoded by ergo.
    pub(crate) async fn ask<T: DecodeOwned>(&mut self, question: &impl Encode) -> T {
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

    /// What Erlang writes for terms it was sent: as usual, and with `deterministic`.
    pub(crate) async fn echo(&mut self, terms: &[Bytes]) -> Vec<(Bytes, Bytes)> {
        self.ask(&(Term::atom("echo"), terms)).await
    }

    /// What Erlang writes for the values of expressions: as usual, and with `deterministic`.
    pub(crate) async fn evaluate(&mut self, texts: &[&str]) -> Vec<(Bytes, Bytes)> {
        self.ask(&(Term::atom("evaluate"), texts)).await
    }
}
