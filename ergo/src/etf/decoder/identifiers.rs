//! Pids, references, ports and funs.

use bytes::Bytes;

use super::super::closure::{CLOSURES_NESTED_MAX, DIGEST_BYTES, Parts};
use super::super::encoder::Encoder;
use super::super::reference::REFERENCE_WORDS_MAX;
use super::super::{
    Atom, Closure, DecodeError, EncodeError, Export, Fun, LengthOf, Pid, Port, Reference, tag,
};
use super::Decoder;
use super::walk::Walker;

/// Bytes of a closure up to and with its size.
const FUN_SIZE_END: usize = 5;

impl<'de> Decoder<'de> {
    /// Reads a pid.
    ///
    /// # Errors
    /// Another kind of term.
    #[inline]
    pub fn read_pid(&mut self) -> Result<Pid, DecodeError> {
        let short = match self.reader.peek() {
            Some(tag::NEW_PID) => false,
            Some(tag::PID) => true,
            _ => return Err(self.unexpected("a pid")),
        };
        self.byte()?;
        let node = self.read_atom()?;
        let [a, b, c, d, e, f, g, h] =
            self.reader.array().map_err(|short| self.truncated(short))?;
        let creation = self.creation(short)?;
        Ok(Pid::new(
            node,
            u32::from_be_bytes([a, b, c, d]),
            u32::from_be_bytes([e, f, g, h]),
            creation,
        ))
    }

    /// Reads a reference.
    ///
    /// # Errors
    /// Another kind of term, and a number of words that is not 1 to 5.
    #[inline]
    pub fn read_reference(&mut self) -> Result<Reference, DecodeError> {
        let before = self.reader.clone();
        let (count, short) = match self.reader.rest() {
            [tag::NEWER_REFERENCE, a, b, rest @ ..] => {
                self.reader.advance_to(rest);
                (u16::from_be_bytes([*a, *b]), false)
            }
            [tag::NEW_REFERENCE, a, b, rest @ ..] => {
                self.reader.advance_to(rest);
                (u16::from_be_bytes([*a, *b]), true)
            }
            [tag::REFERENCE, ..] => return self.old_reference(),
            _ => return Err(self.unexpected("a reference")),
        };
        let mut words = [0; REFERENCE_WORDS_MAX];
        let Some(slots @ [_, ..]) = words.get_mut(..usize::from(count)) else {
            self.reader = before;
            return Err(self.malformed("the number of words of a reference is not 1 to 5"));
        };
        let node = self.read_atom()?;
        let creation = self.creation(short)?;
        for slot in slots.iter_mut() {
            *slot = self.word()?;
        }
        Reference::new(node, creation, slots)
            .map_err(|_| self.malformed("the number of words of a reference is not 1 to 5"))
    }

    fn old_reference(&mut self) -> Result<Reference, DecodeError> {
        self.byte()?;
        let node = self.read_atom()?;
        let word = self.word()?;
        let creation = self.byte()?;
        Reference::new(node, creation.into(), &[word])
            .map_err(|_| self.malformed("the number of words of a reference is not 1 to 5"))
    }

    /// Reads a port.
    ///
    /// # Errors
    /// Another kind of term.
    pub fn read_port(&mut self) -> Result<Port, DecodeError> {
        let start = self.clone();
        let tag = self.byte()?;
        if !matches!(tag, tag::V4_PORT | tag::NEW_PORT | tag::PORT) {
            return Err(start.unexpected("a port"));
        }
        let node = self.read_atom()?;
        let id = match tag {
            tag::V4_PORT => self.reader.u64().map_err(|short| self.truncated(short))?,
            _ => self.word()?.into(),
        };
        let creation = self.creation(tag == tag::PORT)?;
        Ok(Port::new(node, id, creation))
    }

    /// Old forms have a creation of one byte.
    #[inline]
    fn creation(&mut self, short: bool) -> Result<u32, DecodeError> {
        if short {
            self.byte().map(u32::from)
        } else {
            self.word()
        }
    }

    /// Reads a function. A closure is kept as it is.
    ///
    /// # Errors
    /// Another kind of term.
    pub fn read_fun(&mut self) -> Result<Fun, DecodeError> {
        let mut budget = self.term_bytes_max();
        self.read_fun_within(&mut budget)
    }

    /// Reads a function as a part of a term that may still take `budget` bytes.
    pub(super) fn read_fun_within(&mut self, budget: &mut usize) -> Result<Fun, DecodeError> {
        match self.reader.peek() {
            Some(tag::EXPORT) => self.read_export(),
            Some(tag::NEW_FUN) => self.read_closure(budget),
            _ => Err(self.unexpected("a fun")),
        }
    }

    /// The next term, of `len` bytes, with the texts of atoms in place of references. Two bytes may become a thousand,
    /// so it takes from the budget.
    ///
    /// # Errors
    /// [`DecodeErrorKind::LimitExceeded`](super::super::DecodeErrorKind::LimitExceeded) beyond the budget, which is a
    /// part of `term_bytes_max`.
    pub(crate) fn without_cached_atoms(
        &self,
        len: usize,
        budget: &mut usize,
    ) -> Result<Vec<u8>, DecodeError> {
        let mut buffer = Vec::with_capacity(len.saturating_mul(2).min(*budget));
        let mut walker = Spelling {
            encoder: Encoder::new(&mut buffer),
            max: *budget,
        };
        let walked = self.clone().walk(&mut walker);
        let needed = walker.encoder.buffer().len();
        if walked.is_err() || needed > *budget {
            let max = self.limits.term_bytes_max;
            let value = (max - *budget).saturating_add(needed.max(budget.saturating_add(1)));
            return Err(self.limit("term_bytes_max", max, value));
        }
        *budget -= needed;
        Ok(buffer)
    }

    fn read_export(&mut self) -> Result<Fun, DecodeError> {
        self.byte()?;
        let module = self.read_atom()?;
        let function = self.read_atom()?;
        let arity = self.read_integer("an arity")?;
        Ok(Export::new(module, function, arity).into())
    }

    fn read_closure(&mut self, budget: &mut usize) -> Result<Fun, DecodeError> {
        let start = self.clone();
        let walked = self.skip_walked()?;
        let body = start
            .reader
            .rest()
            .get(FUN_SIZE_END..self.position() - start.position())
            .unwrap_or_default();
        let body = if walked.cached_atoms {
            let mut buffer = start.without_cached_atoms(body.len(), budget)?;
            Bytes::from(buffer.split_off(FUN_SIZE_END.min(buffer.len())))
        } else {
            self.share(body)
        };
        let (parts, captured_at) = Decoder::new(&body).read_parts()?;
        if walked.has_names {
            self.check_captured(&body, captured_at, parts.captured, walked.fun_depth)?;
        }
        Ok(Fun::closure(Closure::new(
            parts,
            body.clone(),
            captured_at,
            walked.fun_depth,
        )))
    }

    /// Refuses a key that is in a captured map twice, as every other map is refused: the body is kept and passed on,
    /// and OTP would close the connection. Recurses as deep as closures are inside each other, which is bounded here.
    fn check_captured(
        &self,
        body: &[u8],
        captured_at: usize,
        captured: u32,
        depth: usize,
    ) -> Result<(), DecodeError> {
        if depth > CLOSURES_NESTED_MAX {
            return Err(self.limit(
                "the number of closures inside each other that capture maps",
                CLOSURES_NESTED_MAX,
                depth,
            ));
        }
        let mut decoder =
            Decoder::new(body.get(captured_at..).unwrap_or_default()).limits(self.limits);
        (0..captured).try_for_each(|_| decoder.read_term().map(drop))
    }

    /// Reads what comes before the captured values of a closure; returns where they start.
    fn read_parts(mut self) -> Result<(Parts, usize), DecodeError> {
        let arity = self.byte()?;
        let digest = self.take(DIGEST_BYTES)?.try_into().unwrap_or_default();
        let index = self.word()?;
        let captured = self.word()?;
        let module: Atom = self.read_atom()?;
        self.read_integer::<i64>("the old index of a fun")?;
        let unique: i64 = self.read_integer("the old hash of a fun")?;
        self.read_pid()?;
        let parts = Parts {
            module,
            index,
            unique: u32::try_from(unique.rem_euclid(1 << 32)).unwrap_or_default(),
            arity,
            digest,
            captured,
        };
        Ok((parts, self.position()))
    }
}

/// Writes a term that is known to be well-formed with the texts of its atoms, as long as that takes no more than `max`.
struct Spelling<'b> {
    encoder: Encoder<'b>,
    max: usize,
}

impl Walker for Spelling<'_> {
    fn raw(&mut self, bytes: &[u8]) {
        self.encoder.raw(bytes);
    }

    fn atom(&mut self, text: &str) -> Result<(), EncodeError> {
        let length = self.encoder.buffer().len();
        if length > self.max {
            let what = LengthOf::Fun;
            return Err(EncodeError::TooLong { what, length });
        }
        self.encoder.atom(text)
    }

    fn begin_fun(&mut self) -> usize {
        self.encoder.begin_fun()
    }

    fn end_fun(&mut self, mark: usize) -> Result<(), EncodeError> {
        self.encoder.end_fun(mark)
    }
}
