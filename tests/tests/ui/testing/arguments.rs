use ergo::prelude::Node;

#[ergo::test]
async fn takes_a_node(_node: Node) {}

#[ergo::test]
async fn returns_a_number() -> u8 {
    1
}

fn main() {}
