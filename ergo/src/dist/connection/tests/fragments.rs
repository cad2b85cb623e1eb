//! Long messages, cut and put together.

use super::*;

fn binary(len: usize) -> Term {
    Term::binary(vec![b'x'; len])
}

/// Measured on OTP: `{big, <<200000 bytes>>}` to a name leaves in frames of these lengths.
#[test]
fn golden_lengths() {
    let (mut outbound, mut inbound) = halves(Flags::VISIBLE);
    let control = Control::RegSend {
        from: a(),
        to: atom("marker"),
    };
    let big = Term::tuple([Term::atom("big"), binary(200_000)]);
    // The atoms are told first, as in the measurement.
    push(&mut outbound, &control, Some(&Term::atom("big"))).unwrap();
    receive(&mut inbound, &transmit(&mut outbound)).unwrap();
    push(&mut outbound, &control, Some(&big)).unwrap();
    let bytes = transmit(&mut outbound);
    assert_eq!(frame_lengths(&bytes), [65_562, 65_554, 65_554, 3_442]);
    assert_eq!(
        receive(&mut inbound, &bytes).unwrap(),
        [(control, Some(big))]
    );
}

/// Around the lengths from which on a message is cut, the body is control message and payload together.
#[test]
fn lengths_around_the_cut() {
    let (mut outbound, mut inbound) = halves(Flags::VISIBLE);
    push(&mut outbound, &send(), Some(&binary(0))).unwrap();
    let bytes = transmit(&mut outbound);
    receive(&mut inbound, &bytes).unwrap();
    push(&mut outbound, &send(), Some(&binary(0))).unwrap();
    let bytes = transmit(&mut outbound);
    receive(&mut inbound, &bytes).unwrap();
    // Without length, version, kind, the number of atoms, their flags and their entries.
    let overhead = bytes.len() - 4 - 2 - (1 + 2 + 2);
    for (len, frames) in [(65_537, 1), (131_072, 1), (131_073, 3), (196_609, 4)] {
        let payload = binary(len - overhead);
        push(&mut outbound, &send(), Some(&payload)).unwrap();
        let bytes = transmit(&mut outbound);
        assert_eq!(frame_lengths(&bytes).len(), frames, "a body of {len} bytes");
        assert_eq!(
            receive(&mut inbound, &bytes).unwrap(),
            [(send(), Some(payload))]
        );
    }
}

#[test]
fn long_and_short_messages_keep_their_order() {
    for portion in [1000, 4096, 65_536, 1 << 20] {
        let (mut outbound, mut inbound) = halves(Flags::VISIBLE);
        let payloads: Vec<Term> = [3, 70_000, 5, 300_000, 0, 65_536, 1_000_000, 1]
            .map(binary)
            .into();
        for payload in &payloads {
            push(&mut outbound, &send(), Some(payload)).unwrap();
        }
        let bytes = transmit(&mut outbound);
        let mut found = Vec::new();
        for part in bytes.chunks(portion) {
            found.extend(receive(&mut inbound, part).unwrap());
        }
        let found: Vec<Term> = found
            .into_iter()
            .filter_map(|(_, payload)| payload)
            .collect();
        assert_eq!(found, payloads);
    }
}

/// As a socket is read: into the room that is offered, in portions of all lengths.
#[test]
fn read_to_where_it_stays() {
    use bytes::BufMut;
    for portion in [700, 5000, 40_000, 70_000, 1 << 20] {
        let (mut outbound, mut inbound) = halves(Flags::VISIBLE);
        let bytes_of = |len: usize| (0..len).map(|n| (n * 7) as u8).collect::<Vec<u8>>();
        let payloads: Vec<Term> = [3, 500_000, 7, 140_000, 1_500_000, 0]
            .map(|len| Term::binary(bytes_of(len)))
            .into();
        let mut bytes = Vec::new();
        for payload in &payloads {
            push(&mut outbound, &send(), Some(payload)).unwrap();
            bytes.extend(transmit(&mut outbound));
        }
        let (mut found, mut rest) = (Vec::new(), &bytes[..]);
        while !rest.is_empty() {
            let mut room = inbound.read_room();
            let len = rest.len().min(portion).min(room.remaining_mut());
            room.put_slice(&rest[..len]);
            rest = &rest[len..];
            assert_eq!(inbound.received(), (bytes.len() - rest.len()) as u64);
            found.extend(drain(&mut inbound).unwrap());
            assert_eq!(inbound.received(), (bytes.len() - rest.len()) as u64);
        }
        let found: Vec<Term> = found.into_iter().filter_map(|(_, term)| term).collect();
        assert!(found == payloads, "portions of {portion}");
    }
}

#[test]
fn without_the_atom_cache() {
    let flags = Flags::VISIBLE.without(Flags::DIST_HDR_ATOM_CACHE);
    let (mut outbound, mut inbound) = halves(flags);
    let payloads = [Term::atom("hello"), binary(100_000)];
    for payload in &payloads {
        push(&mut outbound, &send(), Some(payload)).unwrap();
    }
    let bytes = transmit(&mut outbound);
    assert_eq!(bytes[4..7], [131, 68, 0]);
    let expect = payloads.map(|payload| (send(), Some(payload)));
    assert_eq!(receive(&mut inbound, &bytes).unwrap(), expect);
}

#[test]
fn without_fragments() {
    for flags in [Flags::VISIBLE.without(Flags::FRAGMENTS), C_NODE] {
        let (mut outbound, mut inbound) = halves(flags);
        push(&mut outbound, &send(), Some(&binary(1_000_000))).unwrap();
        let bytes = transmit(&mut outbound);
        assert_eq!(frame_lengths(&bytes).len(), 1);
        assert_eq!(receive(&mut inbound, &bytes).unwrap().len(), 1);
    }
}

/// OTP 28 and 29 do not survive a fragmented message with priority.
#[test]
fn a_long_message_loses_its_priority() {
    use crate::dist::control::AltactTarget;
    let flags = Flags::VISIBLE | Flags::ALTACT_SIG;
    let (mut outbound, mut inbound) = halves(flags);
    let priority = Control::AltactSigSend {
        from: a(),
        to: AltactTarget::Alias(reference()),
        priority: true,
        exit: false,
    };
    let ordinary = Control::AliasSend {
        from: a(),
        to: reference(),
    };
    push(&mut outbound, &priority, Some(&binary(10))).unwrap();
    push(&mut outbound, &priority, Some(&binary(65_536))).unwrap();
    let bytes = transmit(&mut outbound);
    let expect = [
        (priority, Some(binary(10))),
        (ordinary, Some(binary(65_536))),
    ];
    assert_eq!(receive(&mut inbound, &bytes).unwrap(), expect);
    assert_eq!(outbound.sent(), 2);
}

/// Cuts a frame without fragments into pieces of one message.
fn cut(frame: &[u8], sequence: u64, count: usize) -> Vec<Vec<u8>> {
    let content = &frame[4..];
    let count_of_atoms = usize::from(content[2]);
    let header = 2
        + 1
        + if count_of_atoms > 0 {
            count_of_atoms / 2 + 1 + count_of_atoms
        } else {
            0
        };
    let (head, body) = content.split_at(header);
    let part = body.len().div_ceil(count);
    let numbers = |id: usize| [sequence.to_be_bytes(), (id as u64).to_be_bytes()].concat();
    (0..count)
        .map(|number| {
            let bytes = body.chunks(part).nth(number).unwrap_or_default();
            let numbers = numbers(count - number);
            let content = match number {
                0 => [&[131, 69], &numbers[..], &head[2..], bytes].concat(),
                _ => [&[131, 70], &numbers[..], bytes].concat(),
            };
            super::frame(&content)
        })
        .collect()
}

/// Fragments of different messages interleave, with other messages and ticks between them; those of one do not.
#[test]
fn interleaved() {
    let (mut outbound, mut inbound) = halves(Flags::VISIBLE);
    let texts = ["one", "two", "three"].map(|text| Term::binary(text.as_bytes().repeat(20)));
    push(&mut outbound, &send(), Some(&Term::from(0))).unwrap();
    receive(&mut inbound, &transmit(&mut outbound)).unwrap();
    let messages = texts.clone().map(|text| {
        push(&mut outbound, &send(), Some(&text)).unwrap();
        transmit(&mut outbound)
    });
    let [one, two, three] =
        [(0, 3), (1, 4), (2, 1)].map(|(n, count)| cut(&messages[n], n as u64 + 1, count));
    let order = [
        &one[0],
        &two[0],
        &two[1],
        &three[0],
        &one[1],
        &two[2],
        &vec![0; 4],
        &one[2],
        &two[3],
    ];
    let mut found = Vec::new();
    for bytes in order {
        for (_, payload) in receive(&mut inbound, bytes).unwrap() {
            found.push(payload.unwrap());
        }
    }
    assert_eq!(found, [2, 0, 1].map(|n: usize| texts[n].clone()));
}

/// The atoms of a message are those of its first fragment, whatever the cache becomes before its last.
#[test]
fn atoms_are_resolved_with_the_first_fragment() {
    let mut inbound = Inbound::new(
        &established("b@h", "a@h", Flags::VISIBLE),
        &Limits::default(),
    );
    let entry = |text: &str| [&[1, 0x08, 5, text.len() as u8], text.as_bytes()].concat();
    // {2, '', Pid} and the atom of the header.
    let mut body = vec![104, 3, 97, 2, 119, 0, 88, 119, 3];
    body.extend(b"b@h\0\0\0\x02\0\0\0\0\0\0\0\x09");
    let numbers = |id: u8| [&[0, 0, 0, 0, 0, 0, 0, 1][..], &[0, 0, 0, 0, 0, 0, 0, id]].concat();
    let first = [&[131, 69], &numbers(2)[..], &entry("old"), &body].concat();
    assert_eq!(receive(&mut inbound, &super::frame(&first)).unwrap(), []);
    let between = [&[131, 68], &entry("new")[..], &body, &[82, 0]].concat();
    let found = receive(&mut inbound, &super::frame(&between)).unwrap();
    assert_eq!(found[0].1, Some(Term::atom("new")));
    let last = [&[131, 70], &numbers(1)[..], &[82, 0]].concat();
    let found = receive(&mut inbound, &super::frame(&last)).unwrap();
    assert_eq!(found[0].1, Some(Term::atom("old")));
}
