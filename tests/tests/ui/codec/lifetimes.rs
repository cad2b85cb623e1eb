//! References: the compiler's own words about a lifetime that is missing, once.
use ergo::{Decode, Encode};

#[derive(Encode, Decode)]
struct NoLifetime {
    text: &str,
}

fn main() {}
