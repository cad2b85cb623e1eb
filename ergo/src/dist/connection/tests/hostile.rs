//! What closes a connection, and what does not; 1.6 of the protocol notes.

use super::*;

/// `{6, Pid, '', echo}` without its header.
fn reg_send() -> Vec<u8> {
    let mut body = vec![104, 4, 97, 6, 88, 119, 3];
    body.extend(b"a@h\0\0\0\x01\0\0\0\0\0\0\0\x07\x77\0\x77\x04echo");
    body
}

fn check(content: &[u8], expect: Result<usize, ProtocolViolation>) {
    let (_, mut inbound) = halves(Flags::VISIBLE);
    let result = receive(&mut inbound, &frame(content)).map(|found| found.len());
    assert_eq!(result, expect, "{content:?}");
    if let Err(violation) = result {
        let (mut outbound, _) = halves(Flags::VISIBLE);
        push(&mut outbound, &send(), Some(&Term::from(1))).unwrap();
        let after = receive(&mut inbound, &transmit(&mut outbound));
        assert_eq!(after, Err(violation), "for good");
    }
}

fn with_header(parts: &[&[u8]]) -> Vec<u8> {
    [&[131, 68, 0], &parts.concat()[..]].concat()
}

#[test]
fn frames() {
    let unknown = |first, second| Err(ProtocolViolation::UnknownFrame { first, second });
    check(b"junk", unknown(b'j', b'u'));
    check(&[131], unknown(131, 0));
    check(&[131, 67], unknown(131, 67));
    check(&[131, 104, 0], unknown(131, 104));
    check(
        &[&[112, 131][..], &reg_send(), &[131, 97, 1]].concat(),
        unknown(112, 131),
    );
    check(&[131, 68], Err(ProtocolViolation::TruncatedHeader));
    check(
        &[131, 68, 1, 0x02, 3],
        Err(ProtocolViolation::EmptyCacheEntry {
            segment: 2,
            index: 3,
        }),
    );
    check(&[131, 70, 0, 0], Err(ProtocolViolation::TruncatedHeader));
}

#[test]
fn payloads() {
    check(&with_header(&[&reg_send(), &[97, 1]]), Ok(1));
    check(
        &with_header(&[&reg_send(), &[97, 1], b"trailing garbage"]),
        Ok(1),
    );
    check(
        &with_header(&[&reg_send()]),
        Err(ProtocolViolation::MissingPayload(6)),
    );
}

/// A malformed payload is not looked at here: who decodes it finds out.
#[test]
fn malformed_payloads_reach_the_receiver() {
    for payload in [
        &[255][..],
        &[82, 9],
        &[80, 0, 0, 0, 1],
        &[108, 255, 255, 255, 255],
    ] {
        let (_, mut inbound) = halves(Flags::VISIBLE);
        inbound.handle_input(&frame(&with_header(&[&reg_send(), payload])));
        let Some(Event::Signal {
            payload: Some(payload),
            ..
        }) = inbound.poll_event().unwrap()
        else {
            panic!("no signal");
        };
        assert!(payload.to_term().is_err());
    }
}

#[test]
fn control_messages() {
    check(
        &with_header(&[&[104, 0]]),
        Err(ProtocolViolation::EmptyControl),
    );
    check(
        &with_header(&[&[104, 1, 97, 99]]),
        Err(ProtocolViolation::UnknownOperation(99)),
    );
    for control in [
        &[][..],
        &[97, 1],
        &[106],
        &[104, 3, 97],
        &[105, 255, 255, 255, 255],
    ] {
        let (_, mut inbound) = halves(Flags::VISIBLE);
        let result = receive(&mut inbound, &frame(&with_header(&[control])));
        assert!(
            matches!(result, Err(ProtocolViolation::NotAControl(_))),
            "{control:?}"
        );
    }
}

#[test]
fn fragments() {
    let numbers = |sequence: u64, id: u64| [sequence.to_be_bytes(), id.to_be_bytes()].concat();
    let first = |id| [&[131, 69], &numbers(1, id)[..], &[0], &reg_send()].concat();
    check(&first(0), Err(ProtocolViolation::FragmentId(0)));
    check(&first(1 << 31), Err(ProtocolViolation::FragmentId(1 << 31)));
    check(
        &first(u64::MAX),
        Err(ProtocolViolation::FragmentId(u64::MAX)),
    );
    check(&first(2), Ok(0));
    check(&[&first(1)[..], &[97, 1]].concat(), Ok(1));
    check(&first(1), Err(ProtocolViolation::MissingPayload(6)));
    check(
        &[&[131, 70], &numbers(7, 1)[..]].concat(),
        Err(ProtocolViolation::UnknownSequence(7)),
    );
}

#[test]
fn what_was_not_negotiated() {
    let (_, mut inbound) = halves(C_NODE);
    let header = frame(&with_header(&[&reg_send(), &[97, 1]]));
    let violation = ProtocolViolation::UnknownFrame {
        first: 131,
        second: 68,
    };
    assert_eq!(receive(&mut inbound, &header), Err(violation));

    let flags = Flags::VISIBLE.without(Flags::DIST_HDR_ATOM_CACHE);
    let (_, mut inbound) = halves(flags);
    let cached = frame(&[&[131, 68, 1, 0x08, 0, 1, b'a'], &reg_send()[..]].concat());
    assert_eq!(
        receive(&mut inbound, &cached),
        Err(ProtocolViolation::CacheNotNegotiated)
    );

    let (_, mut inbound) = halves(C_NODE);
    let no_version = frame(&[&[112, 131], &reg_send()[..], &[97, 1]].concat());
    assert_eq!(
        receive(&mut inbound, &no_version),
        Err(ProtocolViolation::MissingPayload(6))
    );
}

/// G-14: what is announced is refused at once when too long, and costs nothing when not.
#[test]
fn announced_lengths() {
    let (_, mut inbound) = halves(Flags::VISIBLE);
    let max = 64 << 20;
    inbound.handle_input(&[0x04, 0, 0, 0]);
    assert_eq!(inbound.poll_event().map(|event| event.is_some()), Ok(false));
    assert!(inbound.read_buffer().capacity() < 64 << 10);
    let (_, mut inbound) = halves(Flags::VISIBLE);
    inbound.handle_input(&[0xff; 4]);
    let len = u32::MAX as usize;
    let violation = ProtocolViolation::FrameTooLong { len, max };
    assert_eq!(
        inbound.poll_event().map(|event| event.is_some()),
        Err(violation)
    );
}
