//! Bytes of OTP 25, and ours byte for byte.

use super::*;
use crate::dist::control::Monitored;

const PEER: &str = "dl_b16918@127.0.0.1";
const LOCAL: &str = "rs@127.0.0.1";

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text
        .chars()
        .filter_map(|digit| digit.to_digit(16))
        .collect();
    digits
        .chunks(2)
        .map(|pair| (pair[0] << 4 | pair[1]) as u8)
        .collect()
}

/// One stream of frames as a node of OTP 25 sent them, in this order, to a hidden ergo node.
const STREAM: [&str; 9] = [
    // 'rs@127.0.0.1' ! {echo, hello}, with four new atoms in the header; then again with none.
    "0000005e834404bffa007a13646c5f623136393138403132372e302e302e31340c7273403132372e302e302e315a046563686fcf05
     68656c6c6f6803611658520000000055000000006b011fb6585201000000640000000001234567680252025203",
    "000000328344043772007a345acf6803611658520000000055000000006b011fb65852010000006400000000012345676802520252
     03",
    // The monitor of a name that nobody has.
    "000000428344033b0935066e6f7375636834c4066e6f70726f636804611c52005852010000006400000000012345675a0003520101
     2345670000000100000002000000035202",
    // The end of a link.
    "0000002b83440237007a3468046124610758520000000055000000006b011fb6585201000000640000000001234567",
    // A process was spawned with a monitor, and exited with the reason done.
    "000000408344027300347a6805611f5a0003520001234567000000090000000200000003585200000000640000000001234567610258
     520100000058000000006b011fb6",
    "0000004683440337097a348804646f6e656804611c58520000000058000000006b011fb65852010000006400000000012345675a0003
     5201012345670000000900000002000000035202",
    // Another request had bad options.
    "0000003a83440283003454066261646f70746805611f5a000352000123456700000009000000020000000358520000000064000000
     000123456761005201",
    // A linked process exited.
    "00000030834403370e7a34c3036279656803611858520000000055000000006b011fb6585201000000640000000001234567
     5202",
    // A tick.
    "00000000",
];

fn inbound() -> Inbound {
    let mut established = established(LOCAL, PEER, Flags::HIDDEN);
    established.local_creation = Creation::new(0x0123_4567).unwrap();
    Inbound::new(&established, &Limits::default())
}

fn golden_events() -> Vec<String> {
    let pid = |id: u32| Pid::new(atom(PEER), id, 0, 0x6b01_1fb6);
    let us = Pid::new(atom(LOCAL), 100, 0, 0x0123_4567);
    let words = |first: u32| Reference::new(atom(LOCAL), 0x0123_4567, &[first, 2, 3]).unwrap();
    let hello = Control::Send {
        from: Some(pid(0x55)),
        to: us.clone(),
    };
    let down = |from, first| Control::MonitorPExit {
        from,
        to: us.clone(),
        reference: words(first),
    };
    [
        (hello.clone(), "{echo,hello}"),
        (hello, "{echo,hello}"),
        (down(Monitored::Name(atom("nosuch")), 1), "noproc"),
        (
            Control::UnlinkIdAck {
                id: 7,
                from: pid(0x55),
                to: us.clone(),
            },
            "",
        ),
        (reply(&us, words(9), true, Ok(pid(0x58))), ""),
        (down(Monitored::Pid(pid(0x58)), 9), "done"),
        (reply(&us, words(9), false, Err(atom("badopt"))), ""),
        (
            Control::Exit {
                from: pid(0x55),
                to: us.clone(),
            },
            "bye",
        ),
    ]
    .iter()
    .map(|(control, payload)| format!("{control:?} {payload}"))
    .collect()
}

fn reply(to: &Pid, request: Reference, monitor: bool, result: Result<Pid, Atom>) -> Control {
    use crate::dist::control::SpawnReply;
    let (to, link) = (to.clone(), false);
    Control::SpawnReply(Box::new(SpawnReply {
        request,
        to,
        link,
        monitor,
        result,
    }))
}

fn show((control, payload): &(Control, Option<Term>)) -> String {
    let payload = payload.as_ref().map(Term::to_string).unwrap_or_default();
    format!("{control:?} {payload}")
}

#[test]
fn signals_of_otp_25() {
    let mut inbound = inbound();
    let bytes: Vec<u8> = STREAM.iter().flat_map(|text| hex(text)).collect();
    inbound.handle_input(&bytes);
    let mut found = Vec::new();
    let mut ticks = 0;
    while let Some(event) = inbound.poll_event().unwrap() {
        match event {
            Event::Signal { control, payload } => {
                found.push(show(&(
                    control,
                    payload.map(|payload| payload.to_term().unwrap()),
                )));
            }
            Event::Tick => ticks += 1,
        }
    }
    assert_eq!(found, golden_events());
    assert_eq!(ticks, 1);
    assert_eq!(inbound.received(), bytes.len() as u64);
}

#[test]
fn signals_of_otp_25_byte_by_byte() {
    let mut inbound = inbound();
    let mut found = Vec::new();
    for byte in STREAM.iter().flat_map(|text| hex(text)) {
        found.extend(receive(&mut inbound, &[byte]).unwrap().iter().map(show));
    }
    assert_eq!(found, golden_events());
}

/// G-12: every truncation of a frame and every flipped bit gives signals or a violation.
#[test]
fn every_truncation_and_bit_flip() {
    let first = hex(STREAM[0]);
    for text in STREAM.iter().skip(1) {
        let golden = hex(text);
        for len in 4..golden.len() {
            let mut inbound = inbound();
            receive(&mut inbound, &first).unwrap();
            let cut = frame(&golden[4..len]);
            inbound.handle_input(&cut);
            while let Ok(Some(event)) = inbound.poll_event() {
                decode(event);
            }
        }
        for bit in 0..golden.len() * 8 {
            let mut inbound = inbound();
            receive(&mut inbound, &first).unwrap();
            let mut flipped = golden.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            inbound.handle_input(&flipped);
            while let Ok(Some(event)) = inbound.poll_event() {
                decode(event);
            }
        }
    }
}

fn decode(event: Event) {
    if let Event::Signal {
        payload: Some(payload),
        ..
    } = event
    {
        let _ = payload.to_term();
    }
}

/// What OTP makes of our bytes was checked with a running node; this keeps them as they were then.
#[test]
fn our_bytes() {
    let (mut outbound, _) = halves(Flags::VISIBLE);
    push(&mut outbound, &send(), Some(&Term::atom("hello"))).unwrap();
    let first = transmit(&mut outbound);
    push(&mut outbound, &send(), Some(&Term::atom("hello"))).unwrap();
    let second = transmit(&mut outbound);
    let body =
        hex("6803 6116 58 5200 00000001 00000000 00000007 58 5201 00000002 00000000 00000009 5202");
    assert_eq!(&second[4..7], [131, 68, 3]);
    assert_eq!(second.len(), 4 + 3 + 2 + 3 + body.len());
    assert!(first.ends_with(&body) && second.ends_with(&body));
    assert_eq!(first.len() - second.len(), (1 + 3) + (1 + 3) + (1 + 5));
}

/// 7.3 of the protocol notes: the frames of `erl_call` and of the answer to it have these lengths.
#[test]
fn pass_through() {
    let flags = C_NODE;
    let mut established = established("b@127.0.0.1", "c17@vm", flags);
    let mut inbound = Inbound::new(&established, &Limits::default());
    std::mem::swap(&mut established.local, &mut established.peer);
    let mut outbound = Outbound::new(&established, &Limits::default());
    let from = Pid::new(atom("c17@vm"), 0, 0, 0xffff_f55f);
    let arguments = Term::list([Term::from(-7)]);
    let call = [
        Term::atom("call"),
        Term::atom("erlang"),
        Term::atom("abs"),
        arguments,
        Term::atom("user"),
    ];
    let request = Term::tuple([Term::from(from.clone()), Term::tuple(call)]);
    let control = Control::RegSend {
        from: from.clone(),
        to: atom("rex"),
    };
    push(&mut outbound, &control, Some(&request)).unwrap();
    let bytes = transmit(&mut outbound);
    assert_eq!(bytes[4..7], [112, 131, 104]);
    assert_eq!(
        receive(&mut inbound, &bytes).unwrap(),
        [(control, Some(request))]
    );

    let mut outbound = Outbound::new(
        &super::established("b@127.0.0.1", "c17@vm", flags),
        &Limits::default(),
    );
    let control = Control::Send {
        from: Some(Pid::new(atom("b@127.0.0.1"), 9, 0, 1)),
        to: from,
    };
    push(
        &mut outbound,
        &control,
        Some(&Term::tuple([Term::atom("rex"), Term::from(7)])),
    )
    .unwrap();
    let bytes = transmit(&mut outbound);
    assert_eq!(frame_lengths(&bytes), [39]);
    assert_eq!(bytes[4..13], [112, 131, 104, 3, 97, 2, 119, 0, 88]);
}
