//! Long messages on their way: cut into fragments, which take turns.
//!
//! A sender has a lane while a long message of it is on its way, and what it sends meanwhile waits in the lane, so that
//! its signals keep their order. The signals of all others go past. This is what OTP does, where the sender of a long
//! message is suspended until all of its fragments are in the queue.
//!
//! The first fragment of a message has the header, whose place among the frames of the connection cannot change: it
//! goes out at once. What waits in a lane is therefore encoded without the atom cache.

use std::collections::VecDeque;

use bytes::Bytes;

use super::framing::{FIRST_FRAGMENT, FRAGMENT, VERSION};
use super::transmit::Transmit;
use crate::dist::control::{Control, Monitored};
use crate::dist::fragment::FRAGMENT_BYTES;
use crate::etf::{Parts, Pid};
use crate::wire::writer::{put_u32, put_u64};

/// How many bytes of long messages are handed out at a time: what is sent meanwhile comes after them.
const TURN_BYTES: usize = 256 * 1024;

/// How many long messages are in progress at once: far fewer than a receiver puts together.
const STARTED_MAX: usize = 16;

/// Whose order is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    /// A process of this node, by the numbers of its pid.
    Process(u32, u32),
    /// The control message does not say: it could be anybody.
    Unknown,
}

impl Sender {
    /// Who sends this.
    pub(super) fn of(control: &Control) -> Sender {
        let pid = match control {
            Control::Link { from, .. }
            | Control::Unlink { from, .. }
            | Control::UnlinkId { from, .. }
            | Control::UnlinkIdAck { from, .. }
            | Control::RegSend { from, .. }
            | Control::AliasSend { from, .. }
            | Control::Exit { from, .. }
            | Control::Exit2 { from, .. }
            | Control::MonitorP { from, .. }
            | Control::DemonitorP { from, .. }
            | Control::AltactSigSend { from, .. } => Some(from),
            Control::Send { from, .. } => from.as_ref(),
            Control::MonitorPExit {
                from: Monitored::Pid(from),
                ..
            } => Some(from),
            Control::SpawnRequest(request) => Some(&request.from),
            // The signals of the new process come after it.
            Control::SpawnReply(reply) => reply.result.as_ref().ok(),
            #[allow(unreachable_patterns, reason = "more kinds may come")]
            Control::MonitorPExit { .. } | Control::GroupLeader { .. } | _ => None,
        };
        pid.map_or(Sender::Unknown, Sender::process)
    }

    fn process(pid: &Pid) -> Sender {
        Sender::Process(pid.id(), pid.serial())
    }
}

/// A message that is cut into fragments.
#[derive(Debug)]
pub(super) struct Long {
    sequence: u64,
    /// The atoms, in the first fragment.
    header: Option<Vec<u8>>,
    /// The id of the next fragment: how many are left.
    left: u64,
    body: VecDeque<Bytes>,
    body_len: usize,
    /// The length of all of it.
    len: usize,
    /// Whether its first fragment has been handed out, or is about to be.
    has_started: bool,
}

impl Long {
    /// A message of these bytes, into which `parts` belong at places counted from `origin`.
    pub(super) fn new(
        sequence: u64,
        header: Vec<u8>,
        body: Vec<u8>,
        parts: &mut Parts,
        origin: usize,
    ) -> Long {
        let body_len = body.len().saturating_add(parts.len_bytes());
        let mut own = Bytes::from(body);
        let mut pieces = VecDeque::new();
        let mut from = origin;
        for (at, part) in parts.drain() {
            let before = own.split_to(at.saturating_sub(from).min(own.len()));
            from = at;
            pieces.extend([before, part]);
        }
        pieces.push_back(own);
        let count = body_len.div_ceil(FRAGMENT_BYTES);
        Long {
            sequence,
            header: Some(header),
            left: u64::try_from(count).unwrap_or(u64::MAX),
            body: pieces,
            body_len,
            len: body_len,
            has_started: false,
        }
    }

    /// It counts as one in progress.
    pub(super) fn started(mut self) -> Long {
        self.has_started = true;
        self
    }

    /// Appends the next fragment.
    pub(super) fn fragment(&mut self, out: &mut Transmit) {
        let len = self.body_len.min(FRAGMENT_BYTES);
        let header = self.header.take();
        let atoms = header.as_ref().map_or(0, Vec::len);
        let kind = match header {
            Some(_) => FIRST_FRAGMENT,
            None => FRAGMENT,
        };
        // At most a fragment and the most atoms that a header lists.
        let length = u32::try_from(2 + 8 + 8 + atoms + len).unwrap_or(u32::MAX);
        put_u32(&mut out.bytes, length);
        out.bytes.extend_from_slice(&[VERSION, kind]);
        put_u64(&mut out.bytes, self.sequence);
        put_u64(&mut out.bytes, self.left);
        out.bytes.extend_from_slice(&header.unwrap_or_default());
        self.left = self.left.saturating_sub(1);
        self.body_len = self.body_len.saturating_sub(len);
        let mut wanted = len;
        while wanted > 0
            && let Some(piece) = self.body.front_mut()
        {
            let taken = piece.split_to(wanted.min(piece.len()));
            wanted = wanted.saturating_sub(taken.len());
            if piece.is_empty() {
                self.body.pop_front();
            }
            out.push(taken);
        }
    }

    pub(super) fn is_done(&self) -> bool {
        self.left == 0
    }
}

/// What waits in a lane.
#[derive(Debug)]
pub(super) enum Waiting {
    Long(Long),
    Frames(Transmit),
}

impl Waiting {
    fn len(&self) -> usize {
        match self {
            Waiting::Long(long) => long.body_len,
            Waiting::Frames(frames) => frames.len(),
        }
    }
}

#[derive(Debug)]
struct Lane {
    sender: Sender,
    waiting: VecDeque<Waiting>,
}

/// The senders of long messages.
#[derive(Debug)]
pub(super) struct Lanes {
    lanes: VecDeque<Lane>,
    /// About how many bytes are in all of them.
    bytes: usize,
    /// How many messages are in progress, and the lengths of all of them.
    started: usize,
    started_bytes: usize,
    started_bytes_max: usize,
    /// Whose message starts next, because it did not fit beside those in progress.
    next: Option<Sender>,
}

impl Lanes {
    /// For a peer that puts no more than `fragment_bytes_max` together: half of that is in progress at once, or one message.
    pub(super) fn new(fragment_bytes_max: usize) -> Lanes {
        Lanes {
            lanes: VecDeque::new(),
            bytes: 0,
            started: 0,
            started_bytes: 0,
            started_bytes_max: fragment_bytes_max / 2,
            next: None,
        }
    }

    /// Counts a message as one in progress, if it may be one.
    pub(super) fn start(&mut self, sender: Sender, len: usize) -> bool {
        let bytes = self.started_bytes.saturating_add(len);
        let fits = self.started < STARTED_MAX && bytes <= self.started_bytes_max;
        let is_next = self.next.is_none_or(|next| next == sender);
        if !is_next || (self.started > 0 && !fits) {
            return false;
        }
        self.next = None;
        self.started = self.started.saturating_add(1);
        self.started_bytes = bytes;
        true
    }

    fn end(&mut self, len: usize) {
        self.started = self.started.saturating_sub(1);
        self.started_bytes = self.started_bytes.saturating_sub(len);
    }

    /// Whether a lane has something to hand out now.
    fn may_go_on(&mut self, lane: &mut Lane) -> bool {
        // Whoever comes before a signal of an unknown sender comes out before it.
        if lane.sender == Sender::Unknown && !self.lanes.is_empty() {
            return false;
        }
        let Some(Waiting::Long(long)) = lane.waiting.front_mut() else {
            return true;
        };
        if !long.has_started {
            long.has_started = self.start(lane.sender, long.len);
            if !long.has_started {
                self.next.get_or_insert(lane.sender);
            }
        }
        long.has_started
    }

    /// Whether a signal of this sender has to wait.
    pub(super) fn hold(&self, sender: Sender) -> bool {
        !self.lanes.is_empty() && (sender == Sender::Unknown || self.place(sender).is_some())
    }

    /// About how many bytes wait.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Appends to the lane of a sender, which is made when there is none.
    pub(super) fn push(&mut self, sender: Sender, waiting: Waiting) {
        self.bytes = self.bytes.saturating_add(waiting.len());
        let lane = self.place(sender).and_then(|at| self.lanes.get_mut(at));
        match (lane, waiting) {
            (Some(lane), Waiting::Frames(frames)) => match lane.waiting.back_mut() {
                Some(Waiting::Frames(before)) => before.append(frames),
                _ => lane.waiting.push_back(Waiting::Frames(frames)),
            },
            (Some(lane), waiting) => lane.waiting.push_back(waiting),
            (None, waiting) => self.lanes.push_back(Lane {
                sender,
                waiting: VecDeque::from([waiting]),
            }),
        }
    }

    /// The lanes take turns until enough has been handed out.
    pub(super) fn hand_out(&mut self, out: &mut Transmit) {
        let (mut handed, mut skipped): (usize, usize) = (0, 0);
        while handed < TURN_BYTES
            && skipped < self.lanes.len()
            && let Some(mut lane) = self.lanes.pop_front()
        {
            if self.may_go_on(&mut lane) {
                skipped = 0;
                let taken = self.hand_out_of(&mut lane, out);
                handed = handed.saturating_add(taken);
                self.bytes = self.bytes.saturating_sub(taken);
            } else {
                skipped = skipped.saturating_add(1);
            }
            if !lane.waiting.is_empty() {
                self.lanes.push_back(lane);
            }
        }
    }

    /// Hands out one fragment of a lane, or the frames at its front; returns how many bytes it has less.
    fn hand_out_of(&mut self, lane: &mut Lane, out: &mut Transmit) -> usize {
        match lane.waiting.pop_front() {
            Some(Waiting::Long(mut long)) => {
                let before = long.body_len;
                long.fragment(out);
                let taken = before.saturating_sub(long.body_len);
                if long.is_done() {
                    self.end(long.len);
                } else {
                    lane.waiting.push_front(Waiting::Long(long));
                }
                taken
            }
            Some(Waiting::Frames(frames)) => {
                let taken = frames.len();
                out.append(frames);
                taken
            }
            None => 0,
        }
    }

    /// The lane that the signals of a sender go to. Nothing goes past a signal of an unknown sender.
    fn place(&self, sender: Sender) -> Option<usize> {
        let of = |sender| self.lanes.iter().position(|lane| lane.sender == sender);
        of(Sender::Unknown).or_else(|| of(sender))
    }
}
