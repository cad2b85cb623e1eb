//! The messages of the handshake, without the length of two bytes in front.
//!
//! Decoding borrows from the message and allocates nothing.

use crate::dist::digest::Digest;
use crate::dist::flags::Flags;
use crate::wire::Reader;

/// `N`, or the `n` of old nodes: the dialling side says who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SendName<'a> {
    pub(super) flags: Flags,
    /// 0 in the old form, where it follows in the [`Complement`].
    pub(super) creation: u32,
    /// The name of the node, or only its host when it asks for a name.
    pub(super) name: &'a str,
    /// The old form: only the lower 32 flags, and a [`Complement`] follows.
    pub(super) is_old: bool,
}

impl<'a> SendName<'a> {
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        if self.is_old {
            out.extend_from_slice(b"n\0\x05");
            let [_, _, _, _, low @ ..] = self.flags.bits().to_be_bytes();
            out.extend_from_slice(&low);
            out.extend_from_slice(self.name.as_bytes());
            return;
        }
        out.push(b'N');
        out.extend_from_slice(&self.flags.bits().to_be_bytes());
        out.extend_from_slice(&self.creation.to_be_bytes());
        put_name(self.name, out);
    }

    pub(super) fn decode(message: &'a [u8]) -> Option<SendName<'a>> {
        match message.split_first()? {
            (b'N', rest) => {
                let mut reader = Reader::new(rest);
                let flags = Flags::from_bits(reader.u64().ok()?);
                let creation = reader.u32().ok()?;
                let name = read_name(&mut reader)?;
                Some(SendName {
                    flags,
                    creation,
                    name,
                    is_old: false,
                })
            }
            (b'n', rest) => {
                let mut reader = Reader::new(rest);
                let _version = reader.u16().ok()?;
                let flags = Flags::from_bits(u64::from(reader.u32().ok()?));
                let name = std::str::from_utf8(reader.rest()).ok()?;
                Some(SendName {
                    flags,
                    creation: 0,
                    name,
                    is_old: true,
                })
            }
            _ => None,
        }
    }
}

/// `s`: what the accepting side makes of the name, and the answer to `alive`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status<'a> {
    Ok,
    OkSimultaneous,
    Nok,
    NotAllowed,
    Alive,
    /// The name and the creation that a nameless node gets.
    Named {
        name: &'a str,
        creation: u32,
    },
    /// The answer to `alive`: go on with this connection.
    True,
    /// The answer to `alive`: keep the old one.
    False,
}

impl<'a> Status<'a> {
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.push(b's');
        match self {
            Status::Ok => out.extend_from_slice(b"ok"),
            Status::OkSimultaneous => out.extend_from_slice(b"ok_simultaneous"),
            Status::Nok => out.extend_from_slice(b"nok"),
            Status::NotAllowed => out.extend_from_slice(b"not_allowed"),
            Status::Alive => out.extend_from_slice(b"alive"),
            Status::True => out.extend_from_slice(b"true"),
            Status::False => out.extend_from_slice(b"false"),
            Status::Named { name, creation } => {
                out.extend_from_slice(b"named:");
                put_name(name, out);
                out.extend_from_slice(&creation.to_be_bytes());
            }
        }
    }

    pub(super) fn decode(message: &'a [u8]) -> Option<Status<'a>> {
        let (b's', text) = message.split_first()? else {
            return None;
        };
        Some(match text {
            b"ok" => Status::Ok,
            b"ok_simultaneous" => Status::OkSimultaneous,
            b"nok" => Status::Nok,
            b"not_allowed" => Status::NotAllowed,
            b"alive" => Status::Alive,
            b"true" => Status::True,
            b"false" => Status::False,
            _ => {
                let mut reader = Reader::new(text.strip_prefix(b"named:")?);
                let name = read_name(&mut reader)?;
                Status::Named {
                    name,
                    creation: reader.u32().ok()?,
                }
            }
        })
    }
}

/// `N` of the accepting side: who it is, and the number whose digest proves the cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SendChallenge<'a> {
    pub(super) flags: Flags,
    pub(super) challenge: u32,
    pub(super) creation: u32,
    pub(super) name: &'a str,
}

impl<'a> SendChallenge<'a> {
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.push(b'N');
        out.extend_from_slice(&self.flags.bits().to_be_bytes());
        out.extend_from_slice(&self.challenge.to_be_bytes());
        out.extend_from_slice(&self.creation.to_be_bytes());
        put_name(self.name, out);
    }

    pub(super) fn decode(message: &'a [u8]) -> Option<SendChallenge<'a>> {
        let (b'N', rest) = message.split_first()? else {
            return None;
        };
        let mut reader = Reader::new(rest);
        let flags = Flags::from_bits(reader.u64().ok()?);
        let challenge = reader.u32().ok()?;
        let creation = reader.u32().ok()?;
        let name = read_name(&mut reader)?;
        Some(SendChallenge {
            flags,
            challenge,
            creation,
            name,
        })
    }
}

/// `c`: what an `n` had no room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Complement {
    /// The upper 32 flags, in their place.
    pub(super) flags: Flags,
    pub(super) creation: u32,
}

impl Complement {
    /// Only old nodes send it, and ergo is none.
    #[cfg(test)]
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.push(b'c');
        let [high @ .., _, _, _, _] = self.flags.bits().to_be_bytes();
        out.extend_from_slice(&high);
        out.extend_from_slice(&self.creation.to_be_bytes());
    }

    pub(super) fn decode(message: &[u8]) -> Option<Complement> {
        let (b'c', rest) = message.split_first()? else {
            return None;
        };
        let mut reader = Reader::new(rest);
        let flags = Flags::from_bits(u64::from(reader.u32().ok()?) << 32);
        let creation = reader.u32().ok()?;
        reader.is_empty().then_some(Complement { flags, creation })
    }
}

/// `r`: the dialling side's proof and its own challenge.
#[derive(Clone, Copy)]
pub(super) struct ChallengeReply {
    pub(super) challenge: u32,
    pub(super) digest: Digest,
}

impl ChallengeReply {
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.push(b'r');
        out.extend_from_slice(&self.challenge.to_be_bytes());
        out.extend_from_slice(self.digest.as_bytes());
    }

    pub(super) fn decode(message: &[u8]) -> Option<ChallengeReply> {
        let (b'r', rest) = message.split_first()? else {
            return None;
        };
        let mut reader = Reader::new(rest);
        let challenge = reader.u32().ok()?;
        let digest = Digest::from_bytes(reader.rest().try_into().ok()?);
        Some(ChallengeReply { challenge, digest })
    }
}

/// `a`: the accepting side's proof.
#[derive(Clone, Copy)]
pub(super) struct ChallengeAck {
    pub(super) digest: Digest,
}

impl ChallengeAck {
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.push(b'a');
        out.extend_from_slice(self.digest.as_bytes());
    }

    pub(super) fn decode(message: &[u8]) -> Option<ChallengeAck> {
        let (b'a', rest) = message.split_first()? else {
            return None;
        };
        Some(ChallengeAck {
            digest: Digest::from_bytes(rest.try_into().ok()?),
        })
    }
}

/// A length of two bytes and that many bytes; names are at most 255 characters, so the length fits.
fn put_name(name: &str, out: &mut Vec<u8>) {
    let len = u16::try_from(name.len()).unwrap_or(u16::MAX);
    out.extend_from_slice(&len.to_be_bytes());
    out.extend_from_slice(name.as_bytes());
}

/// A length of two bytes and that many bytes of UTF-8. What follows the name in a message is ignored, as in OTP.
fn read_name<'a>(reader: &mut Reader<'a>) -> Option<&'a str> {
    let len = reader.u16().ok()?;
    std::str::from_utf8(reader.take(usize::from(len)).ok()?).ok()
}
