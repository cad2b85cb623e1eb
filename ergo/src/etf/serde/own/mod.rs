//! The types of the codec for serde: themselves in a term, and something sane in any other format.

pub mod big_integer;
mod foreign;
mod kind;
mod readable;
mod text;
mod types;

pub(super) use kind::Own;
pub(super) use text::{pid_text, port_text, reference_text};
