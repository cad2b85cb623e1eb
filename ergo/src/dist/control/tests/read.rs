use super::*;
use crate::dist::violation::ProtocolViolation;

fn read_as(
    tuple: &Term,
    has_unlink_id: bool,
) -> Result<(Control, PayloadPlace), ProtocolViolation> {
    let bytes = {
        let mut bytes = Vec::new();
        Encoder::new(&mut bytes).write_term(tuple).unwrap();
        bytes
    };
    let parties = Parties {
        local: atom("b@h"),
        peer: atom("a@h"),
        has_unlink_id,
    };
    let mut decoder = Decoder::new(&bytes);
    let (control, place, _) = read_control(&mut decoder, &parties)?;
    assert_eq!(decoder.remaining(), 0, "all read: {control:?}");
    Ok((control, place))
}

fn read(operation: i64, elements: &[Term]) -> Result<(Control, PayloadPlace), ProtocolViolation> {
    read_as(&tuple(operation, elements), true)
}

fn check(operation: i64, elements: &[Term], expect: Control) {
    let (control, place) = read(operation, elements).unwrap();
    assert_eq!(control, expect);
    match place {
        PayloadPlace::None => assert!(!control.has_payload()),
        PayloadPlace::After => assert!(control.has_payload()),
        PayloadPlace::Inside(reason) => {
            assert!(control.has_payload());
            assert_eq!(reason.to_term().unwrap(), Term::atom("reason"));
        }
    }
}

fn refuse(operation: i64, elements: &[Term], expect: ProtocolViolation) {
    assert_eq!(
        read(operation, elements).map(|(control, _)| control),
        Err(expect)
    );
}

fn token() -> Term {
    Term::tuple([term(0), term(1), term(2), term(a()), term(4)])
}

#[test]
fn messages() {
    let (from, to, none) = (term(a()), term(b()), Term::atom(""));
    let sent = |from| Control::Send { from, to: b() };
    check(2, &[none.clone(), to.clone()], sent(None));
    check(12, &[none.clone(), to.clone(), token()], sent(None));
    check(22, &[from.clone(), to.clone()], sent(Some(a())));
    check(23, &[from.clone(), to, token()], sent(Some(a())));
    let name = Term::atom("rex");
    let named = || Control::RegSend {
        from: a(),
        to: atom("rex"),
    };
    check(6, &[from.clone(), none.clone(), name.clone()], named());
    check(16, &[from.clone(), none, name, token()], named());
    let aliased = || Control::AliasSend {
        from: a(),
        to: ref_b(),
    };
    check(33, &[from.clone(), term(ref_b())], aliased());
    check(34, &[from, term(ref_b()), token()], aliased());
}

/// `ALTACT_SIG_SEND` with every set of flags.
#[test]
fn alternative_signals() {
    let from = term(a());
    for (target, to, kind) in [
        (term(b()), AltactTarget::Pid(b()), 0),
        (term(ref_b()), AltactTarget::Alias(ref_b()), 4),
        (Term::atom("n"), AltactTarget::Name(atom("n")), 8),
    ] {
        for (priority, exit, has_token) in (0..8).map(|n| (n & 1 != 0, n & 2 != 0, n & 4 != 0)) {
            let flags =
                kind + i64::from(priority) + 2 * i64::from(has_token) + 16 * i64::from(exit);
            let mut elements = vec![term(flags), from.clone(), target.clone()];
            elements.extend(has_token.then(token));
            check(
                37,
                &elements,
                Control::altact(a(), to.clone(), priority, exit),
            );
            elements.push(token());
            let arity = elements.len() + 1;
            refuse(
                37,
                &elements,
                ProtocolViolation::Arity {
                    operation: 37,
                    arity,
                },
            );
        }
    }
    let ordinary = Control::altact(a(), AltactTarget::Alias(ref_b()), false, false);
    assert_eq!(
        ordinary,
        Control::AliasSend {
            from: a(),
            to: ref_b()
        }
    );
    for flags in [12, 32, -1] {
        let arity_matches = [term(flags), from.clone(), term(b())];
        let result = read(37, &arity_matches).map(|(control, _)| control);
        assert!(result.is_err(), "{flags}: {result:?}");
    }
}

#[test]
fn links() {
    let (from, to) = (term(a()), term(b()));
    check(
        1,
        &[from.clone(), to.clone()],
        Control::Link { from: a(), to: b() },
    );
    let id = u64::MAX;
    check(
        35,
        &[term(id), from.clone(), to.clone()],
        Control::UnlinkId {
            id,
            from: a(),
            to: b(),
        },
    );
    check(
        36,
        &[term(id), from.clone(), to.clone()],
        Control::UnlinkIdAck {
            id,
            from: a(),
            to: b(),
        },
    );
    check(
        7,
        &[term(c()), to.clone()],
        Control::GroupLeader { from: c(), to: b() },
    );
    refuse(
        35,
        &[term(0), from.clone(), to.clone()],
        ProtocolViolation::Value {
            operation: 35,
            element: "id",
        },
    );

    refuse(
        5,
        &[from.clone(), to.clone()],
        ProtocolViolation::ObsoleteOperation(5),
    );
    refuse(
        4,
        &[from.clone(), to.clone()],
        ProtocolViolation::ObsoleteOperation(4),
    );
    let (control, _) = read_as(&tuple(4, &[from, to]), false).unwrap();
    assert_eq!(control, Control::Unlink { from: a(), to: b() });
}

#[test]
fn exits() {
    let (from, to, reason) = (term(a()), term(b()), Term::atom("reason"));
    let exit = || Control::Exit { from: a(), to: b() };
    check(3, &[from.clone(), to.clone(), reason.clone()], exit());
    check(
        13,
        &[from.clone(), to.clone(), token(), reason.clone()],
        exit(),
    );
    check(24, &[from.clone(), to.clone()], exit());
    check(25, &[from.clone(), to.clone(), token()], exit());
    let exit2 = || Control::Exit2 { from: a(), to: b() };
    check(8, &[from.clone(), to.clone(), reason.clone()], exit2());
    check(18, &[from.clone(), to.clone(), token(), reason], exit2());
    check(26, &[from.clone(), to.clone()], exit2());
    check(27, &[from, to, token()], exit2());
}

#[test]
fn monitors() {
    let (from, name, reference) = (term(a()), Term::atom("n"), term(ref_a()));
    let pid = Monitored::Pid(b());
    let named = Monitored::Name(atom("n"));
    let monitor = |to| Control::MonitorP {
        from: a(),
        to,
        reference: ref_a(),
    };
    check(
        19,
        &[from.clone(), term(b()), reference.clone()],
        monitor(pid.clone()),
    );
    check(
        19,
        &[from.clone(), name.clone(), reference.clone()],
        monitor(named.clone()),
    );
    let demonitor = |to| Control::DemonitorP {
        from: a(),
        to,
        reference: ref_a(),
    };
    check(
        20,
        &[from.clone(), term(b()), reference.clone()],
        demonitor(pid),
    );
    check(
        20,
        &[from.clone(), name.clone(), reference],
        demonitor(named.clone()),
    );
    let (to, reference) = (term(b()), term(ref_b()));
    let reason = Term::atom("reason");
    check(
        21,
        &[from.clone(), to.clone(), reference.clone(), reason],
        monitored(Monitored::Pid(a())),
    );
    check(
        28,
        &[from, to.clone(), reference.clone()],
        monitored(Monitored::Pid(a())),
    );
    check(28, &[name, to, reference], monitored(named));
}

#[test]
fn spawning() {
    let mfa = |arity: i64| Term::tuple([Term::atom("m"), Term::atom("f"), term(arity)]);
    let options = Term::list([
        Term::atom("link"),
        Term::tuple([Term::atom("monitor"), Term::list([])]),
    ]);
    let fields = |arity| {
        [
            term(ref_a()),
            term(a()),
            term(c()),
            mfa(arity),
            options.clone(),
        ]
    };
    check(29, &fields(2), spawn_request(options.clone()));
    let with_token = [&fields(2)[..], &[token()]].concat();
    check(30, &with_token, spawn_request(options.clone()));
    refuse(
        29,
        &fields(-1),
        ProtocolViolation::Value {
            operation: 29,
            element: "arity",
        },
    );

    let reply = |flags: i64, result: Term| [term(ref_b()), term(b()), term(flags), result];
    check(31, &reply(3, term(a())), spawn_reply(Ok(a())));
    check(
        31,
        &reply(3, Term::atom("badopt")),
        spawn_reply(Err(atom("badopt"))),
    );
    check(
        32,
        &[&reply(7, term(a()))[..], &[token()]].concat(),
        spawn_reply(Ok(a())),
    );
    for flags in [-1, 1 << 27] {
        let violation = ProtocolViolation::Value {
            operation: 31,
            element: "set of flags",
        };
        refuse(31, &reply(flags, term(a())), violation);
    }
}

#[test]
fn spawn_options() {
    let check = |options: Term, expect: Option<(bool, bool)>| {
        let read = SpawnOptions::read(&options).map(|read| (read.link, read.monitor));
        assert_eq!(read, expect, "{options}");
    };
    let option = |key: &'static str| Term::tuple([Term::atom(key), Term::atom("high")]);
    check(Term::list([]), Some((false, false)));
    check(Term::list([Term::atom("link")]), Some((true, false)));
    check(
        Term::list([Term::atom("monitor"), Term::atom("link")]),
        Some((true, true)),
    );
    check(
        Term::list([option("monitor"), option("priority")]),
        Some((false, true)),
    );
    check(Term::list([option("rubbish")]), None);
    check(Term::list([Term::atom("rubbish")]), None);
    check(Term::list([term(1)]), None);
    check(Term::atom("link"), None);
}

/// Who may be the sender and the receiver of what; 1.6 of the protocol notes.
#[test]
fn foreign_processes() {
    let sender = |operation, node: Pid| ProtocolViolation::ForeignSender {
        operation,
        node: node.node().clone(),
    };
    let receiver = |operation| ProtocolViolation::ForeignReceiver {
        operation,
        node: atom("c@h"),
    };
    for operation in [1, 24, 26] {
        for from in [b(), c()] {
            refuse(
                operation,
                &[term(from.clone()), term(b())],
                sender(operation, from),
            );
        }
        refuse(operation, &[term(a()), term(c())], receiver(operation));
    }
    for operation in [35, 36] {
        refuse(
            operation,
            &[term(1), term(c()), term(b())],
            sender(operation, c()),
        );
    }
    for operation in [19, 20] {
        refuse(
            operation,
            &[term(c()), term(b()), term(ref_a())],
            sender(operation, c()),
        );
        refuse(
            operation,
            &[term(a()), term(c()), term(ref_a())],
            receiver(operation),
        );
    }
    refuse(28, &[term(b()), term(b()), term(ref_b())], sender(28, b()));
    refuse(28, &[term(a()), term(c()), term(ref_b())], receiver(28));
    refuse(
        31,
        &[term(ref_b()), term(c()), term(0), term(a())],
        receiver(31),
    );
    refuse(
        31,
        &[term(ref_b()), term(b()), term(0), term(b())],
        sender(31, b()),
    );
    // A process of an earlier incarnation of this node is nobody's, but no breach.
    let earlier = Pid::new(atom("b@h"), 2, 0, 1);
    check(
        1,
        &[term(a()), term(earlier.clone())],
        Control::Link {
            from: a(),
            to: earlier,
        },
    );
    // Messages may come from and go to anybody, as in OTP.
    check(
        22,
        &[term(c()), term(c())],
        Control::Send {
            from: Some(c()),
            to: c(),
        },
    );
}

#[test]
fn no_control_message() {
    let refused = |term: Term| {
        read_as(&term, true)
            .map(|(control, _)| control)
            .unwrap_err()
    };
    assert!(matches!(
        refused(Term::atom("a")),
        ProtocolViolation::NotAControl(_)
    ));
    assert!(matches!(
        refused(Term::list([term(1)])),
        ProtocolViolation::NotAControl(_)
    ));
    assert!(matches!(
        refused(Term::tuple([Term::atom("a")])),
        ProtocolViolation::NotAControl(_)
    ));
    assert_eq!(refused(Term::tuple([])), ProtocolViolation::EmptyControl);
    for operation in [-1, 0, 9, 10, 11, 14, 15, 17, 38, 99, i64::MAX] {
        assert_eq!(
            refused(tuple(operation, &[])),
            ProtocolViolation::UnknownOperation(operation)
        );
    }
}

/// Every operation with every other number of elements, and with elements of another kind.
#[test]
fn wrong_elements() {
    for operation in (1..=37).filter(|operation| !matches!(operation, 4 | 5)) {
        let Some(expected) = super::super::operation::arity(operation) else {
            continue;
        };
        for arity in 1..=8 {
            let elements = vec![Term::atom("x"); arity - 1];
            let result = read(operation, &elements).map(|(control, _)| control);
            match result {
                Err(ProtocolViolation::Arity { .. }) => assert_ne!(arity, expected),
                Err(ProtocolViolation::Element { .. }) => {
                    assert!(
                        arity == expected || operation == 37,
                        "{operation} with {arity}"
                    );
                }
                other => panic!("{operation} with {arity}: {other:?}"),
            }
        }
    }
}
