//! Variants.
use ergo::{Decode, Encode};

#[derive(Encode)]
#[etf(tag = "type")]
enum TagWithoutNames {
    A(u8),
}

#[derive(Decode)]
enum SameNames {
    A,
    #[etf(rename = "a")]
    B,
}

#[derive(Decode)]
#[etf(deny_unknown)]
enum NothingToDeny {
    A(u8),
}

#[derive(Encode)]
enum KeyOfTheItem {
    #[etf(record = "a")]
    A(u8),
}

#[derive(Encode)]
enum KeyOfTheField {
    #[etf(binary)]
    A(Vec<u8>),
}

#[derive(Encode)]
enum NothingToRename {
    #[etf(rename_all = "camelCase")]
    A(u8),
}

#[derive(Encode)]
#[etf(untagged)]
enum NoNameWritten {
    #[etf(rename = "b")]
    A(u8),
}

#[derive(Encode)]
#[etf(tag = "type")]
enum TagIsAField {
    A { r#type: u8 },
}

fn main() {}
