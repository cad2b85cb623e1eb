//! Two nodes exchange thousands of mixed signals.

use super::*;
use crate::dist::control::{AltactTarget, Monitored, SpawnReply, SpawnRequest};

/// Numbers that look random and are the same each time.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }
}

/// One end: its halves, who it is, and what it has sent.
struct Node {
    us: Pid,
    them: Pid,
    outbound: Outbound,
    inbound: Inbound,
    sent: Vec<(Control, Option<Term>)>,
    received: Vec<(Control, Option<Term>)>,
}

impl Node {
    fn new(local: &str, peer: &str, flags: Flags) -> Node {
        let established = established(local, peer, flags);
        Node {
            us: Pid::new(atom(local), 1, 0, 7),
            them: Pid::new(atom(peer), 2, 0, 9),
            outbound: Outbound::new(&established, &Limits::default()),
            inbound: Inbound::new(&established, &Limits::default()),
            sent: Vec::new(),
            received: Vec::new(),
        }
    }

    fn send_something(&mut self, numbers: &mut Numbers) {
        let control = self.control(numbers);
        let payload = match control {
            // A long one would lose its priority.
            Control::AltactSigSend { .. } => Some(Term::atom("urgent")),
            _ => control.has_payload().then(|| payload(numbers)),
        };
        match &payload {
            Some(term) if numbers.next(3) == 0 => {
                let encoded = Encoded::try_from(term).unwrap();
                self.outbound
                    .send(&control, Payload::Encoded(&encoded))
                    .unwrap();
            }
            payload => push(&mut self.outbound, &control, payload.as_ref()).unwrap(),
        }
        self.sent.push((control, payload));
    }

    fn control(&self, numbers: &mut Numbers) -> Control {
        let (from, to) = (self.us.clone(), self.them.clone());
        let number = numbers.next(1 << 20) as u32;
        let ours = Reference::new(from.node().clone(), 7, &[number, 1, 2]).unwrap();
        let theirs = Reference::new(to.node().clone(), 9, &[number]).unwrap();
        let name = atom(&format!("name_{}", number % 500));
        match numbers.next(16) {
            0 => Control::Link { from, to },
            1 => Control::UnlinkId {
                id: u64::from(number) + 1,
                from,
                to,
            },
            2 => Control::UnlinkIdAck {
                id: u64::from(number) << 40 | 1,
                from,
                to,
            },
            3 => Control::Exit { from, to },
            4 => Control::Exit2 { from, to },
            5 => Control::GroupLeader { from, to },
            6 => Control::MonitorP {
                from,
                to: Monitored::Pid(to),
                reference: ours,
            },
            7 => Control::DemonitorP {
                from,
                to: Monitored::Name(name),
                reference: ours,
            },
            8 => Control::MonitorPExit {
                from: Monitored::Name(name),
                to,
                reference: theirs,
            },
            9 => self.spawn_request(ours, name),
            10 => self.spawn_reply(theirs, number),
            11 => Control::AliasSend { from, to: theirs },
            12 => Control::AltactSigSend {
                from,
                to: AltactTarget::Name(name),
                priority: true,
                exit: false,
            },
            13 => Control::RegSend { from, to: name },
            _ => Control::Send {
                from: Some(from),
                to,
            },
        }
    }

    fn spawn_request(&self, request: Reference, name: Atom) -> Control {
        Control::SpawnRequest(Box::new(SpawnRequest {
            request,
            from: self.us.clone(),
            group_leader: self.us.clone(),
            module: name,
            function: atom("start"),
            arity: 1,
            options: Term::list([Term::atom("link")]),
        }))
    }

    fn spawn_reply(&self, request: Reference, number: u32) -> Control {
        let error = number.is_multiple_of(2);
        Control::SpawnReply(Box::new(SpawnReply {
            request,
            to: self.them.clone(),
            link: !error,
            monitor: false,
            result: if error {
                Err(atom("notsup"))
            } else {
                Ok(self.us.clone())
            },
        }))
    }

    /// Takes a part of what the wire carries.
    fn receive(&mut self, wire: &mut Vec<u8>, numbers: &mut Numbers) {
        let portion = (numbers.next(3000) * numbers.next(40)).min(wire.len());
        let bytes: Vec<u8> = wire.drain(..portion).collect();
        if numbers.next(2) == 0 {
            self.inbound.handle_input(&bytes);
        } else {
            self.inbound.read_buffer().extend_from_slice(&bytes);
        }
        self.received.extend(drain(&mut self.inbound).unwrap());
    }
}

fn payload(numbers: &mut Numbers) -> Term {
    match numbers.next(100) {
        0 => Term::binary(vec![b'x'; numbers.next(300_000)]),
        1 => Term::list((0..numbers.next(2000)).map(|n| Term::from(n as i64))),
        2 => Term::tuple((0..300).map(|n| Term::from(atom(&format!("many_{n}"))))),
        3 => Term::from(atom(&"å".repeat(numbers.next(255)))),
        4..50 => Term::tuple([
            Term::atom("$gen_cast"),
            Term::from(numbers.next(1 << 30) as i64),
        ]),
        _ => Term::from(atom(&format!("atom_{}", numbers.next(5000)))),
    }
}

fn exchange(flags: Flags, count: usize, seed: u64) {
    let mut numbers = Numbers(seed);
    let mut a = Node::new("a@h", "b@h", flags);
    let mut b = Node::new("b@h", "a@h", flags);
    let (mut to_a, mut to_b) = (Vec::new(), Vec::new());
    while a.sent.len() < count || b.sent.len() < count || !to_a.is_empty() || !to_b.is_empty() {
        for node in [&mut a, &mut b] {
            for _ in 0..numbers.next(20).min(count.saturating_sub(node.sent.len())) {
                node.send_something(&mut numbers);
            }
            if numbers.next(10) == 0 {
                node.outbound.send_tick();
            }
        }
        to_b.extend(transmit(&mut a.outbound));
        to_a.extend(transmit(&mut b.outbound));
        a.receive(&mut to_a, &mut numbers);
        b.receive(&mut to_b, &mut numbers);
    }
    assert!(
        a.sent == b.received,
        "what a sent is what b received, in this order"
    );
    assert!(
        b.sent == a.received,
        "what b sent is what a received, in this order"
    );
}

#[test]
fn ten_thousand_signals_each_way() {
    exchange(
        Flags::VISIBLE | Flags::ALTACT_SIG,
        10_000,
        0x1234_5678_9abc_def1,
    );
}

#[test]
fn a_thousand_signals_without_the_atom_cache() {
    let flags = Flags::VISIBLE | Flags::ALTACT_SIG;
    exchange(flags.without(Flags::DIST_HDR_ATOM_CACHE), 1000, 42);
    let none = Flags::DIST_HDR_ATOM_CACHE | Flags::FRAGMENTS;
    exchange(flags.without(none | Flags::EXIT_PAYLOAD), 1000, 43);
}

/// A payload that came from one peer goes on to another: its atoms are told to that one.
#[test]
fn a_payload_is_passed_on() {
    let (mut first, mut inbound) = halves(Flags::VISIBLE);
    let payload = Term::tuple([Term::atom("x"), Term::atom("y"), Term::from(b())]);
    for _ in 0..2 {
        push(&mut first, &send(), Some(&payload)).unwrap();
    }
    inbound.handle_input(&transmit(&mut first));
    let (mut second, mut last) = halves(Flags::VISIBLE);
    while let Some(Event::Signal {
        control,
        payload: Some(payload),
    }) = inbound.poll_event().unwrap()
    {
        second.send(&control, Payload::Encoded(&payload)).unwrap();
    }
    let found = receive(&mut last, &transmit(&mut second)).unwrap();
    assert_eq!(found, vec![(send(), Some(payload)); 2]);
}

/// What was read into the buffer is not copied: the payload is a view of it.
#[test]
fn a_payload_is_a_view_of_the_buffer() {
    let (mut outbound, mut inbound) = halves(Flags::VISIBLE);
    push(&mut outbound, &send(), Some(&Term::binary(vec![7; 1000]))).unwrap();
    inbound
        .read_buffer()
        .extend_from_slice(&transmit(&mut outbound));
    let range = inbound.read_buffer().as_ptr_range();
    let Some(Event::Signal {
        payload: Some(payload),
        ..
    }) = inbound.poll_event().unwrap()
    else {
        panic!("no signal");
    };
    let binary: bytes::Bytes = payload.decode().unwrap();
    assert!(range.contains(&binary.as_ptr()));
}
