//! `init` and `terminate`.
use ergo::prelude::*;

#[derive(Actor)]
struct NoInit;

#[ergo::server]
impl NoInit {}

#[derive(Actor)]
struct ReturnsSelf;

#[ergo::server]
impl ReturnsSelf {
    fn init() -> Self {
        ReturnsSelf
    }
}

#[derive(Actor)]
struct TwoArguments;

#[ergo::server]
impl TwoArguments {
    fn init(_a: u8, _b: u8) -> Result<Self, ExitReason> {
        Ok(TwoArguments)
    }
}

#[derive(Actor)]
struct HasSelf;

#[ergo::server]
impl HasSelf {
    fn init(&self) -> Result<Self, ExitReason> {
        Ok(HasSelf)
    }
}

#[derive(Actor)]
struct InitIsNoCall;

#[ergo::server]
impl InitIsNoCall {
    #[call]
    fn init() -> Result<Self, ExitReason> {
        Ok(InitIsNoCall)
    }
}

#[derive(Actor)]
struct TerminateBorrows;

#[ergo::server]
impl TerminateBorrows {
    fn init() -> Result<Self, ExitReason> {
        Ok(TerminateBorrows)
    }

    fn terminate(&mut self, _reason: &ExitReason) {}
}

#[derive(Actor)]
struct TerminateReturns;

#[ergo::server]
impl TerminateReturns {
    fn init() -> Result<Self, ExitReason> {
        Ok(TerminateReturns)
    }

    fn terminate(self, _reason: &ExitReason) -> u8 {
        1
    }
}

fn main() {}
