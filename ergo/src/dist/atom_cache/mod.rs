//! The atom cache of a connection: 8 segments of 256 entries in each direction.
//!
//! A distribution header lists the cache entries that its message uses, at most 255, and sets new ones; the terms that
//! follow refer to the list (tag 82). The sender alone decides which atom is where, so the two directions have nothing
//! in common but the form of the header.
//!
//! Mirrors "Distribution Header" in the chapter on the external term format of the ERTS user's guide.

mod hash;
mod inbound;
mod layout;
mod outbound;
#[cfg(test)]
mod tests;

pub(super) use inbound::InboundCache;
pub(super) use outbound::OutboundCache;
