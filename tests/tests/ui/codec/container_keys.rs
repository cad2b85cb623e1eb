//! Keys of `#[etf(..)]` on the item.
use ergo::{Decode, Encode};

#[derive(Encode)]
#[etf(colour = "red")]
struct UnknownKey {
    a: u8,
}

#[derive(Encode)]
#[etf(binary)]
struct KeyOfAField {
    a: u8,
}

#[derive(Decode)]
#[etf(tuple, tuple)]
struct Twice {
    a: u8,
}

#[derive(Decode)]
#[etf(tuple = "yes")]
struct ValueForAFlag {
    a: u8,
}

#[derive(Encode)]
#[etf(record)]
struct NoValue {
    a: u8,
}

#[derive(Encode)]
#[etf(record = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
struct AtomTooLong {
    a: u8,
}

#[derive(Encode)]
#[etf(rename_all = "Title Case")]
struct UnknownCase {
    a: u8,
}

#[derive(Encode)]
#[etf(colour, shape(1, 2), size = 3)]
struct AllAtOnce {
    #[etf(hue)]
    a: u8,
}

fn main() {}
