//! What `#[ergo::server]` stands on.
use ergo::prelude::*;

struct Stock;

#[derive(Actor)]
struct Shop;

struct Borrows<'a>(&'a str);

#[ergo::server]
struct OnAStruct;

#[ergo::server]
enum OnAnEnum {}

#[ergo::server]
trait OnATrait {}

#[ergo::server]
fn on_a_function() {}

#[ergo::server]
impl Clone for Stock {
    fn clone(&self) -> Self {
        Stock
    }
}

#[ergo::server(calls = StockCall)]
impl Shop {
    fn init() -> Result<Self, ExitReason> {
        Ok(Shop)
    }
}

#[ergo::server]
impl Borrows<'_> {
    fn init() -> Result<Self, ExitReason> {
        Ok(Borrows(""))
    }
}

fn main() {}
