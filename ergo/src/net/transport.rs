//! What carries the bytes of a connection.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::BufMut;
#[cfg(unix)]
use tokio::io::AsyncReadExt;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

#[cfg(unix)]
use crate::net::socket::{self, ReadSocket, WriteSocket};

#[cfg(not(unix))]
use tokio::net::tcp::{OwnedReadHalf as ReadSocket, OwnedWriteHalf as WriteSocket};

/// Bytes in both directions, each in order: what a connection needs of anything that is not TCP.
pub trait ByteStream: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> ByteStream for T {}

/// The stream of a connection. TCP has a variant of its own, so that its bytes go through no pointer to a trait.
pub enum Stream {
    /// A socket.
    Tcp(TcpStream),
    /// TLS over one of the others.
    #[cfg(feature = "tls")]
    Tls(Box<tokio_rustls::TlsStream<Stream>>),
    /// Anything else.
    Other(Box<dyn ByteStream>),
}

impl Stream {
    /// A stream over something else than TCP.
    pub fn other(stream: impl ByteStream) -> Stream {
        Stream::Other(Box::new(stream))
    }

    /// Where it leads to, as far as that is known.
    pub fn peer_address(&self) -> Option<SocketAddr> {
        match self {
            Stream::Tcp(stream) => stream.peer_addr().ok(),
            #[cfg(feature = "tls")]
            Stream::Tls(stream) => stream.get_ref().0.peer_address(),
            Stream::Other(_) => None,
        }
    }

    /// Whether what goes over it is encrypted.
    pub fn is_encrypted(&self) -> bool {
        match self {
            #[cfg(feature = "tls")]
            Stream::Tls(_) => true,
            _ => false,
        }
    }

    /// One half to read and one to write, for two tasks.
    ///
    /// # Errors
    /// The runtime cannot let go of the socket.
    pub(super) fn split(self) -> io::Result<(Reader, Writer)> {
        Ok(match self {
            #[cfg(unix)]
            Stream::Tcp(stream) => {
                let (reader, writer) = socket::split(stream)?;
                (Reader::Tcp(reader), Writer::Tcp(writer))
            }
            #[cfg(not(unix))]
            Stream::Tcp(stream) => {
                let (reader, writer) = stream.into_split();
                (Reader::Tcp(reader), Writer::Tcp(writer))
            }
            #[cfg(feature = "tls")]
            Stream::Tls(stream) => split_other(stream),
            Stream::Other(stream) => split_other(stream),
        })
    }
}

fn split_other(stream: Box<dyn ByteStream>) -> (Reader, Writer) {
    let (reader, writer) = tokio::io::split(stream);
    (Reader::Other(reader), Writer::Other(writer))
}

impl From<TcpStream> for Stream {
    fn from(stream: TcpStream) -> Self {
        Stream::Tcp(stream)
    }
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Stream::Tcp(stream) => stream.fmt(f),
            #[cfg(feature = "tls")]
            Stream::Tls(_) => f.write_str("Tls"),
            Stream::Other(_) => f.write_str("Other"),
        }
    }
}

/// The half of a stream that is read.
pub(super) enum Reader {
    Tcp(ReadSocket),
    Other(tokio::io::ReadHalf<Box<dyn ByteStream>>),
}

impl Reader {
    /// Reads what is there, and is `None` when nothing is. From now on nobody is woken for what comes, until there is a
    /// read that waits.
    #[cfg(unix)]
    pub(super) async fn look(&mut self, room: &mut impl BufMut) -> Option<io::Result<usize>> {
        let Reader::Tcp(socket) = self else {
            return None;
        };
        socket.look(true);
        let looked = {
            let mut read = std::pin::pin!(socket.read_buf(room));
            let look = std::future::poll_fn(|cx| Poll::Ready(read.as_mut().poll(cx)));
            look.await
        };
        socket.look(false);
        match looked {
            Poll::Ready(read) => Some(read),
            Poll::Pending => None,
        }
    }

    /// Whether [`Reader::look`] finds anything.
    pub(super) fn can_look(&self) -> bool {
        cfg!(unix) && matches!(self, Reader::Tcp(_))
    }

    /// Nobody can look here.
    #[cfg(not(unix))]
    pub(super) async fn look(&mut self, _: &mut impl BufMut) -> Option<io::Result<usize>> {
        None
    }
}

/// The half of a stream that is written.
pub(super) enum Writer {
    Tcp(WriteSocket),
    Other(tokio::io::WriteHalf<Box<dyn ByteStream>>),
}

macro_rules! read {
    ($kind:ident$(, $tls:ident)?) => {
        impl AsyncRead for $kind {
            #[inline]
            fn poll_read(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buffer: &mut ReadBuf<'_>,
            ) -> Poll<io::Result<()>> {
                match self.get_mut() {
                    $kind::Tcp(stream) => Pin::new(stream).poll_read(cx, buffer),
                    $(
                        #[cfg(feature = "tls")]
                        $kind::$tls(stream) => Pin::new(stream).poll_read(cx, buffer),
                    )?
                    $kind::Other(stream) => Pin::new(stream).poll_read(cx, buffer),
                }
            }
        }
    };
}

macro_rules! write {
    ($kind:ident$(, $tls:ident)?) => {
        impl AsyncWrite for $kind {
            #[inline]
            fn poll_write(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                bytes: &[u8],
            ) -> Poll<io::Result<usize>> {
                match self.get_mut() {
                    $kind::Tcp(stream) => Pin::new(stream).poll_write(cx, bytes),
                    $(
                        #[cfg(feature = "tls")]
                        $kind::$tls(stream) => Pin::new(stream).poll_write(cx, bytes),
                    )?
                    $kind::Other(stream) => Pin::new(stream).poll_write(cx, bytes),
                }
            }

            #[inline]
            fn poll_write_vectored(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                pieces: &[IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                match self.get_mut() {
                    $kind::Tcp(stream) => Pin::new(stream).poll_write_vectored(cx, pieces),
                    $(
                        #[cfg(feature = "tls")]
                        $kind::$tls(stream) => Pin::new(stream).poll_write_vectored(cx, pieces),
                    )?
                    $kind::Other(stream) => Pin::new(stream).poll_write_vectored(cx, pieces),
                }
            }

            fn is_write_vectored(&self) -> bool {
                match self {
                    $kind::Tcp(stream) => stream.is_write_vectored(),
                    $(
                        #[cfg(feature = "tls")]
                        $kind::$tls(stream) => stream.is_write_vectored(),
                    )?
                    $kind::Other(stream) => stream.is_write_vectored(),
                }
            }

            fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                match self.get_mut() {
                    $kind::Tcp(stream) => Pin::new(stream).poll_flush(cx),
                    $(
                        #[cfg(feature = "tls")]
                        $kind::$tls(stream) => Pin::new(stream).poll_flush(cx),
                    )?
                    $kind::Other(stream) => Pin::new(stream).poll_flush(cx),
                }
            }

            fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                match self.get_mut() {
                    $kind::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
                    $(
                        #[cfg(feature = "tls")]
                        $kind::$tls(stream) => Pin::new(stream).poll_shutdown(cx),
                    )?
                    $kind::Other(stream) => Pin::new(stream).poll_shutdown(cx),
                }
            }
        }
    };
}

read!(Stream, Tls);
read!(Reader);
write!(Stream, Tls);
write!(Writer);
