//! The program `ergo` by itself: how `ergo epmd` starts, listens, ends and what it says when it cannot.
//!
//! What it has in common with OTP's `epmd` is tested beside that, in `epmd_cli_real`.

mod daemon;
mod errors;
mod nodes;
