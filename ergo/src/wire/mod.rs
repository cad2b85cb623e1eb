//! Bounds, the cookie, and the bounded reader and writer shared by the codecs.
//!
//! The lowest layer: it knows no protocol. Nothing here panics on foreign bytes; only [`cookie`] touches the file system.

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::as_conversions
    )
)]

pub mod cookie;
pub mod limits;
pub mod reader;
pub mod refusals;
pub mod writer;

pub use cookie::{Cookie, CookieError};
pub use limits::Limits;
pub use reader::{Reader, ShortRead};
pub use refusals::{Counters, Refusals, Refused};
