//! Processes on one node: spawn, exit, links, monitors, names, calls, timers, plain processes, and the end of a node.
//!
//! G-02, G-05, G-08 and G-09 of the guarantees are tested here.

mod alias;
mod blocking;
mod call;
mod dead_letter;
mod environment;
mod exit;
mod handle;
mod info;
mod link_race;
mod mailbox;
mod monitor;
mod name;
mod node_stop;
mod plain;
mod probe;
mod spawn;
mod timer;
mod waiting;
