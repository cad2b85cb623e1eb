//! An argument that cannot travel is underlined, and the message offers `#[call(local)]`.
use ergo::prelude::*;

struct Plain;

#[derive(Actor)]
struct Stock;

#[ergo::server]
impl Stock {
    fn init() -> Result<Self, ExitReason> {
        Ok(Stock)
    }

    #[cast]
    fn put(&mut self, _plain: Plain) {}
}

fn main() {}
