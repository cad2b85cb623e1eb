//! Every attribute of the derives, and the term that it makes. What is printed is also checked.
//!
//! ```text
//! cargo run -p ergo-examples --bin attributes
//! ```

mod enums;
mod fields;
mod structs;

use std::fmt::Debug;

use ergo::etf::{self, DecodeOwned};
use ergo::prelude::*;

// ANCHOR: is
/// Prints the term that a value is, and checks it, there and back.
fn is<T: Encode + DecodeOwned + PartialEq + Debug>(value: &T, text: &str) -> ergo::Result {
    let bytes = etf::encode(value)?;
    let term: Term = etf::decode(&bytes)?;
    println!("{term}");
    assert_eq!(term, Term::parse(text)?);
    assert_eq!(&etf::decode::<T>(&bytes)?, value);
    Ok(())
}
// ANCHOR_END: is

// ANCHOR: reads
/// Checks what a term in Erlang's syntax is read as.
fn reads<T: DecodeOwned + PartialEq + Debug>(text: &str, value: &T) -> ergo::Result {
    assert_eq!(&Term::parse(text)?.to_value::<T>()?, value);
    Ok(())
}
// ANCHOR_END: reads

// ANCHOR: refuses
/// Prints why a term is no value of a type, and checks the beginning of it.
fn refuses<T: DecodeOwned + Debug>(text: &str, expected: &str) -> ergo::Result {
    let error = Term::parse(text)?.to_value::<T>().unwrap_err().to_string();
    println!("{error}");
    assert!(error.starts_with(expected), "{error}");
    Ok(())
}
// ANCHOR_END: refuses

fn main() -> ergo::Result {
    structs::show()?;
    enums::show()?;
    fields::show()?;
    println!("all attributes");
    Ok(())
}
