//! What handlers take.
use ergo::prelude::*;

#[derive(Actor)]
struct Stock;

#[ergo::server]
impl Stock {
    fn init() -> Result<Self, ExitReason> {
        Ok(Stock)
    }

    #[call]
    fn text(&mut self, _name: &str) {}

    #[call]
    fn bytes(&mut self, _bytes: &[u8]) {}

    #[cast]
    fn nested(&mut self, _all: Vec<&Order>) {}

    #[call]
    fn generic<T>(&mut self, _value: T) {}

    #[call]
    fn bounded(&mut self)
    where
        Self: Sized,
    {
    }

    #[cast]
    fn unnamed(&mut self, _f: impl Fn()) {}

    #[call]
    fn no_state() {}

    #[cast]
    fn takes_the_state(self) {}

    #[call]
    async fn shares(&self) {}

    #[call]
    fn owns_the_context(&mut self, _cx: Context<Self>) {}

    #[call]
    fn cfg(&mut self, #[cfg(all())] _a: u8) {}
}

struct Order;

fn main() {}
