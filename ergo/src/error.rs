//! What `main` may return.

use std::fmt;
use std::sync::Arc;

/// Any error, on its way out of `main`.
///
/// Everything in ergo returns an error of its own type, by cause; this one is where they meet, so that `?` works in
/// a `main` that also has errors of its own.
#[derive(Clone)]
pub struct Error(Arc<dyn std::error::Error + Send + Sync>);

/// The result of a `main`.
pub type Result<T = (), E = Error> = std::result::Result<T, E>;

impl Error {
    /// The error itself.
    pub fn inner(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        &*self.0
    }
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for Error {
    fn from(error: E) -> Self {
        Error(Arc::new(error))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

/// As `Display`: it is what a `main` that returns it prints.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
