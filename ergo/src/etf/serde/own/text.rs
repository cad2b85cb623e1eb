//! Pids, ports and references as text that can be read back: what `Display` shows, and behind it the incarnation of
//! the node.

use super::super::super::{Atom, Pid, Port, Reference};

/// The number of words that the text of a reference does not mention.
const USUAL_WORDS: usize = 3;

/// `<node.id.serial>/creation`.
pub(in super::super) fn pid_text(pid: &Pid) -> String {
    format!("{pid}/{}", pid.creation())
}

/// `#Port<node.id>/creation`.
pub(in super::super) fn port_text(port: &Port) -> String {
    format!("{port}/{}", port.creation())
}

/// `#Ref<node.words>/creation`, and `/n` behind it if there are other than three words: a node name may end in numbers.
pub(in super::super) fn reference_text(reference: &Reference) -> String {
    let text = format!("{reference}/{}", reference.creation());
    match reference.ids().len() {
        USUAL_WORDS => text,
        words => format!("{text}/{words}"),
    }
}

pub(super) fn parse_pid(text: &str) -> Option<Pid> {
    let (inside, creation) = text.strip_prefix('<')?.rsplit_once(">/")?;
    let (inside, serial) = inside.rsplit_once('.')?;
    let (node, id) = inside.rsplit_once('.')?;
    Some(Pid::new(
        Atom::new(node).ok()?,
        id.parse().ok()?,
        serial.parse().ok()?,
        creation.parse().ok()?,
    ))
}

pub(super) fn parse_port(text: &str) -> Option<Port> {
    let (inside, creation) = text.strip_prefix("#Port<")?.rsplit_once(">/")?;
    let (node, id) = inside.rsplit_once('.')?;
    Some(Port::new(
        Atom::new(node).ok()?,
        id.parse().ok()?,
        creation.parse().ok()?,
    ))
}

pub(super) fn parse_reference(text: &str) -> Option<Reference> {
    let (mut node, creation) = text.strip_prefix("#Ref<")?.rsplit_once(">/")?;
    let (creation, count) = match creation.split_once('/') {
        Some((creation, count)) => (creation, count.parse().ok()?),
        None => (creation, USUAL_WORDS),
    };
    let mut words = Vec::new();
    for _ in 0..count {
        let (rest, word) = node.rsplit_once('.')?;
        words.push(word.parse().ok()?);
        node = rest;
    }
    Reference::new(Atom::new(node).ok()?, creation.parse().ok()?, &words).ok()
}
