//! Durations and points in time, in milliseconds.

use std::time::{Duration, SystemTime};

use super::super::{Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, TimeUnit};

impl Encode for Duration {
    /// Whole milliseconds.
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_duration(*self, TimeUnit::Millisecond)
    }
}

impl<'de> Decode<'de> for Duration {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        decoder.read_duration(TimeUnit::Millisecond)
    }
}

impl Encode for SystemTime {
    /// Milliseconds since 1970-01-01 00:00 UTC, rounded down.
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_system_time(*self, TimeUnit::Millisecond)
    }
}

impl<'de> Decode<'de> for SystemTime {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        decoder.read_system_time(TimeUnit::Millisecond)
    }
}

impl Decoder<'_> {
    /// Reads a duration from an integer.
    ///
    /// # Errors
    /// Another kind of term, a negative integer, and one beyond the longest duration.
    pub fn read_duration(&mut self, unit: TimeUnit) -> Result<Duration, DecodeError> {
        let before = self.clone();
        unit.duration(self.read_u128()?)
            .ok_or_else(|| before.unexpected("a duration"))
    }

    /// Reads a point in time from the integer of units since 1970-01-01 00:00 UTC.
    ///
    /// # Errors
    /// Another kind of term, and a time that the system does not have.
    pub fn read_system_time(&mut self, unit: TimeUnit) -> Result<SystemTime, DecodeError> {
        let before = self.clone();
        unit.system_time(self.read_i128()?)
            .ok_or_else(|| before.unexpected("a point in time"))
    }
}
