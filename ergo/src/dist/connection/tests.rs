//! The halves of a connection against each other, against bytes of OTP, and against hostile bytes.

mod fragments;
mod golden;
mod hostile;
mod lanes;
mod pair;
mod rollback;

use super::*;
use crate::dist::control::{Control, SendError};
use crate::dist::creation::Creation;
use crate::dist::flags::Flags;
use crate::dist::handshake::Established;
use crate::dist::node_name::NodeName;
use crate::dist::violation::ProtocolViolation;
use crate::etf::{Atom, Encoded, Pid, Reference, Term};
use crate::wire::Limits;

/// What `erl_call` of OTP 25 negotiates: pass-through frames and the old operations.
const C_NODE: Flags = Flags::from_bits(0x4_0707_4f9c);

fn atom(text: &str) -> Atom {
    Atom::new(text).unwrap()
}

fn established(local: &str, peer: &str, flags: Flags) -> Established {
    Established {
        local: NodeName::parse(local).unwrap(),
        local_creation: Creation::new(7).unwrap(),
        peer: NodeName::parse(peer).unwrap(),
        peer_creation: Creation::new(9),
        flags,
        replaces: false,
    }
}

/// The sending half of `a@h` and the receiving half of `b@h`.
fn halves_with(flags: Flags, limits: &Limits) -> (Outbound, Inbound) {
    let outbound = Outbound::new(&established("a@h", "b@h", flags), limits);
    let inbound = Inbound::new(&established("b@h", "a@h", flags), limits);
    (outbound, inbound)
}

fn halves(flags: Flags) -> (Outbound, Inbound) {
    halves_with(flags, &Limits::default())
}

fn a() -> Pid {
    Pid::new(atom("a@h"), 1, 0, 7)
}

fn b() -> Pid {
    Pid::new(atom("b@h"), 2, 0, 9)
}

fn reference() -> Reference {
    Reference::new(atom("b@h"), 9, &[4, 5, 6]).unwrap()
}

fn send() -> Control {
    Control::Send {
        from: Some(a()),
        to: b(),
    }
}

/// Sends one signal with this payload.
fn push(
    outbound: &mut Outbound,
    control: &Control,
    payload: Option<&Term>,
) -> Result<(), SendError> {
    match payload {
        Some(term) => outbound.send(
            control,
            Payload::Encode(&mut |encoder| encoder.write_term(term)),
        ),
        None => outbound.send(control, Payload::None),
    }
}

fn transmit(outbound: &mut Outbound) -> Vec<u8> {
    let (mut all, mut batch) = (Vec::new(), Transmit::default());
    while outbound.pending_bytes() > 0 {
        outbound.take_transmit(&mut batch);
        all.extend(batch.to_vec());
    }
    all
}

/// Everything that is in the receiving half, decoded.
fn drain(inbound: &mut Inbound) -> Result<Vec<(Control, Option<Term>)>, ProtocolViolation> {
    let mut found = Vec::new();
    while let Some(event) = inbound.poll_event()? {
        if let Event::Signal { control, payload } = event {
            found.push((control, payload.map(|payload| payload.to_term().unwrap())));
        }
    }
    Ok(found)
}

fn receive(
    inbound: &mut Inbound,
    bytes: &[u8],
) -> Result<Vec<(Control, Option<Term>)>, ProtocolViolation> {
    inbound.handle_input(bytes);
    drain(inbound)
}

/// The lengths of the frames in a stream.
fn frame_lengths(mut stream: &[u8]) -> Vec<usize> {
    let mut lengths = Vec::new();
    while let Some((length, rest)) = stream.split_first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        lengths.push(length);
        stream = &rest[length..];
    }
    lengths
}

fn frame(content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap();
    [&length.to_be_bytes()[..], content].concat()
}
