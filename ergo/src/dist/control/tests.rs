//! Every operation in both directions, by what was negotiated, and what is refused.

mod read;
mod write;

use super::*;
use crate::dist::flags::Flags;
use crate::etf::{Atom, Decoder, Encoder, Pid, Reference, Term};

/// What `erl_call` of OTP 25 negotiates: the old operations only.
const C_NODE: Flags = Flags::from_bits(0x4_0707_4f9c);
/// What two nodes of OTP 25 to 27 negotiate.
const OTP_25: Flags = Flags::from_bits(0x0d_07df_7fbd);
/// What two OTP 29 nodes negotiate.
const OTP_29: Flags = Flags::from_bits(0x6d_07df_7fbd);

fn atom(text: &str) -> Atom {
    Atom::new(text).unwrap()
}

/// A process of the sending node.
fn a() -> Pid {
    Pid::new(atom("a@h"), 1, 0, 7)
}

/// A process of the receiving node.
fn b() -> Pid {
    Pid::new(atom("b@h"), 2, 0, 9)
}

/// A process of neither.
fn c() -> Pid {
    Pid::new(atom("c@h"), 3, 0, 9)
}

/// A reference of the sending node.
fn ref_a() -> Reference {
    Reference::new(atom("a@h"), 7, &[1, 2, 3]).unwrap()
}

/// A reference of the receiving node.
fn ref_b() -> Reference {
    Reference::new(atom("b@h"), 9, &[4, 5, 6]).unwrap()
}

fn tuple(operation: i64, elements: &[Term]) -> Term {
    Term::tuple(std::iter::once(Term::from(operation)).chain(elements.iter().cloned()))
}

fn term(value: impl Into<Term>) -> Term {
    value.into()
}

fn spawn_request(options: Term) -> Control {
    Control::SpawnRequest(Box::new(SpawnRequest {
        request: ref_a(),
        from: a(),
        group_leader: c(),
        module: atom("m"),
        function: atom("f"),
        arity: 2,
        options,
    }))
}

fn spawn_reply(result: Result<Pid, Atom>) -> Control {
    let (link, monitor) = (true, true);
    Control::SpawnReply(Box::new(SpawnReply {
        request: ref_b(),
        to: b(),
        link,
        monitor,
        result,
    }))
}

fn altact(to: AltactTarget, priority: bool, exit: bool) -> Control {
    Control::AltactSigSend {
        from: a(),
        to,
        priority,
        exit,
    }
}

fn monitored(from: Monitored) -> Control {
    Control::MonitorPExit {
        from,
        to: b(),
        reference: ref_b(),
    }
}
