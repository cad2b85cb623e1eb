//! EPMD against the programs of OTP: the real `epmd`, `erl`, and our server, client and membership.
//!
//! Without `epmd` and `erl` these tests fail; with `ERGO_SKIP_ERLANG=1` they are skipped and say so.
//! Promises G-12 and G-21.

mod daemon;
mod member;
mod programs;
mod scenario;
mod table;
mod takeover;
mod wait;
