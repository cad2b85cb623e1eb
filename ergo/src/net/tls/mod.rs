//! TLS under a connection, as `erl -proto_dist inet_tls` has it.
//!
//! TLS begins with the first byte. The handshake of the distribution follows inside of it, with one difference: its
//! messages have lengths of four bytes there, not of two. The cookie is checked as well.
//!
//! Mirrors "Using TLS for Erlang Distribution" (<https://www.erlang.org/doc/apps/ssl/ssl_distribution.html>).

mod error;
mod options;
mod trust;

pub use error::TlsError;
pub use options::TlsOptions;
