//! Where the attribute goes, and what it needs.

use ergo::prelude::*;

#[ergo::rpc(module = "math")]
struct Math;

#[ergo::rpc]
fn add(a: i64, b: i64) -> i64 {
    a + b
}

#[ergo::rpc(module = "math")]
impl Default for Math {
    fn default() -> Self {
        Math
    }
}

async fn offer(node: &Node) {
    let _ = add::register_rpc(node).await;
}

fn main() {}
