//! The table of scenarios, run against the real daemon and ours, the answers compared byte for byte.

use crate::daemon::Daemon;
use crate::scenario::{Answer, Scenario, Step};
use crate::wait::erlang_is_wanted;

const OK: &[u8] = &[b'v', 0, 0, 0, 0, 0];
const OK_16: &[u8] = &[b'y', 0, 0, 0];
const REFUSED: &[u8] = &[b'v', 1, 0, 0, 0, 99];
const REFUSED_16: &[u8] = &[b'y', 1, 0, 99];
const UNKNOWN: &[u8] = &[b'w', 1];
const NO_NAMES: &[u8] = &[0; 4];

fn open(bytes: &[u8]) -> Answer {
    let bytes = bytes.to_vec();
    Answer { bytes, open: true }
}

fn closed(bytes: &[u8]) -> Answer {
    let bytes = bytes.to_vec();
    Answer { bytes, open: false }
}

fn say(on: usize, bytes: Vec<u8>, answer: Answer) -> Step {
    let pieces = vec![bytes];
    let real = None;
    Step::Say {
        on,
        pieces,
        answer,
        real,
    }
}

fn say_slowly(on: usize, bytes: &[u8], answer: Answer) -> Step {
    let pieces = bytes.iter().map(|byte| vec![*byte]).collect();
    let real = None;
    Step::Say {
        on,
        pieces,
        answer,
        real,
    }
}

/// As `say`, where ours is meant to differ from the real daemon.
fn differ(on: usize, bytes: Vec<u8>, ours: Answer, real: Answer) -> Step {
    let pieces = vec![bytes];
    let real = Some(real);
    Step::Say {
        on,
        pieces,
        answer: ours,
        real,
    }
}

fn hang(on: usize, name: &'static str) -> Step {
    Step::Hang { on, name }
}

fn packet(body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).expect("short").to_be_bytes();
    [&length, body].concat()
}

/// A registration as its fields, any of which may be wrong.
struct Alive<'a> {
    kind: u8,
    highest: u16,
    name: &'a [u8],
    name_bytes: Option<u16>,
    extra: &'a [u8],
    extra_bytes: Option<u16>,
    tail: &'a [u8],
}

fn alive(name: &[u8]) -> Alive<'_> {
    Alive {
        kind: 77,
        highest: 6,
        name,
        name_bytes: None,
        extra: b"",
        extra_bytes: None,
        tail: b"",
    }
}

impl Alive<'_> {
    fn packet(&self) -> Vec<u8> {
        let count = |bytes: &[u8]| u16::try_from(bytes.len()).expect("short");
        let mut body = vec![b'x', 0x15, 0xb3, self.kind, 0];
        body.extend(self.highest.to_be_bytes());
        body.extend([0, 5]);
        body.extend(self.name_bytes.unwrap_or(count(self.name)).to_be_bytes());
        body.extend(self.name);
        body.extend(self.extra_bytes.unwrap_or(count(self.extra)).to_be_bytes());
        body.extend(self.extra);
        body.extend(self.tail);
        packet(&body)
    }
}

fn register(on: usize, name: &str) -> Step {
    say(on, alive(name.as_bytes()).packet(), open(OK))
}

fn scenario(name: &'static str, steps: Vec<Step>) -> Scenario {
    let relaxed = false;
    Scenario {
        name,
        relaxed,
        steps,
    }
}

fn relaxed(name: &'static str, steps: Vec<Step>) -> Scenario {
    let relaxed = true;
    Scenario {
        name,
        relaxed,
        steps,
    }
}

#[track_caller]
fn check(scenarios: Vec<Scenario>) {
    if !erlang_is_wanted(&["epmd"]) {
        return;
    }
    for scenario in scenarios {
        let real = scenario.run(Daemon::real(scenario.relaxed));
        let ours = scenario.run(Daemon::ours(scenario.relaxed));
        let meant_to_differ = |step: &Step| matches!(step, Step::Say { real: Some(_), .. });
        if !scenario.steps.iter().any(meant_to_differ) {
            assert_eq!(ours, real, "{}", scenario.name);
        }
    }
}

#[test]
fn registering() {
    let high = |highest| {
        let mut alive = alive(b"foo");
        alive.highest = highest;
        alive.packet()
    };
    check(vec![
        scenario("register", vec![register(0, "foo")]),
        scenario(
            "one byte at a time",
            vec![say_slowly(0, &alive(b"foo").packet(), open(OK))],
        ),
        scenario("version 7", vec![say(0, high(7), open(OK))]),
        scenario("version 5", vec![say(0, high(5), open(OK_16))]),
        scenario("version 0", vec![say(0, high(0), open(OK_16))]),
        scenario(
            "a taken name is refused, the connection stays open, another byte closes it",
            vec![
                register(0, "foo"),
                say(1, high(6), open(REFUSED)),
                say(2, high(5), open(REFUSED_16)),
                say(1, b"x".to_vec(), closed(b"")),
            ],
        ),
        scenario(
            "a name is free after its connection",
            vec![register(0, "foo"), hang(0, "foo"), register(1, "foo")],
        ),
        scenario(
            "another byte ends a registration",
            vec![
                register(0, "foo"),
                say(0, b"x".to_vec(), closed(b"")),
                say(1, packet(b"zfoo"), closed(UNKNOWN)),
            ],
        ),
    ]);
}

#[test]
fn names_that_can_be_registered() {
    let longest = "n".repeat(255);
    let two_bytes = "\u{e9}".repeat(200);
    check(vec![
        scenario("with an @", vec![register(0, "foo@bar")]),
        scenario("with a line feed", vec![register(0, "foo\nbar")]),
        scenario("of 255 characters", vec![register(0, &longest)]),
        scenario(
            "of 200 characters of two bytes",
            vec![register(0, &two_bytes)],
        ),
        scenario(
            "of 256 characters",
            vec![say(0, alive(&[b'n'; 256]).packet(), open(REFUSED))],
        ),
        scenario(
            "not UTF-8",
            vec![say(0, alive(b"\xff\xfe").packet(), open(REFUSED))],
        ),
        scenario(
            "a surrogate in UTF-8",
            vec![say(0, alive(b"\xed\xa0\x80").packet(), open(REFUSED))],
        ),
        scenario(
            "with a NUL",
            vec![say(0, alive(b"a\0b").packet(), closed(b""))],
        ),
        scenario("none", vec![say(0, alive(b"").packet(), closed(b""))]),
    ]);
}

#[test]
fn malformed_registrations() {
    let mut name_too_long = alive(b"foo");
    name_too_long.name_bytes = Some(50);
    let mut extra_too_long = alive(b"foo");
    extra_too_long.extra_bytes = Some(50);
    let mut tail = alive(b"foo");
    tail.extra = b"zz";
    tail.tail = b"more";
    let mut no_extra = alive(b"foo").packet();
    no_extra.truncate(no_extra.len() - 2);
    no_extra[1] -= 2;
    let port_and_extra = b"w\0\x15\xb3M\0\0\x06\0\x05\0\x03foo\0\x02zz";
    check(vec![
        scenario(
            "name beyond the end",
            vec![say(0, name_too_long.packet(), closed(b""))],
        ),
        scenario(
            "extra beyond the end",
            vec![say(0, extra_too_long.packet(), closed(b""))],
        ),
        scenario("no extra", vec![say(0, no_extra, closed(b""))]),
        scenario("only a tag", vec![say(0, packet(b"x"), closed(b""))]),
        scenario(
            "bytes behind the extra are ignored",
            vec![
                say(0, tail.packet(), open(OK)),
                say(1, packet(b"zfoo"), closed(port_and_extra)),
            ],
        ),
    ]);
}

#[test]
fn looking_up() {
    let mut strange = alive(b"foo");
    strange.kind = 200;
    strange.highest = 0xffff;
    strange.extra = b"\0\xff";
    let strange_port = b"w\0\x15\xb3\xc8\0\xff\xff\0\x05\0\x03foo\0\x02\0\xff";
    let port = b"w\0\x15\xb3M\0\0\x06\0\x05\0\x03foo\0\0";
    check(vec![
        scenario("unknown", vec![say(0, packet(b"zfoo"), closed(UNKNOWN))]),
        scenario(
            "with a host",
            vec![say(0, packet(b"zfoo@host"), closed(UNKNOWN))],
        ),
        scenario("empty", vec![say(0, packet(b"z"), closed(b""))]),
        scenario("only a NUL", vec![say(0, packet(b"z\0"), closed(b""))]),
        scenario("not UTF-8", vec![say(0, packet(b"z\xff"), closed(b""))]),
        scenario(
            "of 254 characters",
            vec![say(0, packet(&[b'z'; 255]), closed(UNKNOWN))],
        ),
        scenario(
            "of 256 characters",
            vec![say(0, packet(&[b'z'; 257]), closed(b""))],
        ),
        scenario(
            "every field comes back",
            vec![
                say(0, strange.packet(), open(OK)),
                say(1, packet(b"zfoo"), closed(strange_port)),
            ],
        ),
        scenario(
            "known, with and without a NUL, slowly, and with two",
            vec![
                register(0, "foo"),
                say(1, packet(b"zfoo"), closed(port)),
                say(2, packet(b"zfoo\0"), closed(port)),
                say_slowly(3, &packet(b"zfoo"), closed(port)),
                say(4, packet(b"zfoo\0\0"), closed(b"")),
                say(5, packet(b"zfoo\0o"), closed(b"")),
            ],
        ),
    ]);
}

#[test]
fn listing() {
    let names = b"\0\0\0\0name b at port 5555\nname a at port 5555\n";
    let active =
        "active name     <b> at port 5555, fd = N\n\0active name     <a> at port 5555, fd = N\n\0";
    let unused = "old/unused name <c>, port = 5555, fd = N \n\0";
    let dump = ["\0\0\0\0", active, unused].concat();
    let again = "active name     <c> at port 5555, fd = N\n\0";
    let dump_again = ["\0\0\0\0", again, active].concat();
    check(vec![
        scenario("no names", vec![say(0, packet(b"n"), closed(NO_NAMES))]),
        scenario(
            "names with a tail",
            vec![say(0, packet(b"nmore"), closed(NO_NAMES))],
        ),
        scenario(
            "an empty dump",
            vec![say(0, packet(b"d"), closed(NO_NAMES))],
        ),
        scenario(
            "the newest first, then old names until they are used again",
            vec![
                register(0, "a"),
                register(1, "b"),
                register(2, "c"),
                hang(2, "c"),
                say(3, packet(b"n"), closed(names)),
                say(4, packet(b"d"), closed(dump.as_bytes())),
                register(5, "c"),
                say(6, packet(b"d"), closed(dump_again.as_bytes())),
            ],
        ),
    ]);
}

#[test]
fn orders() {
    check(vec![
        scenario(
            "kill",
            vec![say(0, packet(b"k"), closed(b"OK")), Step::Ended],
        ),
        scenario(
            "kill with a node",
            vec![
                register(0, "foo"),
                say(1, packet(b"k"), closed(b"NO")),
                say(2, packet(b"kmore"), closed(b"NO")),
                hang(0, "foo"),
                say(3, packet(b"k"), closed(b"OK")),
                Step::Ended,
            ],
        ),
        scenario(
            "stop",
            vec![
                register(0, "foo"),
                say(1, packet(b"sfoo"), closed(b"")),
                say(2, packet(b"sbar"), closed(b"")),
                say(3, packet(b"s"), closed(b"")),
            ],
        ),
        relaxed(
            "kill with a node when relaxed",
            vec![
                register(0, "foo"),
                say(1, packet(b"k"), closed(b"OK")),
                say(0, Vec::new(), closed(b"")),
                Step::Ended,
            ],
        ),
        relaxed(
            "stop when relaxed",
            vec![
                register(0, "foo"),
                register(1, "bar"),
                say(2, packet(b"sfoo\0"), closed(b"STOPPED")),
                say(0, Vec::new(), closed(b"")),
                say(3, packet(b"zfoo"), closed(UNKNOWN)),
                say(4, packet(b"s"), closed(b"")),
            ],
        ),
    ]);
}

#[test]
fn no_requests() {
    let unfinished = |bytes: &[u8]| vec![say(0, bytes.to_vec(), open(b""))];
    let closes = |bytes: &[u8]| vec![say(0, bytes.to_vec(), closed(b""))];
    check(vec![
        scenario("zero length", closes(b"\0\0")),
        scenario("a length over every buffer", closes(b"\xff\xff")),
        scenario("an unknown tag", closes(&packet(b"Q"))),
        scenario("more than the length says", closes(b"\0\x01nn")),
        scenario("two requests at once", closes(b"\0\x01n\0\x01n")),
        scenario("half a length waits", unfinished(b"\0")),
        scenario("a length waits", unfinished(b"\0\x0a")),
        scenario("half a request waits", unfinished(b"\0\x04zfo")),
    ]);
}

/// Where ours is meant to differ; the real daemon's side is held here too, so that a change shows.
#[test]
fn differences() {
    let mut empty_with_extra = alive(b"");
    empty_with_extra.extra = b"extra";
    let mut long = alive(b"foo");
    let extra = [0; 600];
    long.extra = &extra;
    let longest = [b"z".as_slice(), &[b'n'; 255]].concat();
    check(vec![
        scenario(
            "an empty name with extra data",
            vec![differ(0, empty_with_extra.packet(), closed(b""), open(OK))],
        ),
        scenario(
            "a request over 512 bytes",
            vec![differ(0, long.packet(), closed(b""), open(OK))],
        ),
        scenario(
            "looking up 255 characters",
            vec![differ(0, packet(&longest), closed(UNKNOWN), closed(b""))],
        ),
        relaxed(
            "stopping nobody",
            vec![
                differ(
                    0,
                    packet(b"sfoo"),
                    closed(b"NOEXIST"),
                    closed(b"NOEXISTSTOPPED"),
                ),
                differ(1, packet(b"s\xff"), closed(b""), closed(b"NOEXISTSTOPPED")),
            ],
        ),
    ]);
}
