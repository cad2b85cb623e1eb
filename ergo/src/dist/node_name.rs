//! Node names: `name@host`.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::etf::Atom;

/// The full name of a node, `name@host`: exactly one `@`, both sides not empty, at most 255 characters.
///
/// Peers may use any characters, as in OTP. The name of the own node is held to OTP's rule for names that
/// `erl -name` accepts: parse it with [`NodeName::parse_own`].
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeName {
    full: Atom,
    /// The position of the `@` in bytes.
    at: u16,
}

impl NodeName {
    /// Reads the name of a peer.
    ///
    /// # Errors
    ///
    /// [`NodeNameError`] when there is not exactly one `@`, when a side is empty, or beyond 255 characters.
    pub fn parse(text: &str) -> Result<NodeName, NodeNameError> {
        let (name, host) = text.split_once('@').ok_or(NodeNameError::NoAt)?;
        if host.contains('@') {
            return Err(NodeNameError::ManyAt);
        }
        if name.is_empty() {
            return Err(NodeNameError::EmptyName);
        }
        if host.is_empty() {
            return Err(NodeNameError::EmptyHost);
        }
        let at = u16::try_from(name.len()).map_err(|_| NodeNameError::TooLong)?;
        let full = Atom::new(text).map_err(|_| NodeNameError::TooLong)?;
        Ok(NodeName { full, at })
    }

    /// Reads the name of the own node: as [`NodeName::parse`], and the part before the `@` consists of letters,
    /// digits, `_` and `-`, the part after it of printable characters up to U+00FF without spaces.
    ///
    /// # Errors
    ///
    /// [`NodeNameError`], with the first character that is not allowed.
    pub fn parse_own(text: &str) -> Result<NodeName, NodeNameError> {
        let node = NodeName::parse(text)?;
        let in_name = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        let in_host = |c: &char| ('!'..='\u{ff}').contains(c) && !c.is_control() && *c != '\u{a0}';
        let bad_name = node.name().chars().find(|c| !in_name(c));
        let bad_host = node.host().chars().find(|c| !in_host(c));
        match bad_name.or(bad_host) {
            Some(character) => Err(NodeNameError::Character(character)),
            None => Ok(node),
        }
    }

    /// The full name as an atom: what `node()` is in Erlang.
    pub fn atom(&self) -> &Atom {
        &self.full
    }

    /// The full name as text.
    pub fn as_str(&self) -> &str {
        self.full.as_str()
    }

    /// The part before the `@`: the name under which EPMD knows the node.
    pub fn name(&self) -> &str {
        self.as_str()
            .get(..usize::from(self.at))
            .unwrap_or_default()
    }

    /// The part after the `@`: the host to connect to.
    pub fn host(&self) -> &str {
        self.as_str()
            .get(usize::from(self.at).saturating_add(1)..)
            .unwrap_or_default()
    }

    /// Whether this is a long name: its host has a `.`, or a `:` as an IPv6 address does.
    ///
    /// Nodes with short and with long names cannot connect to each other.
    pub fn is_long(&self) -> bool {
        self.host().contains(['.', ':'])
    }
}

impl FromStr for NodeName {
    type Err = NodeNameError;

    fn from_str(text: &str) -> Result<NodeName, NodeNameError> {
        NodeName::parse(text)
    }
}

impl fmt::Display for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NodeName({})", self.as_str())
    }
}

/// Why a text is no node name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NodeNameError {
    /// There is no `@`.
    #[error("a node name is written name@host, and there is no @")]
    NoAt,
    /// There is more than one `@`.
    #[error("a node name has exactly one @")]
    ManyAt,
    /// Nothing before the `@`.
    #[error("the part of the node name before the @ is empty")]
    EmptyName,
    /// Nothing after the `@`.
    #[error("the part of the node name after the @ is empty")]
    EmptyHost,
    /// More than 255 characters.
    #[error("a node name has at most 255 characters")]
    TooLong,
    /// A character that the own name must not have.
    #[error("the character {0:?} is not allowed in the name of a node")]
    Character(char),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Result<(&str, &str), NodeNameError>) {
        let parsed = NodeName::parse(text);
        let parts = parsed.as_ref().map(|node| (node.name(), node.host()));
        assert_eq!(parts.map_err(|error| *error), expect, "{text:?}");
    }

    #[test]
    fn names_of_peers() {
        check("a@127.0.0.1", Ok(("a", "127.0.0.1")));
        check("26EAGA3VE3AIG@vm", Ok(("26EAGA3VE3AIG", "vm")));
        check("blå bær@høst", Ok(("blå bær", "høst")));
        check("a.b$c@::1", Ok(("a.b$c", "::1")));
        check("", Err(NodeNameError::NoAt));
        check("a", Err(NodeNameError::NoAt));
        check("@", Err(NodeNameError::EmptyName));
        check("@h", Err(NodeNameError::EmptyName));
        check("a@", Err(NodeNameError::EmptyHost));
        check("a@b@c", Err(NodeNameError::ManyAt));
        check("@@", Err(NodeNameError::ManyAt));
    }

    #[test]
    fn at_most_255_characters() {
        for filler in ["a", "å"] {
            let longest = format!("{}@h", filler.repeat(253));
            assert_eq!(NodeName::parse(&longest).unwrap().host(), "h");
            assert_eq!(
                NodeName::parse(&format!("{longest}h")),
                Err(NodeNameError::TooLong)
            );
        }
        assert_eq!(
            NodeName::parse(&format!("{}@h", "a".repeat(70_000))),
            Err(NodeNameError::TooLong)
        );
    }

    #[test]
    fn the_own_name_is_held_to_more() {
        assert!(NodeName::parse_own("shop-1_A@host.example.org").is_ok());
        assert!(NodeName::parse_own("a@[::1]").is_ok());
        for (text, character) in [
            ("a.b@h", '.'),
            ("a b@h", ' '),
            ("å@h", 'å'),
            ("a@h h", ' '),
            ("a@h\u{100}", '\u{100}'),
        ] {
            assert_eq!(
                NodeName::parse_own(text),
                Err(NodeNameError::Character(character)),
                "{text:?}"
            );
        }
    }

    #[test]
    fn short_and_long() {
        assert!(!NodeName::parse("a@vm").unwrap().is_long());
        assert!(NodeName::parse("a@127.0.0.1").unwrap().is_long());
        assert!(NodeName::parse("a@::1").unwrap().is_long());
    }
}
