//! Assembles a running node: the builder, and the processes every node has.
//!
//! Mirrors the `kernel` application (<https://www.erlang.org/doc/apps/kernel/kernel_app.html>) as far as peers see it.
//!
//! # Invariants
//!
//! - What peers send to `net_kernel` and `rex` is answered in OTP's shapes, and what is not understood is answered too.

mod application_starts;
mod applications;
mod format;
mod keep_connected;
mod logger;
mod main;
mod net_kernel;
mod overflow;
mod rex;
mod signal;
mod start;
mod user;

pub use applications::ToStart;
pub use keep_connected::KeptConnection;
pub use main::{CookieSource, MainOptions, NoCookieVariable, run_main};
pub use signal::{Signal, Signals};
