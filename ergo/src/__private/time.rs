//! Durations and moments in the unit that `#[etf(unit = "..")]` chooses: a module for each, as one
//! of a user would be.

use std::time::{Duration, SystemTime};

use crate::etf::{DecodeError, Decoder, EncodeError, Encoder, TimeUnit};

/// A type that is counted in units of time.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no time, so it has no unit",
    label = "`#[etf(unit = \"..\")]` is for `Duration` and `SystemTime`"
)]
pub trait Time: Sized {
    /// Writes the number of units.
    ///
    /// # Errors
    /// None.
    fn encode(&self, encoder: &mut Encoder<'_>, unit: TimeUnit) -> Result<(), EncodeError>;

    /// Reads the number of units.
    ///
    /// # Errors
    /// Any other term, and a number that the type cannot hold.
    fn decode(decoder: &mut Decoder<'_>, unit: TimeUnit) -> Result<Self, DecodeError>;
}

impl Time for Duration {
    fn encode(&self, encoder: &mut Encoder<'_>, unit: TimeUnit) -> Result<(), EncodeError> {
        encoder.write_duration(*self, unit)
    }

    fn decode(decoder: &mut Decoder<'_>, unit: TimeUnit) -> Result<Self, DecodeError> {
        decoder.read_duration(unit)
    }
}

impl Time for SystemTime {
    fn encode(&self, encoder: &mut Encoder<'_>, unit: TimeUnit) -> Result<(), EncodeError> {
        encoder.write_system_time(*self, unit)
    }

    fn decode(decoder: &mut Decoder<'_>, unit: TimeUnit) -> Result<Self, DecodeError> {
        decoder.read_system_time(unit)
    }
}

macro_rules! unit {
    ($module:ident, $unit:ident, $what:literal) => {
        #[doc = $what]
        pub mod $module {
            use super::Time;
            use crate::etf::{DecodeError, Decoder, EncodeError, Encoder, TimeUnit};

            /// Writes the number of units.
            ///
            /// # Errors
            /// None.
            pub fn encode<T: Time>(
                value: &T,
                encoder: &mut Encoder<'_>,
            ) -> Result<(), EncodeError> {
                value.encode(encoder, TimeUnit::$unit)
            }

            /// Reads the number of units.
            ///
            /// # Errors
            /// Any other term, and a number that the type cannot hold.
            pub fn decode<T: Time>(decoder: &mut Decoder<'_>) -> Result<T, DecodeError> {
                T::decode(decoder, TimeUnit::$unit)
            }
        }
    };
}
unit!(second, Second, "Time in seconds.");
unit!(millisecond, Millisecond, "Time in milliseconds.");
unit!(microsecond, Microsecond, "Time in microseconds.");
unit!(nanosecond, Nanosecond, "Time in nanoseconds.");
