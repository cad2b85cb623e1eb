//! A peer made by hand, which sends what no Erlang node does.

use std::time::Instant;

use ergo::dist::handshake::{Identity, Initiator, OpenChallenges};
use ergo::dist::{Control, Creation, Event, Flags, Inbound, NodeName, SpawnReply, SpawnRequest};
use ergo::etf::{Encoded, encode};
use ergo::net::{self, Stream};
use ergo::prelude::*;
use ergo::wire::{Cookie, Limits};
use ergo_tests::{PATIENCE, deadline};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Its incarnation.
const CREATION: u32 = 7;

/// A peer with a connection, on which it writes what it likes.
pub(crate) struct Raw {
    name: Atom,
    stream: TcpStream,
    inbound: Inbound,
}

impl Raw {
    /// Connects to a node under this name, announcing these flags.
    pub(crate) async fn connect(node: &Node, name: &str, flags: Flags) -> Raw {
        let stream = TcpStream::connect(("127.0.0.1", node.port().unwrap()));
        let identity = Identity::new(
            NodeName::parse(name).unwrap(),
            Creation::new(CREATION).unwrap(),
            flags,
        );
        let initiator = Initiator::new(
            &identity,
            NodeName::parse(node.name().as_str()).unwrap(),
            Cookie::new("ergo").unwrap(),
            OpenChallenges::default().open(12_345),
            &Limits::default(),
            Instant::now(),
        );
        let dialled = net::dial(stream.await.unwrap(), initiator);
        let connected = deadline(PATIENCE, dialled).await.unwrap();
        let Stream::Tcp(stream) = connected.stream else {
            unreachable!("it was one before");
        };
        let (established, limits) = (connected.established, Limits::default());
        let mut inbound = Inbound::new(&established, &limits);
        inbound.handle_input(&connected.rest);
        Raw {
            name: Atom::new(name).unwrap(),
            stream,
            inbound,
        }
    }

    /// A process of it.
    pub(crate) fn pid(&self, id: u32) -> Pid {
        Pid::new(self.name.clone(), id, 0, CREATION)
    }

    pub(crate) fn reference(&self, id: u32) -> Reference {
        Reference::new(self.name.clone(), CREATION, &[id, 0, 0]).unwrap()
    }

    /// Writes a control message, and a payload.
    pub(crate) async fn send(&mut self, control: &Term, payload: Option<&Encoded>) {
        // No atoms in the header; the terms go without their version.
        let mut body = vec![131, 68, 0];
        body.extend_from_slice(&encode(control).unwrap()[1..]);
        if let Some(payload) = payload {
            body.extend_from_slice(&encode(payload).unwrap()[1..]);
        }
        let mut frame = u32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
        frame.append(&mut body);
        self.stream.write_all(&frame).await.unwrap();
    }

    /// The next signal; `None` at the end of the connection.
    pub(crate) async fn next(&mut self) -> Option<(Control, Option<Encoded>)> {
        loop {
            match self.inbound.poll_event().unwrap() {
                Some(Event::Signal { control, payload }) => return Some((control, payload)),
                Some(_) => {}
                None => {
                    let read = self.stream.read_buf(self.inbound.read_buffer());
                    if deadline(PATIENCE, read).await.unwrap_or(0) == 0 {
                        return None;
                    }
                }
            }
        }
    }

    /// Waits for the end of the connection; nothing is answered before.
    pub(crate) async fn closed(&mut self) {
        while let Some((control, _)) = self.next().await {
            assert!(!matches!(control, Control::SpawnReply(_)), "{control:?}");
        }
    }

    /// The next signal that is about spawning.
    pub(crate) async fn reply(&mut self) -> SpawnReply {
        loop {
            match self.next().await.expect("the connection stays") {
                (Control::SpawnReply(reply), _) => return *reply,
                // The node introduces itself to services of the peer, and is done with a call.
                (
                    Control::RegSend { .. } | Control::MonitorP { .. } | Control::DemonitorP { .. },
                    _,
                ) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// Sends a request.
    pub(crate) async fn request_spawn(&mut self, request: &SpawnRequest, args: &Encoded) {
        let SpawnRequest {
            module, function, ..
        } = request;
        let function = [
            Term::Atom(module.clone()),
            Term::Atom(function.clone()),
            Term::from(request.arity),
        ];
        let control = Term::tuple([
            Term::from(29),
            Term::from(request.request.clone()),
            Term::from(request.from.clone()),
            Term::from(request.group_leader.clone()),
            Term::tuple(function),
            request.options.clone(),
        ]);
        self.send(&control, Some(args)).await;
    }

    /// Sends a request of its process 1, and waits for the reply.
    pub(crate) async fn ask(&mut self, request: SpawnRequest, args: &Encoded) -> SpawnReply {
        self.request_spawn(&request, args).await;
        let reply = self.reply().await;
        assert_eq!(
            (&reply.request, &reply.to),
            (&request.request, &request.from)
        );
        reply
    }

    /// A request that is in order.
    pub(crate) fn request(&self, (module, function, arity): (&str, &str, u32)) -> SpawnRequest {
        SpawnRequest {
            request: self.reference(1),
            from: self.pid(1),
            group_leader: self.pid(2),
            module: Atom::new(module).unwrap(),
            function: Atom::new(function).unwrap(),
            arity,
            options: term!([link, monitor]),
        }
    }
}
