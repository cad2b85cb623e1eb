//! What peers cannot call.

use ergo::prelude::*;

struct Math;

#[ergo::rpc(module = "math")]
impl Math {
    fn text(text: &str) -> usize {
        text.len()
    }

    fn change(&mut self, by: i64) {}

    fn any<T>(of: T) {}

    fn late(by: u8, cx: &PlainContext) {}

    #[rpc(nam = "other")]
    fn one() {}
}

async fn offer(node: &Node) {
    let _ = std::sync::Arc::new(Math).register_rpc(node).await;
}

fn main() {}
