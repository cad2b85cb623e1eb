//! A socket in two halves that ask for as little notice as they need.
//!
//! Whoever waits for a socket to become readable is told of each segment that comes, also while it still works on what
//! came before: a thread of the runtime is woken for nothing, and the operating system makes the sender pay for it. A
//! half that expects more at once therefore gives up its notice, looks by itself, and asks for notice again when it has
//! nothing else to do.

use std::io::{self, ErrorKind, IoSlice, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsRawFd;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};

/// The least and the most that one read is given room for. The room has to be zeroed, so it follows what comes.
const ROOM: std::ops::RangeInclusive<usize> = 4 * 1024..=256 * 1024;

/// Both halves of a socket of the runtime.
///
/// # Errors
/// The runtime cannot let go of the socket.
pub(super) fn split(stream: tokio::net::TcpStream) -> io::Result<(ReadSocket, WriteSocket)> {
    let stream = Arc::new(stream.into_std()?);
    let reader = ReadSocket {
        stream: stream.clone(),
        notice: None,
        looks: false,
        room: *ROOM.start(),
    };
    let writer = WriteSocket {
        stream,
        notice: None,
    };
    Ok((reader, writer))
}

/// The half that is read.
pub(super) struct ReadSocket {
    stream: Arc<TcpStream>,
    /// Tells when there is something to read.
    notice: Option<AsyncFd<Arc<TcpStream>>>,
    /// Whether it looks by itself: a read that finds nothing is pending, and nobody is woken.
    looks: bool,
    /// What the next read is given room for.
    room: usize,
}

impl ReadSocket {
    /// Whether reads find out by themselves what is there. They are pending then without waking anybody later.
    pub(super) fn look(&mut self, looks: bool) {
        self.looks = looks;
        if looks {
            self.notice = None;
        }
    }

    /// Reads what is there. The flag says whether that was less than there was room for.
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> io::Result<bool> {
        let wanted = self.room.min(buffer.remaining());
        let into = buffer.initialize_unfilled_to(wanted);
        let read = retry(|| (&*self.stream).read(into))?;
        buffer.advance(read);
        if read == wanted && wanted == self.room {
            self.room = self.room.saturating_mul(2).min(*ROOM.end());
        } else if read < wanted && read < self.room / 4 {
            self.room = (self.room / 2).max(*ROOM.start());
        }
        Ok(read < wanted)
    }
}

impl AsyncRead for ReadSocket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let socket = self.get_mut();
        if socket.notice.is_none() {
            match socket.read(buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                read => return Poll::Ready(read.map(drop)),
            }
            if socket.looks {
                return Poll::Pending;
            }
        }
        // Out of its place while it is used.
        let notice = match socket.notice.take() {
            Some(notice) => notice,
            None => notice(socket.stream.clone(), Interest::READABLE)?,
        };
        let read = loop {
            let mut guard = match notice.poll_read_ready(cx) {
                Poll::Ready(Ok(guard)) => guard,
                Poll::Ready(Err(error)) => break Poll::Ready(Err(error)),
                Poll::Pending => break Poll::Pending,
            };
            match socket.read(buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => guard.clear_ready(),
                Ok(is_all) => {
                    // There is nothing more, until notice comes again.
                    if is_all {
                        guard.clear_ready();
                    }
                    break Poll::Ready(Ok(()));
                }
                Err(error) => break Poll::Ready(Err(error)),
            }
        };
        socket.notice = Some(notice);
        read
    }
}

/// The half that is written. Nothing more is written once it is dropped, and the peer finds that out.
pub(super) struct WriteSocket {
    stream: Arc<TcpStream>,
    /// Tells when there is room again, from the first time there was none. By a descriptor of its own, since the other half
    /// asks for notice with the first.
    notice: Option<AsyncFd<TcpStream>>,
}

impl WriteSocket {
    fn poll_with(
        &mut self,
        cx: &mut Context<'_>,
        len: usize,
        write: impl Fn(&TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        loop {
            let Some(notice) = &self.notice else {
                match retry(|| write(&self.stream)) {
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {
                        let stream = self.stream.try_clone()?;
                        self.notice = Some(notice(stream, Interest::WRITABLE)?);
                        continue;
                    }
                    written => return Poll::Ready(written),
                }
            };
            let mut guard = ready!(notice.poll_write_ready(cx))?;
            match retry(|| write(&self.stream)) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => guard.clear_ready(),
                written => {
                    if matches!(written, Ok(written) if written < len) {
                        guard.clear_ready();
                    }
                    return Poll::Ready(written);
                }
            }
        }
    }
}

impl AsyncWrite for WriteSocket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let write = |mut stream: &TcpStream| stream.write(bytes);
        self.get_mut().poll_with(cx, bytes.len(), write)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let len = pieces.iter().map(|piece| piece.len()).sum();
        let write = |mut stream: &TcpStream| stream.write_vectored(pieces);
        self.get_mut().poll_with(cx, len, write)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.stream.shutdown(Shutdown::Write))
    }
}

impl Drop for WriteSocket {
    fn drop(&mut self) {
        // It may be closed already.
        let _ = self.stream.shutdown(Shutdown::Write);
    }
}

/// Asks for notice.
#[allow(
    deprecated,
    reason = "what is to take its place is unsafe, for types that do not keep their descriptor; a stream does"
)]
fn notice<T: AsRawFd>(stream: T, interest: Interest) -> io::Result<AsyncFd<T>> {
    AsyncFd::with_interest(stream, interest)
}

/// Again, where a signal came between.
fn retry(mut attempt: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match attempt() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    const DEADLINE: Duration = Duration::from_secs(60);

    async fn pair() -> (ReadSocket, WriteSocket, tokio::net::TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let dialled = tokio::net::TcpStream::connect(listener.local_addr().unwrap());
        let (dialled, accepted) = tokio::join!(dialled, listener.accept());
        let (reader, writer) = split(dialled.unwrap()).unwrap();
        (reader, writer, accepted.unwrap().0)
    }

    async fn in_time<T>(what: impl Future<Output = T>) -> T {
        tokio::time::timeout(DEADLINE, what).await.unwrap()
    }

    /// Whatever way of looking comes before, and however much comes, all of it is read.
    #[tokio::test]
    async fn reads_with_and_without_notice() {
        let (mut reader, _writer, mut peer) = pair().await;
        let sent: Vec<u8> = (0..3_000_000u32).map(|at| at.to_le_bytes()[0]).collect();
        let expected = sent.clone();
        let sending = tokio::spawn(async move {
            for piece in sent.chunks(70_001) {
                peer.write_all(piece).await.unwrap();
            }
        });
        let (mut read, mut looks) = (Vec::new(), false);
        in_time(async {
            loop {
                reader.look(looks);
                if looks {
                    let mut now = std::pin::pin!(reader.read_buf(&mut read));
                    let found = std::future::poll_fn(|cx| Poll::Ready(now.as_mut().poll(cx)));
                    match found.await {
                        Poll::Ready(Ok(0)) => break,
                        Poll::Ready(found) => drop(found.unwrap()),
                        Poll::Pending => {}
                    }
                } else if reader.read_buf(&mut read).await.unwrap() == 0 {
                    break;
                }
                looks = !looks;
            }
        })
        .await;
        in_time(sending).await.unwrap();
        assert!(read == expected);
    }

    /// What does not fit waits for room, and the end of the half is told.
    #[tokio::test]
    async fn writes_what_does_not_fit() {
        let (_reader, mut writer, mut peer) = pair().await;
        let sent = vec![7; 20_000_000];
        let expected = sent.len();
        let sending = tokio::spawn(async move {
            let (head, rest) = sent.split_at(1000);
            writer.write_all(head).await.unwrap();
            let mut pieces = [IoSlice::new(rest)];
            let mut left = &mut pieces[..];
            while !left.is_empty() {
                let written = writer.write_vectored(left).await.unwrap();
                IoSlice::advance_slices(&mut left, written);
            }
        });
        let mut read = Vec::new();
        in_time(peer.read_to_end(&mut read)).await.unwrap();
        in_time(sending).await.unwrap();
        assert_eq!(read.len(), expected);
    }
}
