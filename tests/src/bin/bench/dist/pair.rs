//! Who sends, and who receives.

/// A contender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pair {
    ErgoErgo,
    ErgoErl,
    ErlErgo,
    ErlErl,
}

impl Pair {
    /// All of them, in the order of the table.
    pub(crate) const ALL: [Pair; 4] = [Pair::ErgoErgo, Pair::ErgoErl, Pair::ErlErgo, Pair::ErlErl];

    /// The name in the table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Pair::ErgoErgo => "ergo-ergo",
            Pair::ErgoErl => "ergo-erl",
            Pair::ErlErgo => "erl-ergo",
            Pair::ErlErl => "erl-erl",
        }
    }

    /// The one of this name.
    pub(crate) fn named(name: &str) -> Option<Pair> {
        Pair::ALL.into_iter().find(|pair| pair.name() == name)
    }

    /// Whether the sender, then the receiver, is a BEAM.
    pub(crate) fn is_beam(self) -> (bool, bool) {
        match self {
            Pair::ErgoErgo => (false, false),
            Pair::ErgoErl => (false, true),
            Pair::ErlErgo => (true, false),
            Pair::ErlErl => (true, true),
        }
    }
}
