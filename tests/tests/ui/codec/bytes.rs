//! Bytes may be a binary or a list, and the derive asks which.
use ergo::{Decode, Encode};

#[derive(Encode)]
struct Picture {
    bytes: Vec<u8>,
    thumbnail: Option<Box<[u8]>>,
}

#[derive(Decode)]
struct Digest([u8; 16]);

fn main() {}
