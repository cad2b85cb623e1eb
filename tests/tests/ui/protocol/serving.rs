use ergo::prelude::*;

#[ergo::protocol]
trait Stocks {
    #[call]
    fn take(&self, id: u64, qty: u32) -> Result<u32, String>;
    #[cast]
    fn restock(&self, qty: u32);
    #[cast]
    fn sweep(&self);
}

#[derive(Actor)]
struct Shelf;

// `take` gives something else, `restock` is a call, `sweep` is missing.
#[ergo::server(implements(Stocks))]
impl Shelf {
    fn init() -> Result<Self, ExitReason> {
        Ok(Shelf)
    }

    #[call]
    fn take(&self, _id: u64, _qty: u32) -> u32 {
        1
    }

    #[call]
    fn restock(&mut self, _qty: u32) {}
}

#[derive(Actor)]
struct Empty;

#[ergo::server(implements())]
impl Empty {
    fn init() -> Result<Self, ExitReason> {
        Ok(Empty)
    }
}

#[derive(Actor)]
struct Other;

#[ergo::server]
impl Other {
    fn init() -> Result<Self, ExitReason> {
        Ok(Other)
    }
}

fn serve(other: OtherRef) {
    let _ = other.serving::<StocksHandle>();
}

fn main() {}
