//! A node that answers questions: terms in the bytes of the codec, over a socket of their own.

use std::time::Duration;

use ergo::etf::{DecodeOwned, Encode, decode, encode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::deadline;
use crate::erlang::{Epmd, Node, Release};

/// How long one answer may take on a busy machine.
const ANSWER: Duration = Duration::from_secs(120);

/// An Erlang node and a socket to a module on it that answers questions.
///
/// `Module:start(Port)` connects to the port with `{packet, 4}`, reads a term in the External Term Format and writes
/// one, until the socket is closed.
pub struct Oracle {
    /// The node.
    pub node: Node,
    socket: TcpStream,
    _epmd: Epmd,
}

impl Oracle {
    /// Starts a node, loads the texts of modules, of which the last is `module`, and connects to it.
    pub async fn start(release: Release, module: &str, texts: &[&str]) -> Oracle {
        let epmd = Epmd::start().await.unwrap();
        let node = Node::builder(release, "oracle", epmd.port());
        let node = node.start().await.unwrap();
        for text in texts {
            node.load(text).await.unwrap();
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        node.eval(&format!("spawn(fun() -> {module}:start({port}) end), ok"))
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
    pub async fn ask<T: DecodeOwned>(&mut self, question: &impl Encode) -> T {
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
