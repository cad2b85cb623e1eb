//! The two machines against golden bytes of real nodes, against each other, and against hostile bytes.

mod golden;
mod hostile;
mod pair;
mod states;

use std::time::{Duration, Instant};

use super::messages::{ChallengeAck, ChallengeReply, Complement, SendChallenge, SendName, Status};
use super::*;
use crate::dist::creation::Creation;
use crate::dist::digest::Digest;
use crate::dist::flags::Flags;
use crate::dist::node_name::{NodeName, NodeNameError};
use crate::wire::{Cookie, Limits};

const A_CHALLENGE: u32 = 0xdade_314d;
const B_CHALLENGE: u32 = 0xf034_d91a;
const A_CREATION: u32 = 0x6b00_f23d;
const B_CREATION: u32 = 0x6b00_f23a;

/// What OTP 29 announces.
const OTP_25: Flags = Flags::from_bits(0x0d_07df_7fbd);
const OTP_29: Flags = Flags::from_bits(0x6d_07df_7fbd);

fn name(text: &str) -> NodeName {
    NodeName::parse(text).unwrap()
}

fn cookie(text: &str) -> Cookie {
    Cookie::new(text).unwrap()
}

fn identity(node: &str, creation: u32, flags: Flags) -> Identity {
    Identity::new(name(node), Creation::new(creation).unwrap(), flags)
}

fn initiator_of(flags: Flags, secret: &str) -> Initiator {
    let identity = identity("a@127.0.0.1", A_CREATION, flags);
    let challenge = OpenChallenges::default().open(A_CHALLENGE);
    let limits = Limits::default();
    Initiator::new(
        &identity,
        name("b@127.0.0.1"),
        cookie(secret),
        challenge,
        &limits,
        Instant::now(),
    )
}

fn nameless(host: &str) -> Initiator {
    let challenge = OpenChallenges::default().open(A_CHALLENGE);
    let (limits, now) = (Limits::default(), Instant::now());
    Initiator::nameless(
        host,
        Flags::VISIBLE,
        name("b@127.0.0.1"),
        cookie("secret"),
        challenge,
        &limits,
        now,
    )
}

fn initiator() -> Initiator {
    initiator_of(OTP_29, "secret")
}

fn acceptor() -> Acceptor {
    let challenge = OpenChallenges::default().open(B_CHALLENGE);
    Acceptor::new(
        identity("b@127.0.0.1", B_CREATION, OTP_29),
        challenge,
        &Limits::default(),
        Instant::now(),
    )
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap() as u8;
    digits
        .chunks(2)
        .map(|pair| digit(pair[0]) << 4 | digit(pair[1]))
        .collect()
}

/// A message with its length, as it is on the wire.
fn framed(content: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut message = Vec::new();
    content(&mut message);
    let mut out = u16::try_from(message.len()).unwrap().to_be_bytes().to_vec();
    out.extend(message);
    out
}

fn status(status: Status<'_>) -> Vec<u8> {
    framed(|out| status.encode(out))
}

fn reply(challenge: u32, answers: u32, secret: &str) -> Vec<u8> {
    framed(|out| {
        ChallengeReply {
            challenge,
            digest: Digest::answer(&cookie(secret), answers),
        }
        .encode(out)
    })
}

fn ack(answers: u32, secret: &str) -> Vec<u8> {
    framed(|out| {
        ChallengeAck {
            digest: Digest::answer(&cookie(secret), answers),
        }
        .encode(out)
    })
}

fn challenge_from(node: &str, flags: Flags, challenge: u32) -> Vec<u8> {
    framed(|out| {
        SendChallenge {
            flags,
            challenge,
            creation: B_CREATION,
            name: node,
        }
        .encode(out)
    })
}

fn send_name(node: &str, flags: Flags, creation: u32, is_old: bool) -> Vec<u8> {
    framed(|out| {
        SendName {
            flags,
            creation,
            name: node,
            is_old,
        }
        .encode(out)
    })
}

/// An acceptor that has got this name and waits for the decision.
fn introduced(node: &str, flags: Flags) -> Acceptor {
    let mut acceptor = acceptor();
    acceptor
        .handle_input(&send_name(node, flags, A_CREATION, false))
        .unwrap();
    assert!(matches!(
        acceptor.poll_event(),
        Some(AcceptorEvent::Introduced(_))
    ));
    acceptor
}

/// An acceptor that waits for the challenge reply.
fn challenged() -> Acceptor {
    let mut acceptor = introduced("a@127.0.0.1", OTP_29);
    acceptor.admit(Admission::Ok, cookie("secret")).unwrap();
    acceptor.poll_transmit().unwrap();
    acceptor
}

// 7.1 of the protocol notes: OTP 29 dials OTP 29, cookie `secret`.
const GOLDEN_NAME: &str =
    "001a 4e 00 00 00 6d 07 df 7f bd 6b 00 f2 3d 00 0b 61 40 31 32 37 2e 30 2e 30 2e 31";
const GOLDEN_STATUS: &str = "0003 73 6f 6b";
const GOLDEN_CHALLENGE: &str = "001e 4e 00 00 00 6d 07 df 7f bd f0 34 d9 1a 6b 00 f2 3a 00 0b 62 40 31 32 37 2e 30 2e 30 2e 31";
const GOLDEN_REPLY: &str = "0015 72 da de 31 4d 8d 4e 35 4a 26 f1 64 61 60 58 6b 4b 19 f3 e0 31";
const GOLDEN_ACK: &str = "0011 61 5d 95 a7 59 f2 38 c4 c0 14 69 59 57 32 9c fd 52";

/// The bytes of the accepting side, all in one, as far as the dialling side will take them.
fn golden_acceptor_bytes() -> Vec<u8> {
    [hex(GOLDEN_STATUS), hex(GOLDEN_CHALLENGE), hex(GOLDEN_ACK)].concat()
}
