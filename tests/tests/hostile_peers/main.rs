//! Peers that mean harm, at the sockets of a node: promises G-12, G-14, G-16 and G-17. The machines behind the sockets are
//! tested in every state beside their code.

mod announced;
mod flipped;
mod secret;
mod slow;
mod world;
