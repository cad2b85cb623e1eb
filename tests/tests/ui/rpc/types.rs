//! Types that are no Erlang terms.

struct NoTerm;

#[ergo::rpc(module = "math")]
fn takes(_: NoTerm) {}

#[ergo::rpc(module = "math")]
fn gives() -> NoTerm {
    NoTerm
}

fn main() {}
