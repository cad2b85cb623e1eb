//! What handlers give back.
use ergo::prelude::*;

#[derive(Actor)]
struct Stock;

#[ergo::server]
impl Stock {
    fn init() -> Result<Self, ExitReason> {
        Ok(Stock)
    }

    #[call]
    fn flow(&mut self) -> Flow {
        Flow::Continue
    }

    #[call]
    fn both(&mut self, reply: Reply<u8>) -> u8 {
        reply.send(1);
        1
    }

    #[call]
    fn two_replies(&mut self, _a: Reply<u8>, _b: Reply<u8>) {}

    #[cast]
    fn nobody_waits(&mut self, _reply: Reply<u8>) {}

    #[cast]
    fn nobody_hears(&mut self) -> Result<(), ExitReason> {
        Ok(())
    }

    #[cast]
    fn nobody_counts(&mut self) -> usize {
        1
    }

    #[call]
    fn borrows(&self) -> &str {
        ""
    }

    #[call]
    fn unnamed(&self) -> impl Clone {
        1
    }
}

fn main() {}
