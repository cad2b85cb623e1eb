//! The External Term Format: Erlang terms, and Rust values as Erlang terms.
