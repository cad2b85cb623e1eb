//! The texts of NAMES_RESP and DUMP_RESP.

use crate::epmd::codec::ResponseError;
use crate::wire::Reader;

/// NAMES_RESP: the daemon's own port and the registered nodes, the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NameListing {
    /// The port the daemon listens on.
    pub epmd_port: u32,
    /// One line each, `name NAME at port PORT`.
    pub nodes: Vec<ListedNode>,
}

/// A line of NAMES_RESP.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListedNode {
    /// The alive name.
    pub name: String,
    /// The port of the node's distribution listener.
    pub port: u16,
}

/// DUMP_RESP: the daemon's own port, the registered nodes and the names registered before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DumpListing {
    /// The port the daemon listens on.
    pub epmd_port: u32,
    /// Registered nodes, the newest first, then old names, the oldest first.
    pub lines: Vec<DumpLine>,
}

/// A line of DUMP_RESP.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DumpLine {
    /// Whether the name is registered now; else it was once.
    pub active: bool,
    /// The alive name.
    pub name: String,
    /// The port it is, or was last, registered with.
    pub port: u16,
    /// The daemon's number for the connection: a file descriptor in the real EPMD.
    pub connection: u64,
}

const ACTIVE: &str = "active name     <";
const ACTIVE_PORT: &str = "> at port ";
const ACTIVE_CONNECTION: &str = ", fd = ";
const UNUSED: &str = "old/unused name <";
const UNUSED_PORT: &str = ">, port = ";

impl ListedNode {
    /// The line for `name` at `port`.
    #[must_use]
    pub fn new(name: impl Into<String>, port: u16) -> Self {
        Self {
            name: name.into(),
            port,
        }
    }

    fn parse(line: &str) -> Option<Self> {
        let (name, port) = line.strip_prefix("name ")?.rsplit_once(" at port ")?;
        Some(Self::new(name, port.parse().ok()?))
    }
}

impl DumpLine {
    /// The line for `name`.
    #[must_use]
    pub fn new(active: bool, name: impl Into<String>, port: u16, connection: u64) -> Self {
        Self {
            active,
            name: name.into(),
            port,
            connection,
        }
    }

    fn parse(line: &str) -> Option<Self> {
        let line = line.trim_end();
        let (active, prefix, port_mark) = if line.starts_with(ACTIVE) {
            (true, ACTIVE, ACTIVE_PORT)
        } else {
            (false, UNUSED, UNUSED_PORT)
        };
        let (name, numbers) = line.strip_prefix(prefix)?.rsplit_once(port_mark)?;
        let (port, connection) = numbers.split_once(ACTIVE_CONNECTION)?;
        let (port, connection) = (port.parse().ok()?, connection.parse().ok()?);
        Some(Self::new(active, name, port, connection))
    }

    fn render(&self) -> String {
        let Self {
            name,
            port,
            connection,
            ..
        } = self;
        if self.active {
            format!("{ACTIVE}{name}{ACTIVE_PORT}{port}{ACTIVE_CONNECTION}{connection}\n\0")
        } else {
            format!("{UNUSED}{name}{UNUSED_PORT}{port}{ACTIVE_CONNECTION}{connection} \n\0")
        }
    }
}

impl NameListing {
    /// The listing of a daemon on `epmd_port`.
    #[must_use]
    pub fn new(epmd_port: u32, nodes: Vec<ListedNode>) -> Self {
        Self { epmd_port, nodes }
    }

    /// The response as it goes over the wire.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = self.epmd_port.to_be_bytes().to_vec();
        for ListedNode { name, port } in &self.nodes {
            out.extend_from_slice(format!("name {name} at port {port}\n").as_bytes());
        }
        out
    }

    /// The listing in a whole response.
    ///
    /// Lines of another form are skipped: a name may contain a line feed, and one such name must
    /// not hide all the others.
    ///
    /// # Errors
    ///
    /// [`ResponseError::Incomplete`] when there are less than four bytes.
    pub fn decode(response: &[u8]) -> Result<Self, ResponseError> {
        let (epmd_port, text) = split_port(response)?;
        let nodes = text.lines().filter_map(ListedNode::parse).collect();
        Ok(Self { epmd_port, nodes })
    }
}

impl DumpListing {
    /// The listing of a daemon on `epmd_port`.
    #[must_use]
    pub fn new(epmd_port: u32, lines: Vec<DumpLine>) -> Self {
        Self { epmd_port, lines }
    }

    /// The response as it goes over the wire: every line ends with a line feed and a NUL.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = self.epmd_port.to_be_bytes().to_vec();
        for line in &self.lines {
            out.extend_from_slice(line.render().as_bytes());
        }
        out
    }

    /// The listing in a whole response. Lines of another form are skipped.
    ///
    /// # Errors
    ///
    /// [`ResponseError::Incomplete`] when there are less than four bytes.
    pub fn decode(response: &[u8]) -> Result<Self, ResponseError> {
        let (epmd_port, text) = split_port(response)?;
        let lines = text.split('\0').filter_map(DumpLine::parse).collect();
        Ok(Self { epmd_port, lines })
    }
}

fn split_port(response: &[u8]) -> Result<(u32, String), ResponseError> {
    let mut reader = Reader::new(response);
    let port = reader.u32().map_err(|_| ResponseError::Incomplete {
        bytes: response.len(),
    })?;
    Ok((port, String::from_utf8_lossy(reader.rest()).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden_names() {
        let listing = NameListing::new(4369, vec![ListedNode::new("foo", 5555)]);
        let bytes = b"\0\0\x11\x11name foo at port 5555\n";
        assert_eq!(listing.encode(), bytes);
        assert_eq!(NameListing::decode(bytes), Ok(listing));
        let none = NameListing::new(4369, Vec::new());
        assert_eq!(NameListing::decode(&none.encode()), Ok(none));
    }

    #[test]
    fn golden_dump() {
        let listing = DumpListing::new(
            4369,
            vec![
                DumpLine::new(true, "foo", 5555, 5),
                DumpLine::new(false, "bar", 1, 10),
            ],
        );
        let bytes = b"\0\0\x11\x11active name     <foo> at port 5555, fd = 5\n\0\
            old/unused name <bar>, port = 1, fd = 10 \n\0";
        assert_eq!(listing.encode(), bytes);
        assert_eq!(DumpListing::decode(bytes), Ok(listing));
    }

    #[test]
    fn a_strange_name_hides_no_other() {
        let nodes = vec![
            ListedNode::new("a\nname b", 1),
            ListedNode::new("c at port 7", 2),
            ListedNode::new("d", 3),
        ];
        let decoded = NameListing::decode(&NameListing::new(1, nodes.clone()).encode()).unwrap();
        assert_eq!(decoded.nodes[decoded.nodes.len() - 2..], nodes[1..]);
    }

    #[test]
    fn every_truncation_is_a_value_or_an_error() {
        let bytes = b"\0\0\x11\x11name foo at port 5555\n";
        for length in 0..bytes.len() {
            let decoded = NameListing::decode(&bytes[..length]);
            assert_eq!(decoded.is_err(), length < 4, "{length}");
            assert_eq!(DumpListing::decode(&bytes[..length]).is_err(), length < 4);
        }
    }
}
