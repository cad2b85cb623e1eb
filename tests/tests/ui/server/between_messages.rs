//! `#[handle_continue]`, `#[timeout]` and `#[actor(snapshot)]`.
#![allow(unused_variables)]
use ergo::prelude::*;
#[derive(Actor)]
struct NothingToDo;

#[ergo::server]
impl NothingToDo {
    fn init() -> Result<Self, ExitReason> {
        Ok(NothingToDo)
    }

    #[handle_continue]
    fn warm_up(&mut self) {}
}

#[derive(Actor)]
struct TooMuchToDo;

#[ergo::server]
impl TooMuchToDo {
    fn init() -> Result<Self, ExitReason> {
        Ok(TooMuchToDo)
    }

    #[handle_continue]
    fn warm_up(&mut self, first: u8, second: u8) {}
}

#[derive(Actor)]
struct TwoWays;

#[ergo::server]
impl TwoWays {
    fn init() -> Result<Self, ExitReason> {
        Ok(TwoWays)
    }

    #[handle_continue]
    fn warm_up(&mut self, what: u8) {}

    #[handle_continue]
    fn cool_down(&mut self, what: u8) {}
}

#[derive(Actor)]
struct Knows;

#[ergo::server]
impl Knows {
    fn init() -> Result<Self, ExitReason> {
        Ok(Knows)
    }

    #[timeout]
    fn idle(&mut self, since: u64) {}
}

#[derive(Actor)]
struct Fails;

#[ergo::server]
impl Fails {
    fn init() -> Result<Self, ExitReason> {
        Ok(Fails)
    }

    #[timeout]
    fn idle(&mut self) -> Result<(), String> {
        Ok(())
    }

    #[handle_continue]
    fn warm_up(&mut self, what: u8, reply: Reply<u8>) {}
}

#[derive(Actor)]
struct GoesNowhere;

#[ergo::server]
impl GoesNowhere {
    fn init(cx: &Context<Self>) -> Result<Self, ExitReason> {
        cx.continue_with("warm_up");
        Ok(GoesNowhere)
    }
}

#[derive(Actor, ServerBehavior)]
#[actor(snapshot)]
struct NoPicture;

impl Server for NoPicture {
    type Args = ();
    async fn init(_: (), _: &Context<Self>) -> Result<Self, ExitReason> {
        Ok(NoPicture)
    }
}

#[derive(Actor, ServerBehavior)]
#[server(continue = u8)]
struct Keyword;

impl Server for Keyword {
    type Args = ();
    async fn init(_: (), _: &Context<Self>) -> Result<Self, ExitReason> {
        Ok(Keyword)
    }
}

fn main() {}
