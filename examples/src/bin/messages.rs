//! Rust values as Erlang terms: the derives, and terms written by hand.
//!
//! ```text
//! cargo run -p ergo-examples --bin messages
//! ```

use ergo::etf;
use ergo::prelude::*;

// ANCHOR: map
/// A struct is a map with atoms as keys.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
struct Account {
    id: u64,
    owner: String,
    note: Option<String>,
}
// ANCHOR_END: map

// ANCHOR: record
/// As a record it is a tuple that begins with its name.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[etf(record = "order")]
struct Order {
    id: u64,
    qty: u32,
}
// ANCHOR_END: record

// ANCHOR: variants
/// A variant is an atom, or a tuple that begins with one.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
enum Event {
    Opened,
    Deposit(u64),
    Moved { from: u64, to: u64 },
}
// ANCHOR_END: variants

// ANCHOR: fields
/// What attributes of fields do.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
struct Upload {
    #[etf(rename = "file_name")]
    name: String,
    #[etf(binary)]
    body: Vec<u8>,
    #[etf(unit = "second")]
    keep: Duration,
    #[etf(default)]
    tags: Vec<String>,
    #[etf(skip)]
    seen: u32,
}
// ANCHOR_END: fields

// ANCHOR: elixir
/// An Elixir struct.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[etf(elixir_struct = "MyApp.User")]
struct User {
    name: String,
}
// ANCHOR_END: elixir

// ANCHOR: show
/// Prints the term that a value is, after its way to bytes and back.
fn show(value: &impl Encode) -> ergo::Result {
    let bytes: Vec<u8> = etf::encode(value)?;
    let term: Term = etf::decode(&bytes)?;
    println!("{term}");
    Ok(())
}
// ANCHOR_END: show

fn main() -> ergo::Result {
    // ANCHOR: derived
    show(&Account {
        id: 1,
        owner: "ann".to_owned(),
        note: None,
    })?;
    show(&Order { id: 1, qty: 9 })?;
    show(&Event::Opened)?;
    show(&Event::Deposit(5))?;
    show(&Event::Moved { from: 1, to: 2 })?;
    show(&User {
        name: "ann".to_owned(),
    })?;
    show(&Upload {
        name: "a.txt".to_owned(),
        body: b"hi".to_vec(),
        keep: secs(60),
        tags: vec![],
        seen: 3,
    })?;
    // ANCHOR_END: derived

    // ANCHOR: plain
    show(&(1, -1.5, true, "text"))?;
    show(&vec![1, 2, 3])?;
    show(&Some(1))?;
    show(&None::<u8>)?;
    show(&Ok::<u8, String>(7))?;
    show(&Err::<u8, &str>("short"))?;
    show(&etf::CharList::from("text"))?;
    // ANCHOR_END: plain

    // ANCHOR: term
    let id = 7;
    let term = term!({order, (id), #{ tags => ["new", urgent] }});
    println!("{term}");
    if let Some([tag, number, _]) = term.as_tuple() {
        println!("{:?} {:?}", tag.as_atom(), number.as_integer());
    }
    // ANCHOR_END: term

    // ANCHOR: errors
    let bytes = etf::encode(&term!(#{ id => (-3), owner => "ann" }))?;
    match etf::decode::<Account>(&bytes) {
        Ok(account) => println!("{account:?}"),
        Err(error) => println!("{error}"),
    }
    // ANCHOR_END: errors
    Ok(())
}
