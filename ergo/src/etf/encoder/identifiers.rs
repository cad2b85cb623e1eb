//! Pids, references, ports and funs.

use super::super::{
    Closure, DecodeError, EncodeError, Encoded, Export, Fun, LengthOf, Pid, Port, Reference, tag,
};
use super::Encoder;
use crate::wire::writer::{put_u16, put_u32, put_u64};

impl Encoder<'_> {
    /// Writes a pid.
    ///
    /// # Errors
    /// None.
    #[inline]
    pub fn write_pid(&mut self, pid: &Pid) -> Result<(), EncodeError> {
        self.buffer.push(tag::NEW_PID);
        self.put_atom(pid.node());
        let [a, b, c, d] = pid.id().to_be_bytes();
        let [e, f, g, h] = pid.serial().to_be_bytes();
        let [i, j, k, l] = pid.creation().to_be_bytes();
        self.buffer
            .extend_from_slice(&[a, b, c, d, e, f, g, h, i, j, k, l]);
        Ok(())
    }

    /// Writes a reference.
    ///
    /// # Errors
    /// None.
    #[inline]
    pub fn write_reference(&mut self, reference: &Reference) -> Result<(), EncodeError> {
        self.buffer.push(tag::NEWER_REFERENCE);
        put_u16(
            self.buffer,
            u16::try_from(reference.ids().len()).unwrap_or_default(),
        );
        self.put_atom(reference.node());
        put_u32(self.buffer, reference.creation());
        for word in reference.ids() {
            put_u32(self.buffer, *word);
        }
        Ok(())
    }

    /// Writes a port, in the form that OTP 26 and later write for every port and OTP 24 and later read.
    ///
    /// # Errors
    /// None.
    pub fn write_port(&mut self, port: &Port) -> Result<(), EncodeError> {
        self.buffer.push(tag::V4_PORT);
        self.put_atom(port.node());
        put_u64(self.buffer, port.id());
        put_u32(self.buffer, port.creation());
        Ok(())
    }

    /// Writes a function; a closure as it was received.
    ///
    /// # Errors
    /// [`EncodeError::TooLong`] for a closure from 2^32 bytes on.
    pub fn write_fun(&mut self, fun: &Fun) -> Result<(), EncodeError> {
        if let Some(export) = fun.as_export() {
            return self.write_export(export);
        }
        fun.as_closure()
            .map_or(Ok(()), |closure| self.write_closure(closure))
    }

    fn write_export(&mut self, export: &Export) -> Result<(), EncodeError> {
        self.buffer.push(tag::EXPORT);
        self.put_atom(export.module());
        self.put_atom(export.function());
        self.write_i64(export.arity().into())
    }

    fn write_closure(&mut self, closure: &Closure) -> Result<(), EncodeError> {
        // The size counts itself.
        let size = closure.body().len().saturating_add(4);
        self.write_header(tag::NEW_FUN, size, LengthOf::Fun)?;
        self.buffer.extend_from_slice(closure.body());
        Ok(())
    }

    /// Writes a term that is still encoded. One that refers to the atoms of another connection is written anew.
    ///
    /// # Errors
    /// [`EncodeError::Malformed`] for a term that came from a peer and has not been decoded before.
    #[inline]
    pub fn write_encoded(&mut self, encoded: &Encoded) -> Result<(), EncodeError> {
        if !self.has_records && encoded.may_have_records() {
            let term = encoded.to_term().map_err(EncodeError::Malformed)?;
            return self.write_term(&term);
        }
        match encoded.self_contained() {
            Some(bytes) => {
                self.put_bytes(bytes);
                Ok(())
            }
            None => self.write_walked(encoded).map_err(EncodeError::Malformed),
        }
    }

    /// OTP closes the connection that a map with a key twice comes in on, so such a one must not go out.
    fn write_walked(&mut self, encoded: &Encoded) -> Result<(), DecodeError> {
        let walked = encoded.decoder().walk(self)?;
        if walked.has_names && encoded.keys_unchecked() {
            encoded.to_term()?;
        }
        Ok(())
    }

    /// Writes the tag of a closure and room for its size; returns where the size is.
    pub(crate) fn begin_fun_size(&mut self) -> usize {
        self.open_funs = self.open_funs.saturating_add(1);
        self.buffer.push(tag::NEW_FUN);
        let mark = self.buffer.len();
        put_u32(self.buffer, 0);
        mark
    }

    /// Sets the size at `mark` to what has been written since.
    pub(crate) fn end_fun_size(&mut self, mark: usize) -> Result<(), EncodeError> {
        self.open_funs = self.open_funs.saturating_sub(1);
        let length = self.buffer.len().saturating_sub(mark);
        let size = u32::try_from(length).map_err(|_| EncodeError::TooLong {
            what: LengthOf::Fun,
            length,
        })?;
        if let Some(slot) = self
            .buffer
            .get_mut(mark..)
            .and_then(<[u8]>::first_chunk_mut)
        {
            *slot = size.to_be_bytes();
        }
        Ok(())
    }
}
