//! Forms that do not fit the item.
use ergo::{Decode, Encode};

#[derive(Encode)]
union Bits {
    a: u8,
    b: i8,
}

#[derive(Encode)]
#[etf(untagged)]
struct UntaggedStruct {
    a: u8,
}

#[derive(Decode)]
#[etf(record = "a")]
enum RecordEnum {
    A,
}

#[derive(Encode)]
#[etf(tuple, keyword)]
struct TwoForms {
    a: u8,
}

#[derive(Encode)]
#[etf(transparent)]
struct TwoFields {
    a: u8,
    b: u8,
}

#[derive(Encode)]
#[etf(keyword)]
struct NoNames(u8, u8);

#[derive(Encode)]
#[etf(elixir_struct = "Shop.User")]
struct NoNamesEither(u8);

#[derive(Decode)]
#[etf(tuple, deny_unknown)]
struct NoKeysToDeny {
    a: u8,
}

#[derive(Decode)]
#[etf(tuple, rename_all = "camelCase")]
struct NoKeysToRename {
    a: u8,
}

#[derive(Encode)]
#[etf(none = "null", tagged_option)]
struct TwoOptions {
    a: Option<u8>,
}

fn main() {}
