//! One connection: two pipes, and what is on its way between them.

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::{Buf, Bytes};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf};
use tokio::sync::SetOnce;
use tokio::time::Instant;

use crate::testing::Random;
use crate::testing::network::state::Shared;

/// What a pipe takes before whoever writes has to wait, as a socket's buffer does.
const PIPE_BYTES: usize = 64 * 1024;
/// What may be on its way in one direction.
const WINDOW_BYTES: usize = 256 * 1024;

/// A connection between two nodes.
pub(super) struct Wire {
    /// Who dialled.
    pub(super) from: String,
    /// Who was dialled.
    pub(super) to: String,
    /// Set when it is to break, and when it is over.
    broken: SetOnce<()>,
    /// Bytes that may arrive in one direction or the other before it breaks; `u64::MAX` is without end.
    fuse: AtomicU64,
    /// Bytes that have arrived, in the direction of the dialling and in the other.
    arrived: [AtomicU64; 2],
}

impl Wire {
    /// Whether it is between these two, whoever dialled.
    pub(super) fn is_between(&self, one: &str, other: &str) -> bool {
        (self.from == one && self.to == other) || (self.from == other && self.to == one)
    }

    pub(super) fn touches(&self, node: &str) -> bool {
        self.from == node || self.to == node
    }

    /// Breaks it now.
    pub(super) fn cut(&self) {
        // Once is enough.
        let _ = self.broken.set(());
    }

    /// Breaks it after so many more bytes.
    pub(super) fn cut_after(&self, bytes: u64) {
        self.fuse.store(bytes, Ordering::Relaxed);
    }

    pub(super) fn is_broken(&self) -> bool {
        self.broken.get().is_some()
    }

    /// Bytes that have arrived at a node over it.
    pub(super) fn arrived_at(&self, node: &str) -> u64 {
        let [there, back] = &self.arrived;
        let arrived = if self.to == node { there } else { back };
        arrived.load(Ordering::Relaxed)
    }

    /// Takes bytes off the fuse; how many may still arrive.
    fn burn(&self, wanted: usize) -> usize {
        let left = self.fuse.load(Ordering::Relaxed);
        if left == u64::MAX {
            return wanted;
        }
        let taken = left.min(wanted as u64);
        self.fuse.store(left - taken, Ordering::Relaxed);
        usize::try_from(taken).unwrap_or(wanted)
    }
}

/// Lays a wire. The streams are those of the node that dials and of the one that is dialled.
pub(super) fn lay(shared: &Arc<Shared>, from: &str, to: &str) -> (DuplexStream, DuplexStream) {
    let (dialling, near) = tokio::io::duplex(PIPE_BYTES);
    let (dialled, far) = tokio::io::duplex(PIPE_BYTES);
    let (wire, random) = {
        let mut state = shared.state();
        let wire = Arc::new(Wire {
            from: from.to_owned(),
            to: to.to_owned(),
            broken: SetOnce::new(),
            fuse: AtomicU64::new(state.rules.take_fuse(from, to).unwrap_or(u64::MAX)),
            arrived: Default::default(),
        });
        state.wires.push(wire.clone());
        (wire, state.random.fork())
    };
    // It ends with the streams of its two ends.
    drop(tokio::spawn(carry(shared.clone(), wire, random, near, far)));
    (dialling, dialled)
}

async fn carry(
    shared: Arc<Shared>,
    wire: Arc<Wire>,
    mut random: Random,
    near: DuplexStream,
    far: DuplexStream,
) {
    let ((near_out, near_in), (far_out, far_in)) = (tokio::io::split(near), tokio::io::split(far));
    let (one, other) = (random.fork(), random.fork());
    let mut there = Way::new(&shared, &wire, true, one, near_out, far_in);
    let mut back = Way::new(&shared, &wire, false, other, far_out, near_in);
    let is_cut = tokio::select! {
        biased;
        _ = wire.broken.wait() => true,
        _ = async { tokio::join!(biased; there.run(), back.run()) } => false,
    };
    if is_cut {
        // Some of what was on its way has come through, and ends anywhere in a frame.
        there.break_off().await;
        back.break_off().await;
    }
    wire.cut();
    let mut state = shared.state();
    state.wires.retain(|laid| !Arc::ptr_eq(laid, &wire));
}

/// Something on its way.
enum Piece {
    Bytes(Bytes),
    End,
}

/// One direction of a wire.
struct Way<'a> {
    shared: &'a Shared,
    wire: &'a Wire,
    /// Whether it is the direction of the dialling.
    is_there: bool,
    random: Random,
    source: ReadHalf<DuplexStream>,
    sink: WriteHalf<DuplexStream>,
    /// In order, with the time of arrival.
    flying: VecDeque<(Instant, Piece)>,
    flying_bytes: usize,
    /// Nothing more will be sent.
    has_ended: bool,
    /// Whoever is at the end does not read any more.
    is_deaf: bool,
}

impl<'a> Way<'a> {
    fn new(
        shared: &'a Shared,
        wire: &'a Wire,
        is_there: bool,
        random: Random,
        source: ReadHalf<DuplexStream>,
        sink: WriteHalf<DuplexStream>,
    ) -> Way<'a> {
        Way {
            shared,
            wire,
            is_there,
            random,
            source,
            sink,
            flying: VecDeque::new(),
            flying_bytes: 0,
            has_ended: false,
            is_deaf: false,
        }
    }

    fn ends(&self) -> (&'a str, &'a str) {
        let (from, to) = (&self.wire.from, &self.wire.to);
        if self.is_there {
            (from, to)
        } else {
            (to, from)
        }
    }

    /// Carries until the end has arrived.
    async fn run(&mut self) {
        let (from, to) = self.ends();
        let mut buffer = Vec::new();
        loop {
            let changes = self.shared.changes();
            let rules = self.shared.rules(from, to);
            let due = self.flying.front().map(|(due, _)| *due);
            let due = due.filter(|_| !rules.stalled);
            let takes = !self.has_ended && self.flying_bytes < WINDOW_BYTES;
            let piece_max = self.random.within(rules.piece.clone()).max(1);
            buffer.resize(usize::try_from(piece_max).unwrap_or(PIPE_BYTES), 0);
            tokio::select! {
                biased;
                () = arrival(due) => {
                    if self.arrive().await {
                        return;
                    }
                }
                read = self.source.read(&mut buffer), if takes => {
                    let piece = match read {
                        Ok(read) if read > 0 => Piece::Bytes(Bytes::copy_from_slice(&buffer[..read])),
                        _ => Piece::End,
                    };
                    // As it is now: it may have changed while nothing came.
                    let delay = self.shared.rules(from, to).delay;
                    self.send(piece, &delay);
                }
                () = self.shared.changed(changes) => {}
            }
        }
    }

    /// Sends a piece on its way. It does not overtake those before it.
    fn send(&mut self, piece: Piece, delay: &RangeInclusive<Duration>) {
        let due = Instant::now() + self.random.duration(delay);
        let last = self.flying.back().map_or(due, |(last, _)| *last);
        match &piece {
            Piece::Bytes(bytes) => self.flying_bytes += bytes.len(),
            Piece::End => self.has_ended = true,
        }
        self.flying.push_back((due.max(last), piece));
    }

    /// The first piece arrives, or a part of it. True when it was the end.
    async fn arrive(&mut self) -> bool {
        let Some((_, piece)) = self.flying.front_mut() else {
            return false;
        };
        let Piece::Bytes(bytes) = piece else {
            // An end that has gone needs not be told.
            let _ = self.sink.shutdown().await;
            return true;
        };
        let allowed = self.wire.burn(bytes.len());
        if allowed < bytes.len() {
            let part = bytes.split_to(allowed);
            let _ = self.sink.write_all(&part).await;
            self.flying.clear();
            self.wire.cut();
            // The other half of the select sees it at once.
            return std::future::pending().await;
        }
        let written = match self.is_deaf {
            true => bytes.len(),
            // What is sent to an end that has gone goes nowhere, as with sockets; the sender learns it by the other way.
            false => self.sink.write(bytes).await.unwrap_or_else(|_| {
                self.is_deaf = true;
                bytes.len()
            }),
        };
        bytes.advance(written);
        let is_whole = bytes.is_empty();
        self.flying_bytes -= written;
        let [there, back] = &self.wire.arrived;
        let arrived = if self.is_there { there } else { back };
        arrived.fetch_add(written as u64, Ordering::Relaxed);
        if is_whole {
            self.flying.pop_front();
        }
        false
    }

    /// Has a part of what is on its way arrive, as far as there is room for it.
    async fn break_off(&mut self) {
        let (from, to) = self.ends();
        if self.shared.rules(from, to).stalled {
            // It is on the other side of a partition, and stays there.
            return self.flying.clear();
        }
        let mut all = Vec::new();
        for (_, piece) in self.flying.drain(..) {
            if let Piece::Bytes(bytes) = piece {
                all.extend_from_slice(&bytes);
            }
        }
        let part = self.random.within(0..=all.len() as u64);
        all.truncate(usize::try_from(part).unwrap_or_default());
        // One look: a pipe that is full takes nothing more.
        tokio::select! {
            biased;
            _ = self.sink.write(&all) => {}
            () = std::future::ready(()) => {}
        }
    }
}

async fn arrival(due: Option<Instant>) {
    match due {
        Some(due) if due <= Instant::now() => {}
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
