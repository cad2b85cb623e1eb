use super::*;

/// Writes `control` from `a@h`, with the atom `reason` as its payload where there is one, and returns the tuple and
/// where the payload went.
fn write(control: &Control, flags: Flags) -> Result<(Option<Term>, Placement), SendError> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes);
    let placement = write_control(control, &atom("a@h"), flags, &mut encoder)?;
    if placement == Placement::Inside {
        encoder.write_atom("reason")?;
    }
    if placement == Placement::Dropped {
        assert!(bytes.is_empty());
        return Ok((None, placement));
    }
    let mut decoder = Decoder::new(&bytes);
    let term = decoder.read_term().unwrap();
    assert_eq!(decoder.remaining(), 0);
    Ok((Some(term), placement))
}

fn check(control: Control, flags: Flags, expect: Term, placement: Placement) {
    assert_eq!(
        write(&control, flags),
        Ok((Some(expect), placement)),
        "{control:?}"
    );
}

#[test]
fn messages() {
    let (from, to) = (term(a()), term(b()));
    let send = || Control::Send {
        from: Some(a()),
        to: b(),
    };
    let after = Placement::After;
    check(
        send(),
        OTP_29,
        tuple(22, &[from.clone(), to.clone()]),
        after,
    );
    check(
        send(),
        C_NODE,
        tuple(2, &[Term::atom(""), to.clone()]),
        after,
    );
    let unknown = Control::Send {
        from: None,
        to: b(),
    };
    check(unknown, OTP_29, tuple(2, &[Term::atom(""), to]), after);

    let reg_send = Control::RegSend {
        from: a(),
        to: atom("rex"),
    };
    let expect = tuple(6, &[from.clone(), Term::atom(""), Term::atom("rex")]);
    check(reg_send, OTP_29, expect, after);

    let alias_send = || Control::AliasSend {
        from: a(),
        to: ref_b(),
    };
    check(
        alias_send(),
        OTP_25,
        tuple(33, &[from.clone(), term(ref_b())]),
        after,
    );
    check(
        alias_send(),
        OTP_29,
        tuple(37, &[term(4), from, term(ref_b())]),
        after,
    );
    assert_eq!(
        write(&alias_send(), C_NODE),
        Err(SendError::NotNegotiated(Flags::ALIAS))
    );
}

#[test]
fn priority_signals() {
    let from = term(a());
    let pid = || AltactTarget::Pid(b());
    let alias = || AltactTarget::Alias(ref_b());
    let name = || AltactTarget::Name(atom("n"));
    let after = Placement::After;
    check(
        altact(alias(), true, false),
        OTP_29,
        tuple(37, &[term(5), from.clone(), term(ref_b())]),
        after,
    );
    check(
        altact(pid(), true, true),
        OTP_29,
        tuple(37, &[term(17), from.clone(), term(b())]),
        after,
    );
    check(
        altact(name(), true, false),
        OTP_29,
        tuple(37, &[term(9), from.clone(), Term::atom("n")]),
        after,
    );
    check(
        altact(alias(), false, true),
        OTP_29,
        tuple(37, &[term(20), from.clone(), term(ref_b())]),
        after,
    );
    // Peers before OTP 28 get the same without priority.
    check(
        altact(alias(), true, false),
        OTP_25,
        tuple(33, &[from.clone(), term(ref_b())]),
        after,
    );
    check(
        altact(pid(), true, true),
        OTP_25,
        tuple(26, &[from, term(b())]),
        after,
    );
    assert_eq!(
        write(&altact(alias(), true, true), OTP_25),
        Err(SendError::NotNegotiated(Flags::ALTACT_SIG))
    );
}

#[test]
fn links() {
    let pair = [term(a()), term(b())];
    let none = Placement::None;
    check(
        Control::Link { from: a(), to: b() },
        OTP_29,
        tuple(1, &pair),
        none,
    );
    let unlink = || Control::UnlinkId {
        id: u64::MAX,
        from: a(),
        to: b(),
    };
    let expect = tuple(35, &[term(u64::MAX), term(a()), term(b())]);
    check(unlink(), OTP_29, expect, none);
    let ack = || Control::UnlinkIdAck {
        id: 1,
        from: a(),
        to: b(),
    };
    check(
        ack(),
        OTP_29,
        tuple(36, &[term(1), term(a()), term(b())]),
        none,
    );
    let old = OTP_29.without(Flags::UNLINK_ID);
    check(unlink(), old, tuple(4, &pair), none);
    assert_eq!(write(&ack(), old), Ok((None, Placement::Dropped)));
    let obsolete = Control::Unlink { from: a(), to: b() };
    assert_eq!(write(&obsolete, OTP_29), Err(SendError::ObsoleteUnlink));
    check(obsolete, old, tuple(4, &pair), none);
    check(
        Control::GroupLeader { from: c(), to: b() },
        OTP_29,
        tuple(7, &[term(c()), term(b())]),
        none,
    );
}

#[test]
fn exits() {
    let pair = [term(a()), term(b())];
    let inside = [term(a()), term(b()), Term::atom("reason")];
    let exit = || Control::Exit { from: a(), to: b() };
    check(exit(), OTP_29, tuple(24, &pair), Placement::After);
    check(exit(), C_NODE, tuple(3, &inside), Placement::Inside);
    let exit2 = || Control::Exit2 { from: a(), to: b() };
    check(exit2(), OTP_29, tuple(26, &pair), Placement::After);
    check(exit2(), C_NODE, tuple(8, &inside), Placement::Inside);
}

#[test]
fn monitors() {
    let by_pid = [term(a()), term(b()), term(ref_a())];
    let by_name = [term(a()), Term::atom("n"), term(ref_a())];
    let monitor = |to| Control::MonitorP {
        from: a(),
        to,
        reference: ref_a(),
    };
    let demonitor = |to| Control::DemonitorP {
        from: a(),
        to,
        reference: ref_a(),
    };
    let pid = || Monitored::Pid(b());
    let name = || Monitored::Name(atom("n"));
    check(monitor(pid()), OTP_29, tuple(19, &by_pid), Placement::None);
    check(
        monitor(name()),
        OTP_29,
        tuple(19, &by_name),
        Placement::None,
    );
    check(
        demonitor(pid()),
        OTP_29,
        tuple(20, &by_pid),
        Placement::None,
    );
    check(
        demonitor(name()),
        OTP_29,
        tuple(20, &by_name),
        Placement::None,
    );
    check(monitor(pid()), C_NODE, tuple(19, &by_pid), Placement::None);
    assert_eq!(
        write(&monitor(name()), C_NODE),
        Err(SendError::NotNegotiated(Flags::DIST_MONITOR_NAME))
    );
    let fields = [term(a()), term(b()), term(ref_b())];
    check(
        monitored(Monitored::Pid(a())),
        OTP_29,
        tuple(28, &fields),
        Placement::After,
    );
    let fields = [
        Term::atom("n"),
        term(b()),
        term(ref_b()),
        Term::atom("reason"),
    ];
    check(
        monitored(name()),
        C_NODE,
        tuple(21, &fields),
        Placement::Inside,
    );
}

#[test]
fn spawning() {
    let mfa = Term::tuple([Term::atom("m"), Term::atom("f"), term(2)]);
    let options = Term::list([Term::atom("link")]);
    let expect = tuple(
        29,
        &[term(ref_a()), term(a()), term(c()), mfa, options.clone()],
    );
    check(
        spawn_request(options.clone()),
        OTP_29,
        expect,
        Placement::After,
    );
    let expect = tuple(31, &[term(ref_b()), term(b()), term(3), term(a())]);
    check(spawn_reply(Ok(a())), OTP_29, expect, Placement::None);
    let expect = tuple(
        31,
        &[term(ref_b()), term(b()), term(3), Term::atom("badopt")],
    );
    check(
        spawn_reply(Err(atom("badopt"))),
        OTP_29,
        expect,
        Placement::None,
    );
    let missing = SendError::NotNegotiated(Flags::SPAWN);
    assert_eq!(write(&spawn_request(options), C_NODE), Err(missing));
    // Whoever has asked can read the answer, which may be that there is none of that here.
    assert!(write(&spawn_reply(Err(atom("disabled"))), C_NODE).is_ok());
}

/// An exit signal whose sender is a process of the receiving node kills OTP 25, 27 and 29: never sent.
#[test]
fn only_own_processes_send() {
    let (from, to) = (b(), b());
    let reference = ref_a();
    let monitored = Monitored::Pid(b());
    for control in [
        Control::Exit2 {
            from: from.clone(),
            to: to.clone(),
        },
        Control::Exit {
            from: from.clone(),
            to: to.clone(),
        },
        Control::Link {
            from: from.clone(),
            to: to.clone(),
        },
        Control::UnlinkId {
            id: 1,
            from: from.clone(),
            to: to.clone(),
        },
        Control::UnlinkIdAck {
            id: 1,
            from: from.clone(),
            to: to.clone(),
        },
        Control::MonitorP {
            from: from.clone(),
            to: monitored.clone(),
            reference: reference.clone(),
        },
        Control::DemonitorP {
            from: from.clone(),
            to: monitored.clone(),
            reference: reference.clone(),
        },
        Control::MonitorPExit {
            from: monitored,
            to: to.clone(),
            reference,
        },
        Control::AltactSigSend {
            from,
            to: AltactTarget::Pid(to),
            priority: true,
            exit: true,
        },
        spawn_reply(Ok(b())),
    ] {
        let result = write(&control, OTP_29);
        assert_eq!(
            result,
            Err(SendError::ForeignSender { node: atom("b@h") }),
            "{control:?}"
        );
    }
}
