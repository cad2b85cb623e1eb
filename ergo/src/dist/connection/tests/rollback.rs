//! What cannot be sent leaves no trace.

use super::*;
use crate::etf::{EncodeError, Encoder};

/// Writes new atoms and a part of a term, then fails.
fn fail(encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
    encoder.write_tuple(3)?;
    encoder.write_atom("never")?;
    encoder.write_atom("told")?;
    encoder.write_f64(f64::NAN)
}

#[test]
fn a_failed_message_leaves_nothing() {
    for flags in [Flags::VISIBLE, C_NODE] {
        let (mut outbound, mut inbound) = halves(flags);
        let payload = Term::tuple([Term::atom("never"), Term::atom("told"), Term::from(1)]);
        for _ in 0..3 {
            let before = outbound.pending_bytes();
            let error = outbound.send(&send(), Payload::Encode(&mut fail));
            assert_eq!(error, Err(SendError::Encode(EncodeError::NotFinite)));
            assert_eq!(outbound.pending_bytes(), before);
            push(&mut outbound, &send(), Some(&payload)).unwrap();
        }
        let found = receive(&mut inbound, &transmit(&mut outbound)).unwrap();
        let found: Vec<_> = found.into_iter().map(|(_, payload)| payload).collect();
        assert_eq!(found, vec![Some(payload); 3]);
        assert_eq!(outbound.sent(), 3);
    }
}

/// Half a frame was left in the buffer, and the next one was taken for a part of it.
#[test]
fn a_panic_while_encoding_leaves_nothing() {
    for flags in [Flags::VISIBLE, C_NODE] {
        let (mut outbound, mut inbound) = halves(flags);
        let payload = Term::tuple([Term::atom("never"), Term::atom("told"), Term::from(1)]);
        push(&mut outbound, &send(), Some(&payload)).unwrap();
        let before = outbound.pending_bytes();
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let mut panics = |encoder: &mut Encoder<'_>| {
                let _ = fail(encoder);
                panic!("an index out of bounds")
            };
            outbound.send(&send(), Payload::Encode(&mut panics))
        }));
        assert!(panicked.is_err());
        assert_eq!((outbound.pending_bytes(), outbound.sent()), (before, 1));
        push(&mut outbound, &send(), Some(&payload)).unwrap();
        let found = receive(&mut inbound, &transmit(&mut outbound)).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].1, Some(payload));
    }
}

/// A peer before OTP 29 would close the connection: its sender hears of it instead, also of one in what is passed on.
#[test]
fn a_native_record_goes_to_those_who_know_it() {
    let record: Term = "{x, [#shop:item{id = 1}]}".parse().unwrap();
    let letters: Term = "\"CCC\"".parse().unwrap();
    let otp_25 = Flags::VISIBLE.without(Flags::NATIVE_RECORDS);
    let unknown = Err(SendError::Encode(EncodeError::RecordUnknown));
    for (flags, expected) in [(Flags::VISIBLE, Ok(())), (otp_25, unknown)] {
        let (mut outbound, mut inbound) = halves(flags);
        assert_eq!(push(&mut outbound, &send(), Some(&record)), expected);
        let (mut first, mut second) = halves(Flags::VISIBLE);
        for term in [&record, &letters] {
            push(&mut first, &send(), Some(term)).unwrap();
        }
        second.handle_input(&transmit(&mut first));
        let mut passed_on = Vec::new();
        while let Some(Event::Signal { payload, .. }) = second.poll_event().unwrap() {
            let payload = payload.unwrap();
            passed_on.push(outbound.send(&send(), Payload::Encoded(&payload)));
        }
        assert_eq!(passed_on, [expected.clone(), Ok(())]);
        let found = receive(&mut inbound, &transmit(&mut outbound)).unwrap();
        assert_eq!(found.len(), if expected.is_ok() { 3 } else { 1 });
    }
}

#[test]
fn payload_and_control_message_must_fit() {
    let (mut outbound, _) = halves(Flags::VISIBLE);
    let link = Control::Link { from: a(), to: b() };
    assert_eq!(
        push(&mut outbound, &link, Some(&Term::from(1))),
        Err(SendError::Payload)
    );
    assert_eq!(push(&mut outbound, &send(), None), Err(SendError::Payload));
    let nothing = outbound.send(&send(), Payload::Encode(&mut |_| Ok(())));
    assert_eq!(nothing, Err(SendError::Payload));
    assert_eq!((outbound.pending_bytes(), outbound.sent()), (0, 0));
}

/// G-15: the longest message is sent, one byte more is not.
#[test]
fn the_longest_message() {
    for (flags, max) in [
        (Flags::VISIBLE, 100_000),
        (Flags::VISIBLE, 1000),
        (C_NODE, 1000),
    ] {
        let limits = Limits {
            message_bytes_max: max,
            ..Limits::default()
        };
        let (mut outbound, mut inbound) = halves_with(flags, &limits);
        push(&mut outbound, &send(), Some(&Term::binary(vec![])))
            .and_then(|()| push(&mut outbound, &send(), Some(&Term::binary(vec![0; max]))))
            .unwrap_err();
        receive(&mut inbound, &transmit(&mut outbound)).unwrap();
        let len_of = |error: SendError| match error {
            SendError::TooLong { len, max: found } => {
                assert_eq!(found, max);
                len
            }
            other => panic!("{other}"),
        };
        let payload = |len| Term::binary(vec![0; len]);
        let error = push(&mut outbound, &send(), Some(&payload(max))).unwrap_err();
        let overhead = len_of(error) - max;
        push(&mut outbound, &send(), Some(&payload(max - overhead))).unwrap();
        let error = push(&mut outbound, &send(), Some(&payload(max - overhead + 1))).unwrap_err();
        assert_eq!(len_of(error), max + 1);
        assert_eq!(
            receive(&mut inbound, &transmit(&mut outbound))
                .unwrap()
                .len(),
            1
        );
    }
}

#[test]
fn a_dropped_acknowledgement_is_no_error() {
    let (mut outbound, _) = halves(C_NODE.without(Flags::UNLINK_ID));
    let ack = Control::UnlinkIdAck {
        id: 1,
        from: a(),
        to: b(),
    };
    push(&mut outbound, &ack, None).unwrap();
    assert_eq!(outbound.pending_bytes(), 0);
}

#[test]
fn busy_from_the_watermark_on() {
    let limits = Limits {
        outbound_watermark_bytes: 8,
        ..Limits::default()
    };
    let (mut outbound, _) = halves_with(Flags::VISIBLE, &limits);
    outbound.send_tick();
    assert!(!outbound.is_busy());
    outbound.send_tick();
    assert!(outbound.is_busy());
    assert_eq!(transmit(&mut outbound), [0; 8]);
    assert!(!outbound.is_busy() && outbound.sent() == 0);
}

#[test]
fn buffers_go_round() {
    let (mut outbound, _) = halves(Flags::VISIBLE);
    let mut bytes = Transmit::default();
    let mut capacities = Vec::new();
    for _ in 0..10 {
        for _ in 0..100 {
            push(&mut outbound, &send(), Some(&Term::atom("hello"))).unwrap();
        }
        outbound.take_transmit(&mut bytes);
        capacities.push(bytes.capacity());
    }
    assert_eq!(
        capacities[2..8],
        capacities[4..],
        "two buffers, which do not grow"
    );
    let long = Term::list(vec![Term::from(1 << 20); 1 << 20]);
    push(&mut outbound, &send(), Some(&long)).unwrap();
    transmit(&mut outbound);
    outbound.take_transmit(&mut bytes);
    assert!(
        outbound.buffer_capacity() <= 4 << 20,
        "a long message is not paid for ever"
    );
}
