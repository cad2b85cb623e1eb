//! The server's side of one connection: bytes in any chopping become one request.

use crate::epmd::codec::{Request, RequestError};

/// Collects the one request that a connection to EPMD carries.
///
/// Keeps at most the limit and two bytes. There is exactly one request to a connection, so any byte
/// behind it is an error, as is everything after an error.
#[derive(Debug)]
pub struct RequestReader {
    buffer: Vec<u8>,
    bytes_max: usize,
    done: bool,
}

impl RequestReader {
    /// A reader that refuses a request of more than `bytes_max` bytes, its length not counted.
    #[must_use]
    pub fn new(bytes_max: usize) -> Self {
        Self {
            buffer: Vec::new(),
            bytes_max: bytes_max.min(usize::from(u16::MAX)),
            done: false,
        }
    }

    /// Takes the bytes that arrived; the request once its last byte is there.
    ///
    /// # Errors
    ///
    /// [`RequestError`] as soon as the bytes so far cannot become a request.
    ///
    /// ```
    /// use ergo::epmd::codec::{Request, RequestReader};
    ///
    /// let mut reader = RequestReader::new(512);
    /// assert_eq!(reader.handle_input(&[0])?, None);
    /// assert_eq!(reader.handle_input(&[1, b'n'])?, Some(Request::Names));
    /// # Ok::<(), ergo::epmd::codec::RequestError>(())
    /// ```
    pub fn handle_input(&mut self, bytes: &[u8]) -> Result<Option<Request>, RequestError> {
        if bytes.is_empty() {
            return Ok(None);
        }
        if self.done {
            return Err(RequestError::TrailingBytes);
        }
        let request = self.collect(bytes);
        self.done = !matches!(request, Ok(None));
        request
    }

    fn collect(&mut self, bytes: &[u8]) -> Result<Option<Request>, RequestError> {
        let room = (self.bytes_max + 3).saturating_sub(self.buffer.len());
        self.buffer
            .extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        let Some((length, body)) = self.buffer.split_first_chunk() else {
            return Ok(None);
        };
        let length = usize::from(u16::from_be_bytes(*length));
        if length == 0 {
            return Err(RequestError::Empty);
        }
        if length > self.bytes_max {
            return Err(RequestError::TooLong {
                bytes: length,
                bytes_max: self.bytes_max,
            });
        }
        match body.len().cmp(&length) {
            std::cmp::Ordering::Less => Ok(None),
            std::cmp::Ordering::Equal => Request::decode(body).map(Some),
            std::cmp::Ordering::Greater => Err(RequestError::TrailingBytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &[u8] = &[0, 1, b'n'];

    #[test]
    fn one_byte_at_a_time() {
        let packet = b"\0\x05zrust";
        let mut reader = RequestReader::new(512);
        for (index, byte) in packet.iter().enumerate() {
            let request = reader.handle_input(&[*byte]).unwrap();
            assert_eq!(request.is_some(), index + 1 == packet.len(), "byte {index}");
        }
    }

    #[test]
    fn limit_accepts_its_value_and_refuses_one_more() {
        let mut reader = RequestReader::new(512);
        assert_eq!(reader.handle_input(&512_u16.to_be_bytes()), Ok(None));
        let mut reader = RequestReader::new(512);
        assert_eq!(
            reader.handle_input(&513_u16.to_be_bytes()),
            Err(RequestError::TooLong {
                bytes: 513,
                bytes_max: 512
            })
        );
    }

    #[test]
    fn zero_length_is_an_error() {
        let mut reader = RequestReader::new(512);
        assert_eq!(reader.handle_input(&[0, 0]), Err(RequestError::Empty));
    }

    #[test]
    fn bytes_behind_the_request_are_an_error_however_they_are_cut() {
        let mut reader = RequestReader::new(512);
        let together = [NAMES, b"n"].concat();
        assert_eq!(
            reader.handle_input(&together),
            Err(RequestError::TrailingBytes)
        );

        let mut reader = RequestReader::new(512);
        assert_eq!(reader.handle_input(NAMES), Ok(Some(Request::Names)));
        assert_eq!(reader.handle_input(b"n"), Err(RequestError::TrailingBytes));
        assert_eq!(reader.handle_input(NAMES), Err(RequestError::TrailingBytes));
    }

    #[test]
    fn memory_is_bounded_by_the_limit() {
        let mut reader = RequestReader::new(512);
        let flood = [[2, 0].as_slice(), &[b'z'; 100_000]].concat();
        assert_eq!(
            reader.handle_input(&flood),
            Err(RequestError::TrailingBytes)
        );
        assert!(reader.buffer.capacity() < 2_000);
    }
}
