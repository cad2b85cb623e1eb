//! What OTP's behaviours wrap around a request: `$gen_call`, `$gen_cast` and `system` tuples.

use crate::etf::{Decoder, Encode, EncodeError, Encoded, Encoder, Kind, Pid, Reference};
use crate::process::host::{Host, HostRef};
use crate::process::{Behavior, ReplyTo};

/// What a behaviour wraps around its requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Protocol {
    /// `{'$gen_call', From, Request}` and `{'$gen_cast', Request}`: gen_server, gen_statem, supervisor.
    #[default]
    Gen,
    /// `{Pid, From, Request}` for what is answered, where the pid is that of the caller, and nothing around what is not:
    /// gen_event.
    Event,
}

/// The tag of a call.
pub(super) const CALL: &str = "$gen_call";
/// Stands for the pid of the caller as the tag of a call.
const CALLER: &str = "";
/// The tag of a system message.
pub(super) const SYSTEM: &str = "system";

/// The tag of the calls of a behaviour.
pub(super) fn call_tag(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Gen => CALL,
        Protocol::Event => CALLER,
    }
}

/// What a received term is.
pub(super) enum Wrapped {
    /// `{'$gen_call', {Pid, Tag}, Request}`.
    Call(ReplyTo),
    /// `{'$gen_cast', Request}`.
    Cast,
    /// `{system, {Pid, Tag}, Request}`.
    System(ReplyTo),
    /// Anything else.
    Info,
}

/// Takes the wrapping off, and says where the request begins, which has not been looked at. What is not wrapped, or
/// wrapped wrongly, is the request itself.
pub(super) fn unwrap(host: &HostRef, encoded: &Encoded, protocol: Protocol) -> (Wrapped, usize) {
    let unwrapped = match protocol {
        Protocol::Gen => try_unwrap(host, encoded),
        Protocol::Event => unwrap_event(host, encoded),
    };
    unwrapped.unwrap_or((Wrapped::Info, 0))
}

/// What a gen_event gets: everything that is not answered may be a request.
fn unwrap_event(host: &HostRef, encoded: &Encoded) -> Option<(Wrapped, usize)> {
    let mut decoder = encoded.decoder();
    if decoder.peek_kind().ok()? != Kind::Tuple {
        return None;
    }
    let arity = decoder.read_tuple().ok()?;
    if arity == 3 && decoder.peek_kind().ok()? == Kind::Pid {
        decoder.read_pid().ok()?;
        let reply_to = read_from(host, &mut decoder)?;
        return Some((Wrapped::Call(reply_to), decoder.position()));
    }
    match try_unwrap(host, encoded) {
        Some((Wrapped::System(reply_to), request)) => Some((Wrapped::System(reply_to), request)),
        _ if arity == 2 && decoder.read_atom_text().ok()? == "notify" => Some((Wrapped::Cast, 0)),
        _ => None,
    }
}

/// Whether a term is a system message.
pub(super) fn is_system(host: &HostRef, encoded: &Encoded) -> bool {
    matches!(try_unwrap(host, encoded), Some((Wrapped::System(_), _)))
}

fn try_unwrap(host: &HostRef, encoded: &Encoded) -> Option<(Wrapped, usize)> {
    let mut decoder = encoded.decoder();
    if decoder.peek_kind().ok()? != Kind::Tuple {
        return None;
    }
    let arity = decoder.read_tuple().ok()?;
    if !matches!(arity, 2 | 3) || decoder.peek_kind().ok()? != Kind::Atom {
        return None;
    }
    let tag = decoder.read_atom_text().ok()?;
    match (&*tag, arity) {
        ("$gen_cast", 2) => Some((Wrapped::Cast, decoder.position())),
        (CALL, 3) => {
            let reply_to = read_from(host, &mut decoder)?;
            Some((Wrapped::Call(reply_to), decoder.position()))
        }
        (SYSTEM, 3) => {
            let reply_to = read_from(host, &mut decoder)?;
            let request = decoder.position();
            decoder.skip().ok()?;
            Some((Wrapped::System(reply_to), request))
        }
        _ => None,
    }
}

/// Reads `{Pid, Tag}`.
pub(super) fn read_from(host: &HostRef, decoder: &mut Decoder<'_>) -> Option<ReplyTo> {
    decoder.expect_tuple(2).ok()?;
    let pid = decoder.read_pid().ok()?;
    let tag = decoder.read_encoded().ok()?;
    Some(ReplyTo::new(host.clone(), pid, tag))
}

/// The alias in a tag of the forms `[alias | Ref]` and `[[alias | Ref] | _]`, to which the answer then goes.
pub(super) fn alias_of(tag: &Encoded) -> Option<Reference> {
    let mut decoder = tag.decoder();
    for _ in 0..2 {
        if decoder.peek_kind().ok()? != Kind::List || decoder.read_list().ok()?.count() != 1 {
            return None;
        }
        if decoder.peek_kind().ok()? == Kind::Atom {
            let is_alias = decoder.read_atom_text().ok()? == "alias";
            return if is_alias {
                decoder.read_reference().ok()
            } else {
                None
            };
        }
    }
    None
}

/// The number of this node's slot that a message `{[alias | Ref], Value}` answers.
///
/// Most servers answer to the alias itself; some of OTP, `net_kernel` among them, answer to the caller's pid.
pub(crate) fn answered_slot(host: &dyn Host, message: &Encoded) -> Option<u64> {
    let mut decoder = message.decoder();
    if decoder.peek_kind().ok()? != Kind::Tuple || decoder.read_tuple().ok()? != 2 {
        return None;
    }
    if decoder.peek_kind().ok()? != Kind::List {
        return None;
    }
    let number = host.local_number(&alias_of(&decoder.read_encoded().ok()?)?)?;
    host.alias(number).is_none().then_some(number)
}

/// Writes `{'$gen_cast', Request}`.
pub(crate) fn write_cast(
    encoder: &mut Encoder<'_>,
    request: &mut dyn FnMut(&mut Encoder<'_>) -> Result<(), EncodeError>,
) -> Result<(), EncodeError> {
    encoder.write_tuple(2)?;
    encoder.write_atom("$gen_cast")?;
    request(encoder)
}

/// Writes a message of `A` that is not answered as its protocol wants it.
pub(super) fn write_message<A: Behavior>(
    encoder: &mut Encoder<'_>,
    message: &A::Message,
) -> Result<(), EncodeError> {
    match A::PROTOCOL {
        Protocol::Gen => write_cast(encoder, &mut |encoder| A::encode_message(message, encoder)),
        Protocol::Event => A::encode_message(message, encoder),
    }
}

/// Writes `{Tag, {From, [alias | Reference]}, Request}`, where the tag is `$gen_call`, `system`, or the caller's pid.
pub(crate) fn write_call(
    encoder: &mut Encoder<'_>,
    tag: &'static str,
    from: &Pid,
    reference: &Reference,
    request: &mut dyn FnMut(&mut Encoder<'_>) -> Result<(), EncodeError>,
) -> Result<(), EncodeError> {
    encoder.write_tuple(3)?;
    match tag {
        CALLER => encoder.write_pid(from)?,
        tag => encoder.write_atom(tag)?,
    }
    write_from(encoder, from, reference)?;
    request(encoder)
}

/// Writes `{From, [alias | Reference]}`.
pub(super) fn write_from(
    encoder: &mut Encoder<'_>,
    from: &Pid,
    reference: &Reference,
) -> Result<(), EncodeError> {
    encoder.write_tuple(2)?;
    encoder.write_pid(from)?;
    encoder.write_list(1)?;
    encoder.write_atom("alias")?;
    encoder.write_reference(reference)
}

/// A value, encoded for a process of this node that is reached without its type.
pub(crate) fn encode(
    body: &mut dyn FnMut(&mut Encoder<'_>) -> Result<(), EncodeError>,
) -> Result<Encoded, EncodeError> {
    Encoded::build(body)
}

/// A value as a body.
pub(crate) fn body_of<T: Encode + ?Sized>(
    value: &T,
) -> impl FnMut(&mut Encoder<'_>) -> Result<(), EncodeError> {
    move |encoder| value.encode(encoder)
}
