//! Types of other crates in messages, by way of serde. What is printed is also checked.
//!
//! ```text
//! cargo run -p ergo-examples --bin serde_messages
//! ```

use std::collections::HashMap;

use ergo::etf::{self, BigInt, EncodeOptions};
use ergo::prelude::*;

// ANCHOR: theirs
/// As another crate may define it: with the derives of serde, and without ours.
mod shop {
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub(crate) enum Price {
        Free,
        Cents(u32),
    }

    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub(crate) struct Item {
        pub(crate) name: String,
        pub(crate) price: Price,
        pub(crate) note: Option<String>,
    }
}
// ANCHOR_END: theirs

// ANCHOR: ours
/// Our message, with a part that is theirs.
#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(record = "order")]
struct Order {
    qty: u32,
    #[etf(with = ergo::etf::serde)]
    item: shop::Item,
}
// ANCHOR_END: ours

// ANCHOR: tag
#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "type")]
enum Shape {
    Circle { radius: f64 },
}
// ANCHOR_END: tag

// ANCHOR: big
#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Key {
    #[serde(with = "ergo::etf::serde::big_integer")]
    number: BigInt,
}
// ANCHOR_END: big

fn both_ways() -> ergo::Result {
    // ANCHOR: use
    let item = shop::Item {
        name: "bolt".to_owned(),
        price: shop::Price::Cents(15),
        note: None,
    };
    let bytes = etf::to_bytes(&item)?;
    assert_eq!(etf::from_bytes::<shop::Item>(&bytes)?, item);
    let term = etf::to_term(&item)?;
    println!("{term}");
    assert_eq!(etf::from_term::<shop::Item>(&term)?, item);
    // ANCHOR_END: use

    // ANCHOR: field
    let order = Order { qty: 2, item };
    let term = Term::from_value(&order)?;
    println!("{term}");
    assert_eq!(term.to_value::<Order>()?, order);
    // ANCHOR_END: field
    assert_eq!(
        term,
        Term::parse("{order, 2, #{name => <<\"bolt\">>, price => {cents, 15}, note => nil}}")?
    );

    Ok(())
}

fn differences() -> ergo::Result {
    // ANCHOR: json
    let json: serde_json::Value = etf::from_term(&term!(#{ id => 7, tags => [new, "big"] }))?;
    println!("{json}");
    assert_eq!(
        etf::to_term(&json)?.to_string(),
        r#"#{<<"id">> => 7,<<"tags">> => [<<"new">>,<<"big">>]}"#
    );
    // ANCHOR_END: json

    // ANCHOR: differences
    let array = [1_u16, 300];
    println!("{} {}", Term::from_value(&array)?, etf::to_term(&array)?);
    println!("{}", etf::to_term(&Shape::Circle { radius: 0.5 })?);
    println!("{}", etf::to_bytes(&Some(())).unwrap_err());
    let atoms_as_keys = term!(#{ bolt => 3 });
    println!(
        "{:?}",
        etf::from_term::<HashMap<String, u8>>(&atoms_as_keys)?
    );
    println!(
        "{}",
        atoms_as_keys.to_value::<HashMap<String, u8>>().unwrap_err()
    );
    // ANCHOR_END: differences

    // ANCHOR: compressed
    let long = vec!["again".to_owned(); 100];
    let bytes = etf::encode_with(&long, &EncodeOptions::new().compressed(6))?;
    println!("{}", etf::from_bytes::<Vec<String>>(&bytes).unwrap_err());
    assert_eq!(etf::from_term::<Vec<String>>(&etf::decode(&bytes)?)?, long);
    // ANCHOR_END: compressed

    Ok(())
}

fn main() -> ergo::Result {
    both_ways()?;
    differences()?;
    let key = Key {
        number: BigInt::from(1) << 100,
    };
    println!("{}", etf::to_term(&key)?);
    assert_eq!(etf::from_bytes::<Key>(&etf::to_bytes(&key)?)?, key);
    Ok(())
}
