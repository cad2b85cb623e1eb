//! The client's side of one exchange: bytes in any chopping become one response.

use crate::epmd::codec::response::{decode_response, response_length};
use crate::epmd::codec::{RequestKind, Response, ResponseError};

/// Collects the response to one request.
///
/// Keeps at most [`ResponseReader::BYTES_MAX`] bytes. A response whose fields say where it ends is
/// complete there and what follows is ignored; a text is complete when the server closes.
#[derive(Debug)]
pub struct ResponseReader {
    kind: RequestKind,
    buffer: Vec<u8>,
}

impl ResponseReader {
    /// The most bytes a response may have: room for some 40,000 names in a listing.
    pub const BYTES_MAX: usize = 1 << 20;

    /// A reader for the response to a request of this kind.
    #[must_use]
    pub fn new(kind: RequestKind) -> Self {
        Self {
            kind,
            buffer: Vec::new(),
        }
    }

    /// Takes the bytes that arrived; the response once it is complete.
    ///
    /// # Errors
    ///
    /// [`ResponseError`] as soon as the bytes so far cannot become a response.
    ///
    /// ```
    /// use ergo::epmd::codec::{RequestKind, Response, ResponseReader};
    ///
    /// let mut reader = ResponseReader::new(RequestKind::PortPlease);
    /// assert_eq!(reader.handle_input(b"w")?, None);
    /// assert_eq!(reader.handle_input(&[1])?, Some(Response::Port(None)));
    /// # Ok::<(), ergo::epmd::codec::ResponseError>(())
    /// ```
    pub fn handle_input(&mut self, bytes: &[u8]) -> Result<Option<Response>, ResponseError> {
        if self.buffer.len().saturating_add(bytes.len()) > Self::BYTES_MAX {
            return Err(ResponseError::TooLong {
                bytes_max: Self::BYTES_MAX,
            });
        }
        self.buffer.extend_from_slice(bytes);
        let whole =
            response_length(self.kind, &self.buffer).and_then(|length| self.buffer.get(..length));
        whole
            .map(|response| decode_response(self.kind, response))
            .transpose()
    }

    /// The server closed the connection: the response, if that completes it.
    ///
    /// # Errors
    ///
    /// [`ResponseError::Incomplete`] when the response ends inside, or before, its fields; else by cause.
    pub fn handle_eof(&mut self) -> Result<Response, ResponseError> {
        decode_response(self.kind, &self.buffer)
    }
}

#[cfg(test)]
mod tests;
