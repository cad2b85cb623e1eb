//! Limits of one connection: frames, fragments, what waits to be written.

use ergo::dist::{Inbound, Outbound, ProtocolViolation};
use ergo::wire::Limits;

use crate::peer::{established, frames, message};
use crate::table::{Above, Seen};

const SENDER: &str = "a@127.0.0.1";

/// More than one fragment takes.
const LONG: usize = 200_000;

/// Reads these bytes within the limits.
fn read(limits: &Limits, bytes: &[u8]) -> Result<(), ProtocolViolation> {
    let mut inbound = Inbound::new(&established().1, limits);
    inbound.handle_input(bytes);
    while inbound.poll_event()?.is_some() {}
    Ok(())
}

fn seen(limits: impl Fn(usize) -> Limits, needed: usize, bytes: &[u8], names: &[usize]) -> Seen {
    Seen {
        at_the_limit: read(&limits(needed), bytes).map_err(|error| error.to_string()),
        above: Above::of(read(&limits(needed - 1), bytes), names),
    }
}

pub(crate) fn frame_bytes() -> Seen {
    let mut outbound = Outbound::new(&established().0, &Limits::default());
    let bytes = message(&mut outbound, SENDER, 1_000);
    let needed = bytes.len() - 4;
    let limits = |frame_bytes_max| {
        let mut limits = Limits::default();
        limits.frame_bytes_max = frame_bytes_max;
        limits
    };
    seen(limits, needed, &bytes, &[needed, needed - 1])
}

pub(crate) fn message_bytes() -> Seen {
    let limits = |message_bytes_max| {
        let mut limits = Limits::default();
        limits.message_bytes_max = message_bytes_max;
        limits
    };
    let mut outbound = Outbound::new(&established().0, &Limits::default());
    let bytes = message(&mut outbound, SENDER, LONG);
    // Its length is known from the refusal by a limit that is far too small, of the last fragment that comes.
    let mut needed = 1;
    while let Err(ProtocolViolation::MessageTooLong { len, .. }) = read(&limits(needed), &bytes) {
        needed = len;
    }
    assert!(needed > LONG, "{needed}");
    seen(limits, needed, &bytes, &[needed, needed - 1])
}

/// The first fragments of this many messages.
fn first_fragments(count: usize) -> Vec<Vec<u8>> {
    let mut outbound = Outbound::new(&established().0, &Limits::default());
    (0..count)
        .map(|_| frames(&message(&mut outbound, SENDER, LONG)).swap_remove(0))
        .collect()
}

pub(crate) fn fragment_sequences() -> Seen {
    let limits = |fragment_sequences_max| {
        let mut limits = Limits::default();
        limits.fragment_sequences_max = fragment_sequences_max;
        limits
    };
    seen(limits, 4, &first_fragments(4).concat(), &[4, 3])
}

pub(crate) fn fragment_bytes() -> Seen {
    let limits = |fragment_bytes_max| {
        let mut limits = Limits::default();
        limits.fragment_bytes_max = fragment_bytes_max;
        limits
    };
    let bytes = first_fragments(3).concat();
    let mut needed = 1;
    while let Err(ProtocolViolation::TooManyFragmentBytes { len, .. }) =
        read(&limits(needed), &bytes)
    {
        needed = len;
    }
    assert!(needed > 3 * 60_000, "{needed}");
    seen(limits, needed, &bytes, &[needed, needed - 1])
}

/// It refuses nothing, but says from when on senders wait.
pub(crate) fn watermark() -> Seen {
    let busy = |watermark| {
        let mut limits = Limits::default();
        limits.outbound_watermark_bytes = watermark;
        let mut outbound = Outbound::new(&established().0, &limits);
        outbound.send_tick();
        outbound.is_busy()
    };
    // A tick has four bytes.
    let at_the_limit = if busy(5) {
        Err("busy below it".to_owned())
    } else {
        Ok(())
    };
    Seen {
        at_the_limit,
        above: Above::Counted(u64::from(busy(4))),
    }
}
