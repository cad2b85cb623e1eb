//! Limits of terms.

use ergo::dist::{Control, Event, Inbound, Outbound, Payload, Transmit};
use ergo::etf::{
    Atom, BigInt, Decode, DecodeOwned, Encode, EncodeOptions, Encoded, Term, decode_with, encode,
    encode_with,
};
use ergo::wire::Limits;

use crate::peer::{established, pid};
use crate::table::{Above, Seen};

#[derive(Encode, Decode)]
struct Nest {
    inner: Vec<Nest>,
}

fn seen<T: DecodeOwned>(bytes: &[u8], at: &Limits, below: &Limits, names: &[usize]) -> Seen {
    let accepted = decode_with::<T>(bytes, at);
    Seen {
        at_the_limit: accepted.map(drop).map_err(|error| error.to_string()),
        above: Above::of(decode_with::<T>(bytes, below), names),
    }
}

/// The smallest limit that lets the bytes pass.
fn needed<T: DecodeOwned>(bytes: &[u8], limits: impl Fn(usize) -> Limits) -> usize {
    let (mut refused, mut accepted) = (0, 1 << 20);
    while accepted - refused > 1 {
        let middle = (accepted + refused) / 2;
        match decode_with::<T>(bytes, &limits(middle)) {
            Ok(_) => accepted = middle,
            Err(_) => refused = middle,
        }
    }
    accepted
}

pub(crate) fn depth() -> Seen {
    let limits = |term_depth_max| {
        let mut limits = Limits::default();
        limits.term_depth_max = term_depth_max;
        limits
    };
    let mut nest = Nest { inner: Vec::new() };
    for _ in 0..20 {
        nest = Nest { inner: vec![nest] };
    }
    let bytes = encode(&nest).unwrap();
    let needed = needed::<Nest>(&bytes, limits);
    assert!(needed > 20, "{needed}");
    seen::<Nest>(
        &bytes,
        &limits(needed),
        &limits(needed - 1),
        &[needed, needed - 1],
    )
}

pub(crate) fn bytes() -> Seen {
    let limits = |term_bytes_max| {
        let mut limits = Limits::default();
        limits.term_bytes_max = term_bytes_max;
        limits
    };
    let bytes = encode(&vec![Atom::from_static("x"); 100]).unwrap();
    let needed = needed::<Term>(&bytes, limits);
    assert!(needed >= 100 * 24, "{needed}");
    seen::<Term>(
        &bytes,
        &limits(needed),
        &limits(needed - 1),
        &[needed, needed - 1],
    )
}

pub(crate) fn integer_bytes() -> Seen {
    let limits = |integer_bytes_max| {
        let mut limits = Limits::default();
        limits.integer_bytes_max = integer_bytes_max;
        limits
    };
    // 40 bytes of magnitude.
    let bytes = encode(&(BigInt::from(1) << (40 * 8 - 1))).unwrap();
    seen::<BigInt>(&bytes, &limits(40), &limits(39), &[40, 39])
}

fn compressed() -> (Vec<u8>, usize) {
    let text = "again and ".repeat(1_000);
    let bytes = encode_with(&text, &EncodeOptions::new().compressed(6)).unwrap();
    // The size without the version byte.
    let size = encode(&text).unwrap().len() - 1;
    assert!(bytes.len() < size / 10);
    (bytes, size)
}

pub(crate) fn inflate_bytes() -> Seen {
    let limits = |inflate_bytes_max| {
        let mut limits = Limits::default();
        limits.inflate_bytes_max = inflate_bytes_max;
        limits
    };
    let (bytes, size) = compressed();
    seen::<String>(&bytes, &limits(size), &limits(size - 1), &[size, size - 1])
}

pub(crate) fn inflate_ratio() -> Seen {
    let limits = |inflate_ratio_max| {
        let mut limits = Limits::default();
        limits.inflate_ratio_max = inflate_ratio_max;
        limits
    };
    let (bytes, _) = compressed();
    let needed = needed::<String>(&bytes, limits);
    seen::<String>(
        &bytes,
        &limits(needed),
        &limits(needed - 1),
        &[needed, needed - 1],
    )
}

/// A limit of the format.
pub(crate) fn atom_characters() -> Seen {
    let atom = |len: usize| Atom::new("é".repeat(len));
    Seen {
        at_the_limit: atom(255).map(drop).map_err(|error| error.to_string()),
        above: Above::of(atom(256), &[255, 256]),
    }
}

/// What a peer sends is read in the task of its receiver, also parts of it that are taken out first: within the limits of
/// the node.
#[test]
fn what_comes_over_a_connection_is_read_within_the_limits_of_the_node() {
    let (sending, receiving) = established();
    let mut outbound = Outbound::new(&sending, &Limits::default());
    let message = (1, vec![Atom::from_static("x"); 100]);
    let control = Control::RegSend {
        from: pid("a@127.0.0.1"),
        to: Atom::from_static("nobody"),
    };
    let payload = Encoded::new(&message).unwrap();
    let mut transmit = Transmit::default();
    outbound.send(&control, Payload::Encoded(&payload)).unwrap();
    outbound.take_transmit(&mut transmit);
    let bytes = transmit.to_vec();
    let receive = |term_bytes_max| {
        let mut limits = Limits::default();
        limits.term_bytes_max = term_bytes_max;
        let mut inbound = Inbound::new(&receiving, &limits);
        inbound.handle_input(&bytes);
        match inbound.poll_event() {
            Ok(Some(Event::Signal { payload, .. })) => payload.expect("it has one"),
            other => panic!("{other:?}"),
        }
    };
    let whole = Limits::default().term_bytes_max;
    assert!(receive(whole).to_term().is_ok());
    let (_, part): (u8, Encoded) = receive(200).decode().unwrap();
    for refused in [receive(200), part] {
        let error = refused.to_term().unwrap_err().to_string();
        assert!(error.contains("term_bytes_max is 200"), "{error}");
    }
}
