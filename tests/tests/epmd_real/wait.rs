//! Waiting for conditions, free ports, and whether the programs of OTP are there.

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// How long anything may take that should happen at once, with a slow machine in mind.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// Asks again until the answer is yes.
#[track_caller]
pub(crate) fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + SOON;
    while !condition() {
        assert!(Instant::now() < deadline, "not within {SOON:?}: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Asks again until there is an answer.
pub(crate) async fn eventually<T, F>(what: &str, mut question: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let deadline = Instant::now() + SOON;
    loop {
        if let Some(answer) = question().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "not within {SOON:?}: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A loopback address whose port no connection is given by chance: it lies below the ephemeral ones.
///
/// Found by connecting, not by listening: a process that another test starts at that moment would
/// have the listening socket until it has loaded its program.
pub(crate) fn free_address() -> SocketAddr {
    loop {
        let random = RandomState::new().hash_one(0) % 20_000;
        let port = 10_000 + u16::try_from(random).expect("below 20,000");
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let connected = TcpStream::connect(address);
        if connected.is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused) {
            return address;
        }
    }
}

/// Whether tests with these programs are to be run; fails when they are and a program is missing.
pub(crate) fn erlang_is_wanted(programs: &[&str]) -> bool {
    if std::env::var_os("ERGO_SKIP_ERLANG").is_some_and(|value| value == "1") {
        eprintln!("SKIPPED, ERGO_SKIP_ERLANG=1: this test needs {programs:?}");
        return false;
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    for program in programs {
        let found = std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
        assert!(
            found,
            "`{program}` of Erlang/OTP is not in PATH; install it, or set ERGO_SKIP_ERLANG=1 to skip this test"
        );
    }
    true
}
