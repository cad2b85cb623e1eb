//! Reading one term as one type after the other, until one fits.

use super::super::DecodeError;
use super::Decoder;

/// How often each byte of the input may be read in vain, on average.
///
/// Two variants of an untagged enum that hold the enum itself in the same form take a peer twice the time for each
/// level it nests them; with this it is linear in the input again.
const ATTEMPTS_PER_BYTE_MAX: usize = 256;

impl<'de> Decoder<'de> {
    /// Reads with `read`, or stays where it was.
    pub(crate) fn attempt<T>(
        &mut self,
        read: impl FnOnce(&mut Decoder<'de>) -> Result<T, DecodeError>,
    ) -> Option<T> {
        if self.attempted > self.attempted_max() {
            return None;
        }
        let mut ahead = self.clone();
        if let Ok(value) = read(&mut ahead) {
            *self = ahead;
            return Some(value);
        }
        let passed = ahead.position().saturating_sub(self.position());
        self.attempted = ahead.attempted.saturating_add(passed).saturating_add(1);
        None
    }

    /// The error after the last attempt to read a value of the type `of`.
    #[cold]
    pub(crate) fn no_attempt_left(&self, of: &'static str) -> DecodeError {
        let max = self.attempted_max();
        if self.attempted > max {
            return self.limit(
                "the number of bytes read again for an untagged enum",
                max,
                self.attempted,
            );
        }
        self.unexpected(format!("a value of {of}"))
    }

    fn attempted_max(&self) -> usize {
        let input = self.position().saturating_add(self.remaining());
        input.saturating_mul(ATTEMPTS_PER_BYTE_MAX)
    }
}
