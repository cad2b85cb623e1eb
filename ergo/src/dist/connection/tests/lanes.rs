//! Long messages take turns, and signals of other senders go past them.

use super::*;
use crate::dist::control::Monitored;

/// A process of the sending node.
fn process(number: u32) -> Pid {
    Pid::new(atom("a@h"), number, 0, 7)
}

fn by(number: u32) -> Control {
    Control::Send {
        from: Some(process(number)),
        to: b(),
    }
}

fn long(text: &str, len: usize) -> Term {
    Term::tuple([Term::from(atom(text)), Term::binary(vec![7; len])])
}

/// Who sent what, by the number of the sender and the atom of the message.
fn heard(found: Vec<(Control, Option<Term>)>) -> Vec<(u32, String)> {
    let heard = |(control, payload): (Control, Option<Term>)| {
        let sender = match &control {
            Control::Send {
                from: Some(from), ..
            } => from.id(),
            _ => 0,
        };
        let payload = payload.unwrap_or_else(|| Term::atom("nothing"));
        let text = match payload.as_tuple() {
            Some([tag, _]) => tag.as_atom().unwrap().to_owned(),
            _ => payload.as_atom().unwrap().to_owned(),
        };
        (sender, text)
    };
    found.into_iter().map(heard).collect()
}

fn expect(list: &[(u32, &str)]) -> Vec<(u32, String)> {
    let owned = |(sender, text): &(u32, &str)| (*sender, (*text).to_owned());
    list.iter().map(owned).collect()
}

/// G-01, G-11: what one process sends keeps its order; what others send does not wait for its long messages.
#[test]
fn short_ones_of_others_go_past() {
    for flags in [
        Flags::VISIBLE,
        Flags::VISIBLE.without(Flags::DIST_HDR_ATOM_CACHE),
    ] {
        let (mut outbound, mut inbound) = halves(flags);
        let mut send = |number, term: Term| push(&mut outbound, &by(number), Some(&term)).unwrap();
        send(1, Term::atom("first"));
        send(1, long("long", 3 << 20));
        send(1, Term::atom("after"));
        send(2, Term::atom("past"));
        send(3, long("longer", 5 << 20));
        send(1, long("again", 1 << 20));
        send(1, Term::atom("last"));
        send(2, Term::atom("past_too"));
        send(3, Term::atom("after_longer"));
        let found = receive(&mut inbound, &transmit(&mut outbound)).unwrap();
        let order = [
            (1, "first"),
            (2, "past"),
            (2, "past_too"),
            (1, "long"),
            (1, "after"),
            (1, "again"),
            (1, "last"),
            (3, "longer"),
            (3, "after_longer"),
        ];
        assert_eq!(heard(found), expect(&order));
    }
}

/// A signal of which only the receiver can tell whose it is comes after everything before it, and before all after it.
#[test]
fn nothing_goes_past_a_signal_of_an_unknown_sender() {
    let (mut outbound, mut inbound) = halves(Flags::VISIBLE);
    let down = Control::MonitorPExit {
        from: Monitored::Name(atom("one")),
        to: b(),
        reference: reference(),
    };
    push(&mut outbound, &by(1), Some(&long("long", 1 << 20))).unwrap();
    push(&mut outbound, &by(2), Some(&long("other", 1 << 18))).unwrap();
    push(&mut outbound, &down, Some(&Term::atom("down"))).unwrap();
    push(&mut outbound, &by(1), Some(&Term::atom("after"))).unwrap();
    push(&mut outbound, &by(3), Some(&Term::atom("late"))).unwrap();
    let found = receive(&mut inbound, &transmit(&mut outbound)).unwrap();
    let order = [
        (2, "other"),
        (1, "long"),
        (0, "down"),
        (1, "after"),
        (3, "late"),
    ];
    assert_eq!(heard(found), expect(&order));
}

/// One turn is bounded, so that what is sent meanwhile has not long to wait.
#[test]
fn what_is_sent_meanwhile_comes_after_one_turn() {
    let (mut outbound, mut inbound) = halves(Flags::VISIBLE);
    push(&mut outbound, &by(1), Some(&long("long", 8 << 20))).unwrap();
    let mut batch = Transmit::default();
    outbound.take_transmit(&mut batch);
    assert!(batch.len() < 512 << 10, "{} bytes in a turn", batch.len());
    assert_eq!(receive(&mut inbound, &batch.to_vec()).unwrap(), []);
    push(&mut outbound, &by(2), Some(&Term::atom("short"))).unwrap();
    outbound.take_transmit(&mut batch);
    let found = receive(&mut inbound, &batch.to_vec()).unwrap();
    assert_eq!(heard(found), expect(&[(2, "short")]));
    let found = receive(&mut inbound, &transmit(&mut outbound)).unwrap();
    assert_eq!(heard(found), expect(&[(1, "long")]));
    assert_eq!(outbound.pending_bytes(), 0);
}

/// As many messages are in progress at once as a receiver with the same limits takes, whoever sends them.
#[test]
fn no_more_is_in_progress_than_is_taken() {
    let (mut outbound, mut inbound) = halves(Flags::VISIBLE);
    for sender in 0..300 {
        push(&mut outbound, &by(sender), Some(&long("first", 150_000))).unwrap();
        push(&mut outbound, &by(sender), Some(&Term::atom("second"))).unwrap();
    }
    let mut found = heard(receive(&mut inbound, &transmit(&mut outbound)).unwrap());
    found.sort_by_key(|(sender, _)| *sender);
    for (number, pair) in found.chunks(2).enumerate() {
        let sender = number as u32;
        assert_eq!(*pair, expect(&[(sender, "first"), (sender, "second")]));
    }
    assert_eq!(found.len(), 600);

    // The second does not fit beside the first, and what comes after its turn does not go past it.
    let mut send =
        |sender, len| push(&mut outbound, &by(sender), Some(&long("long", len))).unwrap();
    send(1, 20 << 20);
    send(2, 20 << 20);
    let mut batch = Transmit::default();
    outbound.take_transmit(&mut batch);
    assert_eq!(receive(&mut inbound, &batch.to_vec()).unwrap(), []);
    push(&mut outbound, &by(3), Some(&long("long", 1 << 20))).unwrap();
    let found = receive(&mut inbound, &transmit(&mut outbound)).unwrap();
    let order = [(1, "long"), (3, "long"), (2, "long")];
    assert_eq!(heard(found), expect(&order));
}

/// A long message that cannot be sent leaves no lane behind.
#[test]
fn a_failure_behind_a_long_message() {
    let (mut outbound, mut inbound) = halves(Flags::VISIBLE);
    push(&mut outbound, &by(1), Some(&long("long", 1 << 20))).unwrap();
    let before = outbound.pending_bytes();
    let fail = outbound.send(
        &by(1),
        Payload::Encode(&mut |encoder| {
            encoder.write_atom("half")?;
            encoder.write_f64(f64::NAN)
        }),
    );
    assert!(fail.is_err());
    assert_eq!(outbound.pending_bytes(), before);
    push(&mut outbound, &by(1), Some(&Term::atom("after"))).unwrap();
    let found = receive(&mut inbound, &transmit(&mut outbound)).unwrap();
    assert_eq!(heard(found), expect(&[(1, "long"), (1, "after")]));
}

/// What was taken of a binary that is passed on is what was sent, wherever it is cut and whatever is around it.
#[test]
fn binaries_that_are_not_copied() {
    for flags in [
        Flags::VISIBLE,
        Flags::VISIBLE.without(Flags::FRAGMENTS),
        C_NODE,
    ] {
        let (mut outbound, mut inbound) = halves(flags);
        let binary = |len: usize| Term::binary((0..len).map(|n| n as u8).collect::<Vec<u8>>());
        let mut sent = Vec::new();
        for len in [16_383, 16_384, 65_500, 70_000, 131_000, 131_072, 500_000] {
            let all = [
                Term::atom("a"),
                binary(len),
                Term::from(1),
                binary(len + 1),
                Term::list([binary(len), Term::from(2)]),
            ];
            for term in [binary(len), Term::tuple(all)] {
                push(&mut outbound, &send(), Some(&term)).unwrap();
                sent.push(term);
            }
        }
        let found = receive(&mut inbound, &transmit(&mut outbound)).unwrap();
        let found: Vec<Term> = found.into_iter().filter_map(|(_, term)| term).collect();
        assert!(found == sent, "{flags}");
    }
}

/// G-01: many senders, messages of all lengths, written in between: each sender's messages arrive in order.
#[test]
fn the_order_of_each_sender() {
    let (mut outbound, mut inbound) = halves(Flags::VISIBLE);
    let mut seed: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut random = |below: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % below
    };
    let (mut batch, mut found) = (Transmit::default(), Vec::new());
    let count = 3000;
    for number in 0..count {
        let len = match random(20) {
            0 => random(900_000) as usize,
            _ => random(2000) as usize,
        };
        let sender = random(8) as u32;
        let term = long(&format!("n{number}"), len);
        push(&mut outbound, &by(sender), Some(&term)).unwrap();
        if random(6) == 0 {
            outbound.take_transmit(&mut batch);
            found.extend(heard(receive(&mut inbound, &batch.to_vec()).unwrap()));
        }
    }
    found.extend(heard(
        receive(&mut inbound, &transmit(&mut outbound)).unwrap(),
    ));
    assert_eq!(found.len(), count);
    let in_order = found.is_sorted_by_key(|(_, text)| text[1..].parse::<u64>().unwrap());
    assert!(!in_order, "nothing went past a long message");
    for sender in 0..8 {
        let own = found.iter().filter(|(from, _)| *from == sender);
        let mut numbers = own.map(|(_, text)| text[1..].parse::<u64>().unwrap());
        assert!(numbers.by_ref().is_sorted(), "the messages of {sender}");
    }
}
