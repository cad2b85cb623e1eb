//! When to read next, and when to wait until woken.
//!
//! To be woken for what comes in small portions costs more than all else, and the sender pays for a part of it. Where much
//! is known to come, a connection therefore looks by itself:
//!
//! - After much has come it lets others run and looks whether more has, a few times, before it waits.
//! - Where little comes very often, and nothing goes back that somebody could wait for, it lets a millisecond of it gather,
//!   as network drivers do.
//!
//! Both end by themselves as soon as they are in vain.

use std::io;
use std::time::{Duration, Instant};

use tokio::io::AsyncReadExt;

use crate::dist::Inbound;
use crate::net::driver::Endpoint;
use crate::net::transport::Reader;

/// A read that finds less was not worth it.
const PORTION_BYTES: usize = 4 * 1024;

/// So often it is looked at most before a read waits, less one.
const LOOKS_MAX: u32 = 16;

/// At most so many reads go by without a look after looks that were in vain.
const LEFT_OUT_MAX: u32 = 64;

/// So many small portions are counted.
const WINDOW_READS: u32 = 32;

/// When they come within this time, they are gathered.
const WINDOW_TIME: Duration = Duration::from_millis(1);

/// For how long what comes is gathered: as short as timers are.
const GATHER_TIME: Duration = Duration::from_millis(1);

/// What is known of how the bytes of a connection come.
#[derive(Default)]
pub(super) struct Looking {
    /// For how many reads not to look.
    left_out: u32,
    /// How many were left out last.
    last: u32,
    /// How often to look, less one.
    more: u32,
    /// Small portions since the window began.
    small: u32,
    window: Option<Window>,
    /// Bytes since the last pause, while they are gathered.
    gathered: Option<usize>,
}

/// When counting began, and what had been sent until then.
struct Window {
    begun: Instant,
    sent: u64,
}

impl Looking {
    /// Reads the next portion.
    pub(super) async fn read(
        &mut self,
        reader: &mut Reader,
        inbound: &mut Inbound,
        endpoint: &impl Endpoint,
    ) -> io::Result<usize> {
        if !reader.can_look() {
            return reader.read_buf(&mut inbound.read_room()).await;
        }
        if self.gathered.is_some()
            && let Some(read) = self.gather(reader, inbound, endpoint).await
        {
            return read;
        }
        let read = self.look(reader, inbound).await?;
        self.count(read, endpoint);
        Ok(read)
    }

    /// Looks a few times, where that is worth it, and waits else.
    async fn look(&mut self, reader: &mut Reader, inbound: &mut Inbound) -> io::Result<usize> {
        if self.left_out > 0 {
            self.left_out -= 1;
            return reader.read_buf(&mut inbound.read_room()).await;
        }
        for look in 0..=self.more {
            tokio::task::yield_now().await;
            let Some(read) = reader.look(&mut inbound.read_room()).await else {
                continue;
            };
            if matches!(read, Ok(bytes) if bytes >= PORTION_BYTES) {
                self.last = 0;
                self.more = look.saturating_mul(2).clamp(1, LOOKS_MAX);
            } else {
                self.leave_out();
            }
            return read;
        }
        self.leave_out();
        reader.read_buf(&mut inbound.read_room()).await
    }

    fn leave_out(&mut self) {
        self.more = 0;
        self.last = self.last.saturating_mul(2).clamp(1, LEFT_OUT_MAX);
        self.left_out = self.last;
    }

    /// Begins to gather when small portions come fast and nothing is sent meanwhile.
    fn count(&mut self, read: usize, endpoint: &impl Endpoint) {
        if read >= PORTION_BYTES {
            self.window = None;
            return;
        }
        self.small = self.small.saturating_add(1);
        if self.small < WINDOW_READS && self.window.is_some() {
            return;
        }
        let now = Window {
            begun: Instant::now(),
            sent: endpoint.sent().0,
        };
        let is_fast = self.window.as_ref().is_some_and(|window| {
            now.sent == window.sent && now.begun.duration_since(window.begun) <= WINDOW_TIME
        });
        self.gathered = is_fast.then_some(PORTION_BYTES);
        self.small = 0;
        self.window = Some(now);
    }

    /// Takes what is there, and then lets more gather. Nothing, once that is in vain.
    async fn gather(
        &mut self,
        reader: &mut Reader,
        inbound: &mut Inbound,
        endpoint: &impl Endpoint,
    ) -> Option<io::Result<usize>> {
        // Others first: what has come is theirs.
        tokio::task::yield_now().await;
        loop {
            if let Some(read) = reader.look(&mut inbound.read_room()).await {
                let bytes = read.as_ref().copied().unwrap_or_default();
                self.gathered = self.gathered.map(|before| before.saturating_add(bytes));
                return Some(read);
            }
            let gathered = self.gathered.take().unwrap_or_default();
            let sent = endpoint.sent().0;
            let nothing_sent = self
                .window
                .as_ref()
                .is_some_and(|window| window.sent == sent);
            if gathered < PORTION_BYTES || !nothing_sent {
                self.window = None;
                return None;
            }
            tokio::time::sleep(GATHER_TIME).await;
            self.gathered = Some(0);
        }
    }
}
