//! `#[ergo::main]`.
use ergo::prelude::*;

mod a {
    use super::*;
    #[ergo::main]
    async fn no_node_name(_node: Node) -> ergo::Result {
        Ok(())
    }
}

mod b {
    use super::*;
    #[ergo::main(node = "shop")]
    async fn no_host(_node: Node) -> ergo::Result {
        Ok(())
    }
}

mod c {
    use super::*;
    #[ergo::main(node = "a@b")]
    fn not_async(_node: Node) -> ergo::Result {
        Ok(())
    }
}

mod d {
    #[ergo::main(node = "a@b")]
    async fn no_parameter() -> ergo::Result {
        Ok(())
    }
}

mod e {
    use super::*;
    #[ergo::main(node = "a@b")]
    async fn no_result(_node: Node) {}
}

mod f {
    use super::*;
    #[ergo::main(node = "a@b", cookie = "c", cookie_env = "C")]
    async fn two_cookies(_node: Node) -> ergo::Result {
        Ok(())
    }
}

mod g {
    use super::*;
    #[ergo::main(node = "a@b", workers = 2)]
    async fn unknown_key(_node: Node) -> ergo::Result {
        Ok(())
    }
}

mod h {
    use super::*;
    #[ergo::main(node = "a@b", hidden, visible)]
    async fn hidden_and_visible(_node: Node) -> ergo::Result {
        Ok(())
    }
}

mod i {
    use super::*;
    #[ergo::main(node = "a@b", flavor = "current_thread", worker_threads = 2)]
    async fn one_thread_or_two(_node: Node) -> ergo::Result {
        Ok(())
    }
}

mod j {
    use super::*;
    #[ergo::main(node = "a@b", flavor = "fast", worker_threads = 0, shutdown_timeout = 30)]
    async fn values(_node: Node) -> ergo::Result {
        Ok(())
    }
}

#[ergo::main(node = "a@b")]
struct NoFunction;

fn main() {}
