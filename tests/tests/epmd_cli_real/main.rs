//! The program `ergo` beside the program `epmd` of OTP: as tools, as daemons, and each as the tool of the other's daemon.

mod nodes;
mod same;
mod tools;
