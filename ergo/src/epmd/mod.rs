//! The Erlang Port Mapper Daemon: codec, client and embedded server.
