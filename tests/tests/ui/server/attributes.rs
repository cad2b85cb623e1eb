//! Attributes of handlers.
use ergo::prelude::*;

#[derive(Actor)]
struct Stock;

#[ergo::server]
impl Stock {
    fn init() -> Result<Self, ExitReason> {
        Ok(Stock)
    }

    #[call(slow)]
    fn unknown_key(&mut self) {}

    #[cast(timeout = "3s")]
    fn no_timeout(&mut self) {}

    #[info(local)]
    fn no_keys(&mut self, _term: Term) {}

    #[call(timeout = 30)]
    fn number(&mut self) {}

    #[call(timeout = "30 hours")]
    fn unit(&mut self) {}

    #[call(timeout = "0s")]
    fn nothing(&mut self) {}

    #[call(local, tag = "a")]
    fn local(&mut self) {}

    #[call]
    #[cast]
    fn two_kinds(&mut self) {}

    #[down]
    fn down(&mut self) {}

    #[exit]
    fn exit(&mut self, _a: Exit, _b: Exit) {}

    #[info]
    fn second(&mut self, _term: Term) {}

    #[call]
    fn same(&mut self, _a: u8) {}

    #[call(tag = "same")]
    fn same_on_the_wire(&mut self, _b: u8) {}

    #[call]
    fn a_1(&mut self) {}

    #[call]
    fn a1(&mut self) {}
}

fn main() {}
