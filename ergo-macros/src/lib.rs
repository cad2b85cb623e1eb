//! Derives and attributes of ergo.
