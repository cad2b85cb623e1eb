//! Scenarios: what is said on raw sockets and what must be answered, by both daemons alike.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::daemon::Daemon;
use crate::wait::{SOON, until};

/// A conversation with a fresh daemon.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) relaxed: bool,
    pub(crate) steps: Vec<Step>,
}

/// One step; connections are numbered and opened when first named.
pub(crate) enum Step {
    Say {
        on: usize,
        pieces: Vec<Vec<u8>>,
        answer: Answer,
        /// What the real daemon answers where ours is meant to differ.
        real: Option<Answer>,
    },
    /// Closes a connection and waits until the name it holds is unknown.
    Hang { on: usize, name: &'static str },
    /// The daemon has ended, or is about to.
    Ended,
}

/// Bytes, creations and descriptors masked, and whether the connection stays open after them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) bytes: Vec<u8>,
    pub(crate) open: bool,
}

impl Scenario {
    /// Runs it and gives the answers in order.
    pub(crate) fn run(&self, mut daemon: Daemon) -> Vec<Answer> {
        let address = daemon.address();
        let is_real = matches!(daemon, Daemon::Real { .. });
        let mut connections = Connections::new(address);
        let mut answers = Vec::new();
        for (number, step) in self.steps.iter().enumerate() {
            let place = format!("{}, step {number}, real {is_real}", self.name);
            match step {
                Step::Say {
                    on,
                    pieces,
                    answer,
                    real,
                } => {
                    let expect = real.as_ref().filter(|_| is_real).unwrap_or(answer);
                    let got = connections.say(*on, pieces, expect);
                    assert_eq!(got, *expect, "{place}: {}", escape(&got.bytes));
                    answers.push(got);
                }
                Step::Hang { on, name } => connections.hang(*on, name),
                Step::Ended => until(&place, || daemon.has_ended()),
            }
        }
        connections.check_open(self.name);
        answers
    }
}

fn escape(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

/// The sockets of one scenario.
struct Connections {
    address: SocketAddr,
    sockets: Vec<Option<TcpStream>>,
}

impl Connections {
    fn new(address: SocketAddr) -> Self {
        Self {
            address,
            sockets: Vec::new(),
        }
    }

    fn open(&self) -> TcpStream {
        let socket = TcpStream::connect(self.address).expect("the daemon listens");
        socket.set_read_timeout(Some(SOON)).expect("a timeout");
        socket.set_nodelay(true).expect("no delay");
        socket
    }

    fn say(&mut self, on: usize, pieces: &[Vec<u8>], expect: &Answer) -> Answer {
        if self.sockets.len() <= on {
            self.sockets.resize_with(on + 1, || None);
        }
        let mut socket = match self.sockets[on].take() {
            Some(socket) => socket,
            None => self.open(),
        };
        for piece in pieces {
            // The daemon may have closed already, which the reading shows.
            let _ = socket.write_all(piece);
        }
        let mut bytes = Vec::new();
        let mut open = false;
        if expect.open {
            let wanted = u64::try_from(expect.bytes.len()).expect("short");
            let _ = (&socket).take(wanted).read_to_end(&mut bytes);
            self.barrier();
            open = is_open(&socket);
        } else {
            let end = socket.read_to_end(&mut bytes);
            let timed_out = |error: &std::io::Error| error.kind() == ErrorKind::WouldBlock;
            open |= end.is_err_and(|error| timed_out(&error));
        }
        if open {
            self.sockets[on] = Some(socket);
        }
        let bytes = mask(bytes, self.address.port());
        Answer { bytes, open }
    }

    /// When this has been answered, what came before has been looked at.
    fn barrier(&self) {
        let mut socket = self.open();
        socket.write_all(b"\0\x01n").expect("a request");
        let _ = socket.read_to_end(&mut Vec::new());
    }

    fn hang(&mut self, on: usize, name: &str) {
        self.sockets[on] = None;
        let mut request = vec![0, u8::try_from(name.len() + 1).expect("short"), b'z'];
        request.extend(name.as_bytes());
        until("the name is free", || {
            let mut socket = self.open();
            let mut bytes = Vec::new();
            let asked = socket.write_all(&request);
            asked.is_ok() && socket.read_to_end(&mut bytes).is_ok() && bytes == [0x77, 1]
        });
    }

    fn check_open(&self, name: &str) {
        for (on, socket) in self.sockets.iter().enumerate() {
            let open = socket.as_ref().is_none_or(is_open);
            assert!(open, "{name}: connection {on} was closed later");
        }
    }
}

fn is_open(socket: &TcpStream) -> bool {
    socket.set_nonblocking(true).expect("non-blocking");
    let peeked = socket.peek(&mut [0]);
    socket.set_nonblocking(false).expect("blocking");
    peeked.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
}

/// Puts zeros for creations and the daemon's port, and `N` for descriptors.
fn mask(mut bytes: Vec<u8>, port: u16) -> Vec<u8> {
    match bytes.as_mut_slice() {
        [b'v', 0, creation @ ..] => creation.fill(0),
        [b'y', 0, high, low] => {
            assert!(*high == 0 && (1..=3).contains(low), "creation {high} {low}");
            *low = 0;
        }
        _ => {}
    }
    let Some(text) = bytes.strip_prefix(&u32::from(port).to_be_bytes()) else {
        return bytes;
    };
    let mut masked = vec![0; 4];
    let mut rest = text;
    while let Some(at) = rest.windows(5).position(|window| window == b"fd = ") {
        let (before, after) = rest.split_at(at + 5);
        masked.extend(before);
        masked.push(b'N');
        let digits = after.iter().take_while(|byte| byte.is_ascii_digit());
        rest = &after[digits.count()..];
    }
    masked.extend(rest);
    masked
}
