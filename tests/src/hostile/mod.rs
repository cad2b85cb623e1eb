//! What must hold for every input, however hostile: promises G-12 and G-14.
//!
//! Each check panics when something does not hold. The property tests feed them on stable, the targets in `fuzz/` with
//! coverage; an input that was found by fuzzing becomes a test that calls the same check.
//!
//! ```
//! use ergo_tests::hostile::{check_peer, check_term, check_typed};
//!
//! for bytes in [&b""[..], b"\x83\x6c\xff\xff\xff\xff", b"\x83\x68\x01\x6a"] {
//!     check_term(bytes);
//!     check_typed(bytes);
//!     check_peer(bytes);
//! }
//! ```

mod flattened;
mod foreign;
mod peer;
mod samples;
mod source;
mod term;
mod text;
mod typed;
mod types;
mod value;

pub use foreign::check_foreign;
pub use peer::check_peer;
pub use samples::samples;
pub use source::Source;
pub use term::{TERM_BYTES_FREE, TERM_BYTES_PER_BYTE, check_term};
pub use text::check_text;
pub use typed::check_typed;
pub use types::{
    Borrowed, Event, Forms, Listen, Order, Shape, Shared, Standard, Tree, User, Value,
};
pub use value::{check_laws, check_value};
