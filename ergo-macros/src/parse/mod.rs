//! From tokens to attributes as written: keys are known, values have the right kind, nothing is
//! given twice.
//!
//! What the keys mean together is decided in `model`.

pub(crate) mod actor;
pub(crate) mod etf;
pub(crate) mod keys;
pub(crate) mod main_args;
pub(crate) mod method;
pub(crate) mod nearest;
pub(crate) mod protocol;
pub(crate) mod rpc;
pub(crate) mod statem;
pub(crate) mod term;
pub(crate) mod test_args;
pub(crate) mod value;
