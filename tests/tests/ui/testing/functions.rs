use ergo::testing::TestNode;

#[ergo::test]
fn not_async(_node: TestNode) {}

#[ergo::test]
async fn generic<T>(_node: T) {}

#[ergo::test(seeds = 0)]
async fn never() {}

#[ergo::test(seed = "x", every = 3)]
async fn wrong_keys() {}

#[ergo::test]
#[tokio::test]
async fn twice() {}

#[ergo::test]
struct NoFunction;

fn main() {}
