//! G-15: every limit accepts its value, and refuses one more with an error that names both. One row of a table for each;
//! a field of `Limits` without a row fails the test. What a node refuses is counted.

mod clients;
mod connection;
mod counted;
mod handshake;
mod nodes;
mod peer;
mod services;
mod table;
mod terms;
