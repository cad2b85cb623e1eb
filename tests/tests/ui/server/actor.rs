//! `derive(Actor)` and `derive(ServerBehavior)`.
use ergo::prelude::*;

/// What every actor here needs to be one.
macro_rules! server {
    ($($name:ident)*) => {$(
        impl Server for $name {
            type Args = ();
            async fn init(_: (), _: &Context<Self>) -> Result<Self, ExitReason> {
                Ok($name)
            }
        }
    )*};
}
server!(UnknownKey NoRoom NoNumber NoPolicy NoBound NoName UnknownServerKey KeyOfTheActor);

#[derive(Actor, ServerBehavior)]
#[actor(nam = "stock")]
struct UnknownKey;

#[derive(Actor, ServerBehavior)]
#[actor(mailbox = 0)]
struct NoRoom;

#[derive(Actor, ServerBehavior)]
#[actor(mailbox = "huge")]
struct NoNumber;

#[derive(Actor, ServerBehavior)]
#[actor(mailbox = 9, overflow = "block")]
struct NoPolicy;

#[derive(Actor, ServerBehavior)]
#[actor(overflow = "wait")]
struct NoBound;

#[derive(Actor, ServerBehavior)]
#[actor(name = "")]
struct NoName;

#[derive(Actor)]
struct Borrows<'a>(&'a str);

#[derive(Actor)]
union Bits {
    a: u8,
}

#[derive(Actor, ServerBehavior)]
#[server(calls = StockCall)]
struct UnknownServerKey;

#[derive(Actor, ServerBehavior)]
#[server(name = "stock")]
struct KeyOfTheActor;

fn main() {}
