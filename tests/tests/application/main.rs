//! Applications: order, types, environment, stop, errors. What OTP does was looked up in a running `erl` (application(3)).

mod env;
mod errors;
mod log;
mod start;
mod stop;
mod types;
mod world;
