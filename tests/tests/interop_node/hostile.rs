//! What no Erlang node sends: garbage, half of a handshake, frames that break the protocol. Only the connection it came
//! on ends, while an Erlang node is served on another.

use std::io;
use std::time::Duration;

use ergo::dist::handshake::{Identity, Initiator, OpenChallenges};
use ergo::dist::{Creation, Flags, NodeName};
use ergo::net::Connected;
use ergo::wire::cookie::Cookie;
use ergo::wire::limits::Limits;
use ergo_tests::deadline;
use ergo_tests::erlang::each_release;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::world::{COOKIE, World};

const PATIENCE: Duration = Duration::from_secs(20);

async fn dial(world: &World) -> TcpStream {
    TcpStream::connect(("127.0.0.1", world.rust.port))
        .await
        .unwrap()
}

/// A peer with the cookie, and its connection past the handshake.
async fn peer(world: &World, name: &str) -> Connected {
    let identity = Identity::new(
        NodeName::parse(name).unwrap(),
        Creation::new(7).unwrap(),
        Flags::VISIBLE,
    );
    let initiator = Initiator::new(
        &identity,
        NodeName::parse(&world.rust.name).unwrap(),
        Cookie::new(COOKIE).unwrap(),
        OpenChallenges::default().open(12345),
        &Limits::default(),
        std::time::Instant::now(),
    );
    deadline(PATIENCE, ergo::net::dial(dial(world).await, initiator))
        .await
        .unwrap()
}

/// Reads until the other side closes; whatever it sends is dropped.
async fn closed(stream: &mut (impl AsyncRead + Unpin)) -> bool {
    let mut buffer = [0; 4096];
    let drain = async {
        loop {
            match stream.read(&mut buffer).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
    };
    tokio::time::timeout(PATIENCE, drain).await.is_ok()
}

fn frame(body: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
    bytes.extend_from_slice(body);
    bytes
}

/// A frame with an empty header and these terms.
fn message(terms: &[&[u8]]) -> Vec<u8> {
    let mut body = vec![131, 68, 0];
    for term in terms {
        body.extend_from_slice(term);
    }
    frame(&body)
}

fn atom(text: &str) -> Vec<u8> {
    let mut bytes = vec![119, u8::try_from(text.len()).unwrap()];
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

fn pid(node: &str, id: u32, creation: u32) -> Vec<u8> {
    [
        &[88][..],
        &atom(node),
        &id.to_be_bytes(),
        &[0; 4],
        &creation.to_be_bytes(),
    ]
    .concat()
}

fn tuple(elements: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = vec![104, u8::try_from(elements.len()).unwrap()];
    bytes.extend(elements.concat());
    bytes
}

fn small(number: u8) -> Vec<u8> {
    vec![97, number]
}

const GARBAGE: [&[u8]; 10] = [
    b"GET / HTTP/1.1\r\n\r\n",
    &[0, 0],
    &[255, 255],
    &[0, 1, 0],
    &[0, 7, b'n', 0, 5, 0, 0, 0, 0],
    &[0, 3, b's', b'o', b'k'],
    &[0, 20, b'N', 1, 2, 3],
    &[0, 15, b'N', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    &[
        0, 21, b'r', 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
    ],
    &[131, 68, 0, 104, 2, 97, 1, 97, 2],
];

/// Garbage at every stage of a handshake, while another connection works.
#[tokio::test]
async fn garbage_before_the_cookie() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .check(
                "Busy = spawn(fun Busy() -> receive {stop, F} -> F ! stopped after 0 -> ok = gen_server:cast({counter, R}, {add, 1}), pong = net_adm:ping(R), Busy() end end), Call(counter, get) >= 0",
                "true",
            )
            .await;
        let name = [
            &[0, 28, b'N'][..], &0x000d_07df_7fbd_u64.to_be_bytes(), &[0, 0, 0, 1, 0, 13], b"evil@1.2.3.4x",
        ]
        .concat();
        for garbage in GARBAGE {
            for prefix in [&[][..], &name] {
                let mut stream = dial(&world).await;
                stream.write_all(prefix).await.unwrap();
                // It may be closed already.
                let _ = stream.write_all(garbage).await;
                let _ = stream.shutdown().await;
                assert!(closed(&mut stream).await, "{garbage:?} after {} bytes", prefix.len());
            }
        }
        world.check("Busy ! {stop, Me}, Get()", "stopped").await;
        world.check("is_integer(Call(counter, get))", "true").await;
        assert!(world.rust.program.status().is_none());
    })
    .await;
}

/// More half-open handshakes than there are slots, none of which goes on: a real node still gets in.
#[tokio::test]
async fn a_flood_of_half_open_handshakes() {
    each_release(async |release| {
        let world = World::start(release).await;
        let mut flood = Vec::new();
        for number in 0..300u32 {
            let mut stream = dial(&world).await;
            if number % 2 == 0 {
                let _ = stream.write_all(&[0, 28, b'N', 0, 0]).await;
            }
            flood.push(stream);
            if number == 150 {
                world.check("net_adm:ping(R)", "pong").await;
            }
        }
        let other = world.another().await;
        assert_eq!(other.eval("net_adm:ping(R)").await.unwrap(), "pong");
        world.check("Call(counter, {add, 1})", "1").await;
        drop(flood);
    })
    .await;
}

/// Frames that no node sends.
fn attacks(evil: &str, rust: &str) -> Vec<Vec<u8>> {
    let us = || pid(evil, 1, 7);
    let foreign = || pid("other@127.0.0.1", 1, 7);
    let to = |name: &str| tuple(&[small(6), us(), atom(""), atom(name)]);
    let wrong = [
        vec![99, 1, 2, 3],
        vec![],
        vec![104, 200, 97],
        vec![109, 255, 255, 255, 255, 1],
        vec![82, 200],
        vec![108, 127, 255, 255, 255, 97, 1],
    ];
    let mut attacks: Vec<Vec<u8>> = vec![
        frame(b"garbage"),
        frame(&[131]),
        frame(&[131, 68]),
        frame(&[131, 68, 0]),
        frame(&[131, 68, 5, 1]),
        frame(&[131, 70, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1]),
        frame(&[
            131, 69, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 97,
        ]),
        frame(&[131, 80, 0, 0, 0, 9, 1, 2, 3]),
        frame(&[112, 131, 104, 1, 97, 1]),
        vec![255, 255, 255, 255, 1],
        message(&[&small(1)]),
        message(&[&tuple(&[])]),
        message(&[&tuple(&[small(99), us()])]),
        message(&[&tuple(&[small(1), us()])]),
        message(&[&tuple(&[small(5)])]),
        message(&[&tuple(&[small(4), us(), us()])]),
        message(&[&tuple(&[small(1), foreign(), pid(rust, 1, 1)])]),
        message(&[&tuple(&[small(19), foreign(), atom("echo"), small(1)])]),
    ];
    for name in ["echo", "counter", "relay", "no_such_name", "rex", "sup"] {
        for payload in &wrong {
            attacks.push(message(&[&to(name), payload]));
            let inside = [
                &[104, 3][..],
                &atom("$gen_call"),
                &tuple(&[us(), small(1)]),
                payload,
            ]
            .concat();
            attacks.push(message(&[&to(name), &inside]));
        }
    }
    attacks
}

/// After the handshake: each of these ends the connection, and that one only.
#[tokio::test]
async fn violations_after_the_handshake() {
    each_release(async |release| {
        let world = World::start(release).await;
        let evil = "evil@127.0.0.1";
        let attacks = attacks(evil, &world.rust.name);
        world.check("Call(counter, get)", "0").await;
        for attack in &attacks {
            let mut connected = peer(&world, evil).await;
            connected.stream.write_all(attack).await.unwrap();
            assert!(
                closed(&mut connected.stream).await,
                "{attack:?} did not end the connection\n{}",
                world.rust.program.output()
            );
        }
        // Half of a frame, and then nothing.
        for cut in 1..20 {
            let mut connected = peer(&world, evil).await;
            let us = pid(evil, 1, 7);
            let to = tuple(&[small(6), us.clone(), atom(""), atom("echo")]);
            let whole = message(&[&to, &tuple(&[us, small(1)])]);
            connected.stream.write_all(&whole[..cut]).await.unwrap();
            connected.stream.shutdown().await.unwrap();
            assert!(closed(&mut connected.stream).await);
        }
        world.check("Call(counter, get)", "0").await;
        world.check("nodes(connected) =:= [R]", "true").await;
        assert_eq!(resident_bytes(&world).unwrap() / (1024 * 1024) / 512, 0);
    })
    .await;
}

/// What is odd and harmless does not end a connection: messages to nobody, and bytes behind the payload.
#[tokio::test]
async fn oddities_are_tolerated() {
    each_release(async |release| {
        let world = World::start(release).await;
        let evil = "odd@127.0.0.1";
        let us = || pid(evil, 1, 7);
        let mut connected = peer(&world, evil).await;
        let ours = |name: &str| tuple(&[small(6), us(), atom(""), atom(name)]);
        let echo = tuple(&[us(), atom("still_here")]);
        let old = pid(&world.rust.name, 1, 1);
        let bytes = [
            vec![0, 0, 0, 0],
            message(&[&ours("no_such_name"), &small(1)]),
            message(&[&tuple(&[small(22), us(), old.clone()]), &small(1)]),
            message(&[&tuple(&[small(1), us(), old.clone()])]),
            message(&[&tuple(&[small(35), small(9), us(), old.clone()])]),
            message(&[&tuple(&[small(26), us(), old]), &small(1)]),
            message(&[&ours("echo"), &small(1), b"and more"]),
            message(&[&ours("echo"), &echo]),
        ]
        .concat();
        connected.stream.write_all(&bytes).await.unwrap();
        let mut seen = connected.rest;
        let answer = async {
            while !seen.windows(10).any(|window| window == b"still_here") {
                assert_ne!(
                    connected.stream.read_buf(&mut seen).await.unwrap(),
                    0,
                    "closed after {seen:?}"
                );
            }
        };
        deadline(PATIENCE, answer).await;
        world.check("Call(counter, get)", "0").await;
    })
    .await;
}

/// A second connection of the same name: after the cookie it takes the place of the first.
#[tokio::test]
async fn a_second_connection_replaces_the_first() {
    each_release(async |release| {
        let world = World::start(release).await;
        world.check("Relay({monitor_nodes, Me}), Call(counter, get)", "0").await;
        let mut first = peer(&world, "twin@127.0.0.1").await;
        world.check("Get()", "{relay,nodeup,'twin@127.0.0.1'}").await;
        let second = peer(&world, "twin@127.0.0.1").await;
        assert!(second.established.replaces);
        assert!(closed(&mut first.stream).await);
        world
            .table(&[
                ("Get()", "{relay,nodedown,'twin@127.0.0.1',connection_closed}"),
                ("Get()", "{relay,nodeup,'twin@127.0.0.1'}"),
                ("Relay({nodes, Me}), {relay, nodes, V, []} = Get(), lists:member('twin@127.0.0.1', V)", "true"),
            ])
            .await;
        drop(second);
        world.check("Get()", "{relay,nodedown,'twin@127.0.0.1',connection_closed}").await;
    })
    .await;
}

/// A peer with the name of the node itself is told `nok`, as OTP does.
#[tokio::test]
async fn a_peer_with_our_own_name_is_refused() {
    each_release(async |release| {
        let world = World::start(release).await;
        let mut stream = dial(&world).await;
        let name = world.rust.name.as_bytes();
        let length = u16::try_from(15 + name.len()).unwrap();
        let hello = [
            &length.to_be_bytes()[..],
            b"N",
            &0x000d_07df_7fbd_u64.to_be_bytes(),
            &[0, 0, 0, 1],
            &u16::try_from(name.len()).unwrap().to_be_bytes(),
            name,
        ]
        .concat();
        stream.write_all(&hello).await.unwrap();
        let mut answer = [0; 6];
        deadline(PATIENCE, stream.read_exact(&mut answer))
            .await
            .unwrap();
        assert_eq!(&answer, &[0, 4, b's', b'n', b'o', b'k']);
        assert!(closed(&mut stream).await);
        world.check("net_adm:ping(R)", "pong").await;
    })
    .await;
}

/// A peer that sends and never reads holds up nobody else, and memory stays bounded.
#[tokio::test]
async fn a_peer_that_does_not_read() {
    each_release(async |release| {
        let world = World::start(release).await;
        let evil = "deaf@127.0.0.1";
        let connected = peer(&world, evil).await;
        let us = pid(evil, 1, 7);
        let payload = tuple(&[us.clone(), [&[109, 0, 1, 0, 0][..], &[7; 65536]].concat()]);
        let whole = message(&[&tuple(&[small(6), us, atom(""), atom("echo")]), &payload]);
        let (_reader, mut writer) = tokio::io::split(connected.stream);
        let flood = tokio::spawn(async move {
            loop {
                if let Err(error) = writer.write_all(&whole).await {
                    return io::Error::kind(&error);
                }
            }
        });
        world
            .check(
                "lists:usort([begin {echo, R} ! {Me, N}, (receive {echo, N} -> ok after 10000 -> late end) end || N <- lists:seq(1, 500)])",
                "[ok]",
            )
            .await;
        assert_eq!(resident_bytes(&world).unwrap() / (1024 * 1024) / 512, 0, "more than 512 MiB");
        flood.abort();
    })
    .await;
}

fn resident_bytes(world: &World) -> Option<usize> {
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", world.rust.program.pid())).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kibibytes: usize = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}
