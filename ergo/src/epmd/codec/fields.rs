//! The fields of a registered node, as requests and responses carry them.

use crate::epmd::codec::{AliveName, NameError, NodeEntry, NodeType};
use crate::wire::writer::put_u16;
use crate::wire::{Reader, ShortRead};

/// The fields that ALIVE2_REQ and PORT2_RESP share, with the name not yet looked at.
pub(super) struct EntryFields<'a> {
    pub(super) port: u16,
    pub(super) node_type: u8,
    pub(super) protocol: u8,
    pub(super) highest_version: u16,
    pub(super) lowest_version: u16,
    pub(super) name: &'a [u8],
    pub(super) extra: &'a [u8],
}

impl<'a> EntryFields<'a> {
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self, ShortRead> {
        Ok(Self {
            port: reader.u16()?,
            node_type: reader.u8()?,
            protocol: reader.u8()?,
            highest_version: reader.u16()?,
            lowest_version: reader.u16()?,
            name: counted(reader)?,
            extra: counted(reader)?,
        })
    }

    pub(super) fn into_entry(self) -> Result<NodeEntry, NameError> {
        Ok(NodeEntry {
            name: AliveName::from_bytes(self.name)?,
            port: self.port,
            node_type: NodeType::from(self.node_type),
            protocol: self.protocol,
            highest_version: self.highest_version,
            lowest_version: self.lowest_version,
            extra: self.extra.to_vec(),
        })
    }
}

/// Appends the fields that ALIVE2_REQ and PORT2_RESP share; `None` when the extra data is longer
/// than its count of two bytes can say. A name never is: it has at most 1,020 bytes.
pub(super) fn put_entry(entry: &NodeEntry, out: &mut Vec<u8>) -> Option<()> {
    let name = entry.name.as_str().as_bytes();
    let name_bytes = u16::try_from(name.len()).ok()?;
    let extra_bytes = u16::try_from(entry.extra.len()).ok()?;
    put_u16(out, entry.port);
    out.push(u8::from(entry.node_type));
    out.push(entry.protocol);
    put_u16(out, entry.highest_version);
    put_u16(out, entry.lowest_version);
    put_u16(out, name_bytes);
    out.extend_from_slice(name);
    put_u16(out, extra_bytes);
    out.extend_from_slice(&entry.extra);
    Some(())
}

/// The bytes behind a count of two bytes.
fn counted<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], ShortRead> {
    let count = reader.u16()?;
    reader.take(usize::from(count))
}
