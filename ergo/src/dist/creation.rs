//! The creation of a node: which incarnation of a name it is.

use std::fmt;
use std::num::NonZeroU32;

/// Tells one incarnation of a node from the next one of the same name; never 0.
///
/// It is part of every pid, port and reference, so that a pid of an earlier incarnation is not mistaken for one of
/// the present node. Take a new one for each start: from EPMD's answer or from the operating system's generator.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Creation(NonZeroU32);

impl Creation {
    /// The creation with this value; `None` for 0, which is reserved.
    pub const fn new(value: u32) -> Option<Creation> {
        match NonZeroU32::new(value) {
            Some(value) => Some(Creation(value)),
            None => None,
        }
    }

    /// The value, never 0.
    pub const fn get(self) -> u32 {
        self.0.get()
    }
}

impl From<Creation> for u32 {
    fn from(creation: Creation) -> u32 {
        creation.get()
    }
}

impl fmt::Display for Creation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.get())
    }
}

impl fmt::Debug for Creation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Creation({:#x})", self.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_no_creation() {
        assert_eq!(Creation::new(0), None);
        assert_eq!(
            Creation::new(0x6b00_f23d).map(Creation::get),
            Some(0x6b00_f23d)
        );
    }
}
