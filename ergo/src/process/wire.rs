//! What OTP's behaviours wrap around a request: `$gen_call`, `$gen_cast` and `system` tuples.

use crate::etf::{Decoder, Encode, EncodeError, Encoded, Encoder, Kind, Pid, Reference};
use crate::process::ReplyTo;
use crate::process::host::{Host, HostRef};

/// The tag of a call.
pub(super) const CALL: &str = "$gen_call";
/// The tag of a system message.
pub(super) const SYSTEM: &str = "system";

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

/// Takes the wrapping off. What is not wrapped, or wrapped wrongly, is the request itself.
pub(super) fn unwrap(host: &HostRef, encoded: &Encoded) -> (Wrapped, Encoded) {
    try_unwrap(host, encoded).unwrap_or_else(|| (Wrapped::Info, encoded.clone()))
}

/// Whether a term is a system message.
pub(super) fn is_system(host: &HostRef, encoded: &Encoded) -> bool {
    matches!(try_unwrap(host, encoded), Some((Wrapped::System(_), _)))
}

fn try_unwrap(host: &HostRef, encoded: &Encoded) -> Option<(Wrapped, Encoded)> {
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
        ("$gen_cast", 2) => Some((Wrapped::Cast, decoder.read_encoded().ok()?)),
        (CALL, 3) => {
            let reply_to = read_from(host, &mut decoder)?;
            Some((Wrapped::Call(reply_to), decoder.read_encoded().ok()?))
        }
        (SYSTEM, 3) => {
            let reply_to = read_from(host, &mut decoder)?;
            Some((Wrapped::System(reply_to), decoder.read_encoded().ok()?))
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

/// Writes `{Tag, {From, [alias | Reference]}, Request}`, where the tag is `$gen_call` or `system`.
pub(crate) fn write_call(
    encoder: &mut Encoder<'_>,
    tag: &'static str,
    from: &Pid,
    reference: &Reference,
    request: &mut dyn FnMut(&mut Encoder<'_>) -> Result<(), EncodeError>,
) -> Result<(), EncodeError> {
    encoder.write_tuple(3)?;
    encoder.write_atom(tag)?;
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
