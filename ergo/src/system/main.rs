//! What `#[ergo::main]` expands to.

use std::future::Future;

use crate::node::Node;

/// Where the cookie of a node comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CookieSource {
    /// The file `~/.erlang.cookie`.
    File,
    /// The attribute itself.
    Text(&'static str),
    /// An environment variable.
    Environment(&'static str),
}

/// The environment variable of the cookie is not set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {0}, which holds the cookie of the node, is not set")]
pub struct NoCookieVariable(&'static str);

/// Starts a runtime and a node in it, runs `main`, and stops the node.
///
/// # Errors
/// Those of `main`; also that the runtime or the node did not start.
pub fn run_main<F, Fut, T, E>(name: &str, cookie: CookieSource, main: F) -> Result<T, E>
where
    F: FnOnce(Node) -> Fut,
    Fut: Future<Output = Result<T, E>>,
    E: From<crate::error::Error>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(crate::error::Error::from)?;
    runtime.block_on(async {
        let builder = Node::builder(name);
        let builder = match cookie {
            CookieSource::File => builder,
            CookieSource::Text(text) => builder.cookie(text),
            CookieSource::Environment(variable) => {
                let text = std::env::var(variable)
                    .map_err(|_| crate::error::Error::from(NoCookieVariable(variable)))?;
                builder.cookie(text)
            }
        };
        let node = builder.start().await.map_err(crate::error::Error::from)?;
        let result = main(node.clone()).await;
        node.stop().await;
        result
    })
}
