//! The distribution protocol as state machines without sockets or clocks.
