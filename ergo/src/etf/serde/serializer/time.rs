//! Structs, of which two are time.

use std::ops::Range;
use std::time::Duration;

use serde::Serialize;
use serde::ser::SerializeStruct;

use super::super::super::{Decode, Decoder, EncodeError, TimeUnit};
use super::compound::Fields;

/// A type of the standard library that serde takes for a struct.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum TimeType {
    /// `std::time::Duration`.
    Duration,
    /// `std::time::SystemTime`.
    SystemTime,
}

impl TimeType {
    pub(in super::super) fn named(name: &str) -> Option<TimeType> {
        match name {
            "Duration" => Some(TimeType::Duration),
            "SystemTime" => Some(TimeType::SystemTime),
            _ => None,
        }
    }

    /// The names of the seconds and of the nanoseconds.
    pub(in super::super) fn fields(self) -> [&'static str; 2] {
        match self {
            TimeType::Duration => ["secs", "nanos"],
            TimeType::SystemTime => ["secs_since_epoch", "nanos_since_epoch"],
        }
    }
}

/// A struct. One that is a time becomes an integer when it ends.
pub(in super::super) struct TimeFields<'w, 'e, 'b> {
    fields: Fields<'w, 'e, 'b>,
    time: Option<TimeType>,
    /// Where the seconds and the nanoseconds are, as far as they have been written.
    values: [Range<usize>; 2],
    count: usize,
}

impl<'w, 'e, 'b> TimeFields<'w, 'e, 'b> {
    pub(super) fn new(
        fields: Fields<'w, 'e, 'b>,
        time: Option<TimeType>,
    ) -> TimeFields<'w, 'e, 'b> {
        TimeFields {
            fields,
            time,
            values: [0..0, 0..0],
            count: 0,
        }
    }

    /// The value in milliseconds, if the fields are those of a time.
    fn duration(&mut self) -> Option<Duration> {
        let [seconds, nanoseconds] = self.values.clone();
        let bytes: &[u8] = self.fields.writer.encoder.buffer();
        let seconds = u64::decode(&mut Decoder::new(bytes.get(seconds)?)).ok()?;
        let nanoseconds = u32::decode(&mut Decoder::new(bytes.get(nanoseconds)?)).ok()?;
        (self.count == 2 && nanoseconds < 1_000_000_000)
            .then(|| Duration::new(seconds, nanoseconds))
    }
}

impl SerializeStruct for TimeFields<'_, '_, '_> {
    type Ok = ();
    type Error = EncodeError;

    #[inline]
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        let Some(time) = self.time else {
            return self.fields.field(key, value);
        };
        self.fields.writer.encoder.write_atom(key)?;
        let start = self.fields.writer.position();
        self.fields.value(value)?;
        let end = self.fields.writer.position();
        self.count = self.count.saturating_add(1);
        for (name, place) in time.fields().iter().zip(&mut self.values) {
            if *name == key {
                *place = start..end;
            }
        }
        Ok(())
    }

    fn end(mut self) -> Result<(), EncodeError> {
        if self.time.is_none() {
            return self.fields.finish();
        }
        match self.duration() {
            Some(duration) => {
                let Fields { writer, start, .. } = self.fields;
                writer.truncate(start);
                writer
                    .encoder
                    .write_duration(duration, TimeUnit::Millisecond)
            }
            None => self.fields.finish(),
        }
    }
}
