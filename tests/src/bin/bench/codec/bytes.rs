//! Terms, written by hand: what is read must not come from what is measured.

/// How atoms are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AtomForm {
    /// `ATOM_EXT`, as `term_to_binary` of OTP 25 does.
    Latin1,
    /// `SMALL_ATOM_UTF8_EXT`, as `term_to_binary` does since OTP 26, and as all the codecs in Rust do.
    Utf8,
}

/// A term that grows, from its version byte on.
pub(crate) struct TermBytes {
    bytes: Vec<u8>,
    atoms: AtomForm,
}

impl TermBytes {
    pub(crate) fn new(atoms: AtomForm) -> TermBytes {
        TermBytes {
            bytes: vec![131],
            atoms,
        }
    }

    pub(crate) fn into_vec(self) -> Vec<u8> {
        self.bytes
    }

    pub(crate) fn atom(&mut self, text: &str) {
        let len = u8::try_from(text.len()).expect("a short atom");
        match self.atoms {
            AtomForm::Latin1 => self.bytes.extend([100, 0, len]),
            AtomForm::Utf8 => self.bytes.extend([119, len]),
        }
        self.bytes.extend(text.as_bytes());
    }

    pub(crate) fn integer(&mut self, value: i64) {
        if let Ok(byte) = u8::try_from(value) {
            self.bytes.extend([97, byte]);
        } else if let Ok(value) = i32::try_from(value) {
            self.bytes.push(98);
            self.bytes.extend(value.to_be_bytes());
        } else {
            let magnitude = value.unsigned_abs();
            let len = 8 - magnitude.leading_zeros() as usize / 8;
            self.bytes.extend([110, len as u8, u8::from(value < 0)]);
            self.bytes.extend(&magnitude.to_le_bytes()[..len]);
        }
    }

    pub(crate) fn float(&mut self, value: f64) {
        self.bytes.push(70);
        self.bytes.extend(value.to_be_bytes());
    }

    pub(crate) fn binary(&mut self, bytes: &[u8]) {
        self.header(109, bytes.len());
        self.bytes.extend(bytes);
    }

    /// A tuple of the elements that follow.
    pub(crate) fn tuple(&mut self, arity: u8) {
        self.bytes.extend([104, arity]);
    }

    /// A list of the elements that follow, and after them its tail.
    pub(crate) fn list(&mut self, len: usize) {
        self.header(108, len);
    }

    pub(crate) fn nil(&mut self) {
        self.bytes.push(106);
    }

    /// A map of the keys and values that follow in turn.
    pub(crate) fn map(&mut self, len: usize) {
        self.header(116, len);
    }

    pub(crate) fn pid(&mut self, node: &str, [id, serial, creation]: [u32; 3]) {
        self.bytes.push(88);
        self.atom(node);
        for part in [id, serial, creation] {
            self.bytes.extend(part.to_be_bytes());
        }
    }

    pub(crate) fn reference(&mut self, node: &str, creation: u32, words: [u32; 3]) {
        self.bytes.extend([90, 0, 3]);
        self.atom(node);
        for part in [creation].into_iter().chain(words) {
            self.bytes.extend(part.to_be_bytes());
        }
    }

    fn header(&mut self, tag: u8, len: usize) {
        let len = u32::try_from(len).expect("a length of 32 bits");
        self.bytes.push(tag);
        self.bytes.extend(len.to_be_bytes());
    }
}
