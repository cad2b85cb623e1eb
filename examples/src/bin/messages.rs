//! Rust values as Erlang terms, and a message that does not fit.
//!
//! ```text
//! cargo run -p ergo-examples --bin messages
//! ```

use std::collections::BTreeMap;

use ergo::etf::{self, BigInt, Binary};
use ergo::prelude::*;

// ANCHOR: order
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
struct Order {
    id: u64,
    item: String,
    note: Option<String>,
}
// ANCHOR_END: order

// ANCHOR: show
/// Prints the term that a value is, after its way to bytes and back.
fn show(value: &impl Encode) -> ergo::Result {
    let bytes: Vec<u8> = etf::encode(value)?;
    let term: Term = etf::decode(&bytes)?;
    println!("{term}");
    Ok(())
}
// ANCHOR_END: show

fn there_and_back() -> ergo::Result {
    // ANCHOR: there_and_back
    let order = Order {
        id: 1,
        item: "bolt".to_owned(),
        note: None,
    };
    let bytes = etf::encode(&order)?;
    let back: Order = etf::decode(&bytes)?;
    assert_eq!(back, order);
    show(&order)?;
    // ANCHOR_END: there_and_back

    Ok(())
}

fn values() -> ergo::Result {
    // ANCHOR: plain
    show(&(1, -1.5, true, "text"))?;
    show(&vec![1, 2, 3])?;
    show(&BTreeMap::from([("bolt", 3), ("nut", 2)]))?;
    show(&Some(1))?;
    show(&None::<u8>)?;
    show(&Ok::<u8, String>(7))?;
    show(&Err::<u8, &str>("short"))?;
    show(&Ok::<(), &str>(()))?;
    show(&secs(60))?;
    show(&'x')?;
    // ANCHOR_END: plain

    // ANCHOR: bytes
    show(&"text")?;
    show(&Binary::from("text"))?;
    show(&b"text".to_vec())?;
    show(&etf::CharList::from("text"))?;
    show(&atom!(text))?;
    // ANCHOR_END: bytes

    // ANCHOR: text_or_bytes
    let erlang_string = etf::encode(&etf::CharList::from("text"))?;
    let binary = etf::encode(&"text")?;
    for bytes in [&erlang_string, &binary] {
        assert_eq!(etf::decode::<String>(bytes)?, "text");
        assert_eq!(etf::decode::<Vec<u8>>(bytes)?, b"text");
    }
    assert_eq!(etf::decode_borrowed::<&str>(&binary)?, "text");
    println!(
        "{}",
        etf::decode_borrowed::<&str>(&erlang_string).unwrap_err()
    );
    // ANCHOR_END: text_or_bytes

    Ok(())
}

fn main() -> ergo::Result {
    there_and_back()?;
    values()?;
    // ANCHOR: integers
    show(&u64::MAX)?;
    show(&i128::MIN)?;
    show(&"-1000000000000000000000000000000000000000000".parse::<BigInt>()?)?;
    for text in ["256", "-1", "1.0"] {
        let error = Term::parse(text)?.to_value::<u8>().unwrap_err();
        println!("{error}");
    }
    // ANCHOR_END: integers

    // ANCHOR: errors
    let bytes = etf::encode(&term!(#{ id => (-3), item => "bolt" }))?;
    match etf::decode::<Order>(&bytes) {
        Ok(order) => println!("{order:?}"),
        Err(error) => println!("{error}"),
    }
    // ANCHOR_END: errors
    Ok(())
}
