#[ergo::protocol]
trait Generic<T> {
    #[call]
    fn get(&self) -> T;
}

#[ergo::protocol]
trait Above: Clone {
    #[call]
    fn get(&self) -> u8;
}

#[ergo::protocol]
trait Items {
    type Output;
    const LIMIT: u32 = 1;
    fn silent(&self);
    #[call]
    fn done(&self) -> u8 {
        1
    }
    #[call]
    async fn waits(&self) -> u8;
    #[call]
    fn changes(&mut self) -> u8;
    #[cast]
    fn lonely();
    #[call]
    fn answers(&self, reply: Reply<u8>);
    #[call]
    #[cfg(unix)]
    fn somewhere(&self) -> u8;
    #[call]
    fn borrows(&self, text: &str) -> u8;
    #[cast]
    fn returns(&self) -> u8;
}

#[ergo::protocol]
struct NoTrait;

#[ergo::protocol(name = "x")]
trait Named {
    #[cast]
    fn go(&self);
}

fn main() {}
