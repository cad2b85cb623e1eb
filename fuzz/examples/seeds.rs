//! Writes the first corpus of each target: `cargo run --example seeds`, from this directory.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Instant;

use ergo::dist::handshake::{
    Acceptor, AcceptorEvent, Admission, Established, Identity, Initiator, OpenChallenges,
};
use ergo::dist::{Control, Creation, Flags, NodeName, Outbound, Payload, Transmit};
use ergo::epmd::codec::{NodeEntry, Request};
use ergo::etf::{Atom, Pid, Reference, Term};
use ergo::wire::{Cookie, Limits};
use ergo_tests::hostile::samples;

/// Terms as OTP wrote them, in hexadecimal digits, each with its text.
const GOLDEN: &str = include_str!("../../ergo/src/etf/tests/golden.txt");

fn main() -> io::Result<()> {
    let terms: Vec<Vec<u8>> = golden().chain(odd_forms()).collect();
    write("decode_term", &terms)?;
    let typed: Vec<Vec<u8>> = samples().into_iter().chain(terms).collect();
    write("decode_typed", &typed)?;
    // The bytes mean something else there, but they are as good as any.
    write("round_trip", &typed)?;
    let texts: Vec<Vec<u8>> = GOLDEN
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(_, text)| text)
        .chain(odd_texts())
        .map(|text| text.as_bytes().to_vec())
        .collect();
    write("parse", &texts)?;
    write("dist_frame", &peer())
}

fn write(target: &str, seeds: &[Vec<u8>]) -> io::Result<()> {
    let directory = Path::new("corpus").join(target);
    fs::create_dir_all(&directory)?;
    for (index, seed) in seeds.iter().enumerate() {
        fs::write(directory.join(format!("seed-{index:03}")), seed)?;
    }
    println!("{}: {} seeds", directory.display(), seeds.len());
    Ok(())
}

fn golden() -> impl Iterator<Item = Vec<u8>> {
    GOLDEN.lines().filter_map(|line| {
        let (digits, _) = line.split_once('\t')?;
        (0..digits.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok())
            .collect()
    })
}

/// Forms that OTP reads and no longer writes, and headers that lie.
fn odd_forms() -> impl Iterator<Item = Vec<u8>> {
    let odd: [&[u8]; 12] = [
        b"\x83\x631.50000000000000000000e+00\0\0\0\0\0",
        b"\x83\x64\0\x01\xe9",
        b"\x83\x67\x77\x03a@h\0\0\0\x01\0\0\0\0\x01",
        b"\x83\x72\0\x01\x77\x03a@h\x01\0\0\0\x01",
        b"\x83\x65\x77\x03a@h\0\0\0\x01\x01",
        b"\x83\x66\x77\x03a@h\0\0\0\x01\x01",
        b"\x83\x43\0\0\0\x01\0\x77\x01m\x77\x01r\x77\x01f\x61\x01",
        b"\x83\x6c\0\0\0\x01\x61\x01\x6c\0\0\0\x01\x61\x02\x61\x03",
        b"\x83\x4d\0\0\0\x01\x08\xff",
        b"\x83\x6c\xff\xff\xff\xff\x6a",
        b"\x83\x50\0\0\0\x02\x78\x9c\x4b\x64\x04\0\x01\x24\0\xc4",
        b"\x83\x74\0\0\0\x02\x61\x01\x61\x01\x61\x01\x61\x02",
    ];
    odd.into_iter().map(<[u8]>::to_vec)
}

/// Texts that Erlang reads and nobody writes, and some that it refuses.
fn odd_texts() -> [&'static str; 12] {
    [
        "{ok, #{name => <<\"bolt\">>, size => 16#ff, tags => \"ab\" \"c\"}}. % a comment",
        "\"\"\"\n  a\n   b\n  \"\"\"",
        "[~b\"a\\n\", ~S[a\\], ~\"\u{3bb}\", ~B/x/]",
        "<<1:4, 2.5:32/float-little, \"\u{3bb}\"/utf16, (<<5:3>>)/bits, -1:16/signed-integer-unit:2>>",
        "[$a, $\\n, $\\^a, $\\177, $\\x{3bb}, $ ]",
        "[1_000, -36#zz, 1.5e-3, 16#1.8#e3, -0.0, + 1]",
        "{<'a@127.0.0.1'.95.0/7>, #Pid<a@h.1.2/3>, #Ref<a@h.3.2.1/7>, #Port<a@h.5/7>}",
        "[fun lists:map/2, fun 'a b':'\\x41'/0, #m:r{a = 1, 'b c' = []}]",
        "#{1 => a, 1 => b, 1.0 => c, #{} => {}}",
        "((([a | [b | (c)]])))",
        "<0.85.0>",
        "{a, #Fun<m.1.2>, ]",
    ]
}

/// What a real peer sends; the first two bytes of each say to whom, and in what portions.
fn peer() -> Vec<Vec<u8>> {
    let (here, to_acceptor, to_initiator) = handshake();
    let to = |role: u8, bytes: &[u8]| [&[role, 255], bytes].concat();
    let mut seeds = vec![
        to(4, &to_acceptor),
        to(4, to_acceptor.get(..30).unwrap_or_default()),
        to(5, &to_initiator),
        to(6, &to_initiator),
    ];
    for (role, flags) in [
        (0, Flags::VISIBLE),
        (1, Flags::VISIBLE.without(Flags::DIST_HDR_ATOM_CACHE)),
        (2, Flags::from_bits(0x4_0707_4f9c)),
    ] {
        let mut established = here.clone();
        established.flags = flags;
        seeds.push(to(role, &frames(&established, 8)));
        seeds.push(to(role, &frames(&established, 70_000)));
    }
    let requests = [
        Request::Names,
        Request::Dump,
        Request::Kill,
        Request::Alive(NodeEntry::named("a", 4000).expect("a name")),
    ];
    seeds.extend(
        requests
            .iter()
            .map(|request| to(7, &request.encode().expect("short"))),
    );
    seeds.push(to(7, b"\x79\x00\x00\x01"));
    seeds.push(to(
        7,
        b"\x77\x00\x0f\xa0\x4d\x00\x00\x06\x00\x05\x00\x01a\x00\x00",
    ));
    seeds.push(to(7, b"\x00\x00\x11\x11name a at port 4000\n"));
    seeds
}

/// One frame of every kind that is easy to send, and a message of so many bytes.
fn frames(established: &Established, len: usize) -> Vec<u8> {
    let mut outbound = Outbound::new(established, &Limits::default());
    let atom = Atom::from_static;
    let (from, to) = (
        Pid::new(atom("a@127.0.0.1"), 1, 0, 1),
        Pid::new(atom("b@127.0.0.1"), 2, 0, 2),
    );
    let reference = Reference::new(atom("a@127.0.0.1"), 1, &[1, 2, 3]).expect("three words");
    let message = Term::tuple([Term::atom("hello"), Term::binary(vec![7; len])]);
    let signals = [
        Control::Link {
            from: from.clone(),
            to: to.clone(),
        },
        Control::UnlinkId {
            id: 1,
            from: from.clone(),
            to: to.clone(),
        },
        Control::Send {
            from: Some(from.clone()),
            to,
        },
        Control::RegSend {
            from: from.clone(),
            to: atom("echo"),
        },
        Control::AliasSend {
            from,
            to: reference,
        },
    ];
    for signal in signals {
        let mut encode = |encoder: &mut ergo::etf::Encoder<'_>| encoder.write_term(&message);
        let payload = if signal.has_payload() {
            Payload::Encode(&mut encode)
        } else {
            Payload::None
        };
        // Some are not for this kind of peer.
        outbound.send(&signal, payload).ok();
    }
    outbound.send_tick();
    let mut bytes = Transmit::default();
    outbound.take_transmit(&mut bytes);
    bytes.to_vec()
}

/// A handshake: its end, what went to the side that listened, and what to the side that dialled.
fn handshake() -> (Established, Vec<u8>, Vec<u8>) {
    let name = |text| NodeName::parse(text).expect("a name");
    let cookie = || Cookie::new("secret").expect("a cookie");
    let identity =
        |text| Identity::new(name(text), Creation::new(1).expect("not 0"), Flags::VISIBLE);
    let (limits, now) = (Limits::default(), Instant::now());
    let challenge = OpenChallenges::default().open(0xdade_314d);
    let peer = name("b@127.0.0.1");
    let mut dials = Initiator::new(
        &identity("a@127.0.0.1"),
        peer,
        cookie(),
        challenge,
        &limits,
        now,
    );
    let challenge = OpenChallenges::default().open(0xf034_d91a);
    let mut listens = Acceptor::new(identity("b@127.0.0.1"), challenge, &limits, now);
    let (mut to_acceptor, mut to_initiator) = (Vec::new(), Vec::new());
    loop {
        let request = dials.poll_transmit().unwrap_or_default();
        listens
            .handle_input(&request)
            .expect("the acceptor goes on");
        to_acceptor.extend(request);
        if let Some(AcceptorEvent::Introduced(_)) = listens.poll_event() {
            listens.admit(Admission::Ok, cookie()).expect("admitted");
        }
        let answer = listens.poll_transmit().unwrap_or_default();
        dials.handle_input(&answer).expect("the initiator goes on");
        to_initiator.extend(answer);
        if let Some(established) = dials.poll_event() {
            return (established, to_acceptor, to_initiator);
        }
    }
}
