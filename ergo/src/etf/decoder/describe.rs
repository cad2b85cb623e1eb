//! The next term in the words of an error: what it is, never all of it.

use super::super::{DecodeError, syntax};
use super::{Decoder, Kind, ListHeader};

/// The longest integer that an error spells out.
const SPELLED_BITS_MAX: u64 = 256;

impl Decoder<'_> {
    /// Describes the next term, which stays where it is.
    pub(super) fn describe(&self) -> Result<String, DecodeError> {
        let mut copy = self.clone();
        // What containers around it announce does not matter for what it is.
        copy.announced = 0;
        Ok(match self.peek_kind()? {
            Kind::Integer => {
                let value = copy.read_bigint()?;
                match value.bits() {
                    0..=SPELLED_BITS_MAX => value.to_string(),
                    bits => format!("an integer of {bits} bits"),
                }
            }
            Kind::Float => {
                let value = copy.read_float()?;
                std::fmt::from_fn(|f| syntax::write_float(f, value)).to_string()
            }
            Kind::Atom => format!("atom {}", copy.read_atom()?),
            Kind::Tuple => format!("a tuple of {}", copy.read_tuple()?),
            Kind::List => match copy.read_list()? {
                ListHeader::Elements(0) => "[]".to_owned(),
                ListHeader::Elements(count) => format!("a list of {count}"),
                ListHeader::String(bytes) => format!("a list of {} bytes", bytes.len()),
            },
            Kind::Binary => match copy.read_binary()?.len() {
                1 => "a binary of 1 byte".to_owned(),
                length => format!("a binary of {length} bytes"),
            },
            Kind::BitString => "a bit string".to_owned(),
            Kind::Map => format!("a map of {}", copy.read_map()?),
            Kind::Pid => "a pid".to_owned(),
            Kind::Reference => "a reference".to_owned(),
            Kind::Port => "a port".to_owned(),
            Kind::Fun => "a fun".to_owned(),
            Kind::Record => "a native record".to_owned(),
        })
    }
}
