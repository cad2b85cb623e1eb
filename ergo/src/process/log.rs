//! What the runtime logs about one process, down to the level that was set for it.

/// A warning about the process of a context, unless its log level is above that.
macro_rules! warn_about {
    ($cx:expr, $($event:tt)*) => {
        if $cx.logs(tracing::Level::WARN) {
            tracing::warn!(pid = %$cx.pid(), $($event)*);
        }
    };
}

pub(crate) use warn_about;
