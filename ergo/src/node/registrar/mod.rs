//! How a node becomes known under its name, and how others are found.
//!
//! OTP's nodes ask EPMD, or a module given by `-epmd_module`. Here it is a [`Registrar`]: [`EpmdRegistrar`] unless
//! another one is given to [`NodeBuilder::registrar`](crate::NodeBuilder::registrar).

mod epmd;
mod error;
mod fixed;
mod register;

pub use self::epmd::EpmdRegistrar;
pub use self::error::RegistrarError;
pub use self::fixed::StaticRegistrar;
pub use self::register::{Registered, Registrar, Registration};
