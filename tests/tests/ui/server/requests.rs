//! `derive(Request)`.
use ergo::{Reply, Request};

#[derive(Request)]
enum CallsAndCasts {
    Take(Reply<u8>),
    Sweep,
}

#[derive(Request)]
enum TwoReplies {
    Take(Reply<u8>, Reply<u8>),
}

#[derive(Request)]
struct NoEnum;

#[derive(Request)]
enum SameTags {
    A(u8),
    #[etf(rename = "a")]
    B(u8),
}

#[derive(Request)]
enum KeyOfACodec {
    #[etf(alias = "b")]
    A,
}

#[derive(Request)]
enum AttributeOfAnArgument {
    A(#[etf(binary)] Vec<u8>),
}

#[derive(Request)]
enum Borrows<'a> {
    A(&'a str),
}

fn main() {}
