//! Our supervisor and OTP's side by side: the same trees, the same ends, the same starts and stops in the same order.
//! G-06 and G-07.
//!
//! Without `erl` these tests fail; `ERGO_SKIP_ERLANG=1` leaves them out. `ERGO_OTP=machine,27,29` names the releases.

mod compare;
mod intensity;
mod matrix;
mod play;
mod random;
mod requests;
mod scenario;
mod trees;
mod worker;
