//! The bytes of terms: how to see them, how to write and read them in other ways, and what is refused.
//!
//! ```text
//! cargo run -p ergo-examples --bin look_at_bytes
//! ```

use std::borrow::Cow;
use std::collections::HashMap;

use bytes::Bytes;
use ergo::etf::{self, EncodeOptions, Encoded};
use ergo::prelude::*;
use ergo::wire::Limits;

// ANCHOR: order
#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(record = "order")]
struct Order {
    id: u64,
    item: String,
    tags: Vec<Atom>,
}
// ANCHOR_END: order

fn look() -> ergo::Result {
    // ANCHOR: look
    let order = Order {
        id: 300,
        item: "bolt".to_owned(),
        tags: vec![atom!(new)],
    };
    let bytes = etf::encode(&order)?;
    println!("{}", Term::binary(bytes.clone()));
    println!("{bytes:02x?}");
    println!("{}", etf::decode::<Term>(&bytes)?);
    // ANCHOR_END: look
    let text = "{order, 300, <<\"bolt\">>, [new]}";
    assert_eq!(etf::decode::<Term>(&bytes)?, Term::parse(text)?);

    // ANCHOR: from_erl
    // What the shell of OTP 25 prints for term_to_binary({order,1,<<"nut">>,[]}).
    let printed = "<<131,104,4,100,0,5,111,114,100,101,114,97,1,109,0,0,0,3,110,117,116,106>>";
    let bytes: Bytes = Term::parse(printed)?.to_value()?;
    let order: Order = etf::decode(&bytes)?;
    println!("{order:?}");
    // ANCHOR_END: from_erl
    Ok(())
}

// ANCHOR: borrowed
#[derive(Debug, PartialEq, Encode, Decode)]
struct Line<'a> {
    #[etf(binary)]
    raw: &'a [u8],
    text: &'a str,
    either: Cow<'a, str>,
}
// ANCHOR_END: borrowed

fn without_copies() -> ergo::Result {
    // ANCHOR: borrow
    let line = Line {
        raw: b"\x01\x02",
        text: "as it is",
        either: Cow::Borrowed("this too"),
    };
    let bytes = etf::encode(&line)?;
    let back: Line<'_> = etf::decode_borrowed(&bytes)?;
    assert_eq!(back, line);
    assert!(bytes.as_ptr_range().contains(&back.text.as_ptr()));
    println!("borrowed: {}", back.text);
    // ANCHOR_END: borrow

    // ANCHOR: shared
    let image = Bytes::from(vec![7; 1_000_000]);
    let bytes = Bytes::from(etf::encode(&(atom!(image), image))?);
    let (_, back): (Atom, Bytes) = etf::decode_shared(&bytes)?;
    assert!(bytes.as_ptr_range().contains(&back.as_ptr()));
    println!("shared: {} bytes", back.len());
    // ANCHOR_END: shared

    // ANCHOR: encoded
    let parcel = Encoded::new(&term!({order, 1}))?;
    let bytes = etf::encode(&(atom!(forward), parcel))?;
    let (_, back): (Atom, Encoded) = etf::decode(&bytes)?;
    println!("passed on: {}", back.to_term()?);
    // ANCHOR_END: encoded
    Ok(())
}

fn options() -> ergo::Result {
    // ANCHOR: options
    let prices = HashMap::from([("bolt", 3), ("nut", 2), ("cog", 7)]);
    let deterministic = EncodeOptions::new().deterministic(true);
    let bytes = etf::encode_with(&prices, &deterministic)?;
    let term: Term = etf::decode(&bytes)?;
    assert_eq!(bytes, etf::encode_with(&term, &deterministic)?);

    let text = "again and ".repeat(100);
    let small = etf::encode_with(&text, &EncodeOptions::new().compressed(6))?;
    println!("{} bytes in {}", text.len(), small.len());
    assert_eq!(etf::decode::<String>(&small)?, text);
    // ANCHOR_END: options

    // ANCHOR: ratio
    let zeros = vec![0_u8; 1_000_000];
    let tiny = etf::encode_with(&Bytes::from(zeros), &EncodeOptions::new().compressed(9))?;
    println!("{}", etf::decode::<Bytes>(&tiny).unwrap_err());
    let mut limits = Limits::default();
    limits.inflate_ratio_max = 1_100;
    let zeros: Bytes = etf::decode_with(&tiny, &limits)?;
    println!("{} bytes from {}", zeros.len(), tiny.len());
    // ANCHOR_END: ratio
    Ok(())
}

// ANCHOR: account
#[derive(Debug, Decode)]
struct Account {
    id: u64,
    limits: HashMap<String, u8>,
}
// ANCHOR_END: account

fn what_is_refused() -> ergo::Result {
    // ANCHOR: refused
    let refused = |bytes: &[u8]| match etf::decode::<Account>(bytes) {
        Ok(account) => println!("{} {:?}", account.id, account.limits),
        Err(error) => println!("{error}"),
    };
    refused(&etf::encode(&term!(#{ id => (-3), limits => #{} }))?);
    refused(&etf::encode(
        &term!(#{ id => 1, limits => #{ "a" => 256 } }),
    )?);
    refused(&etf::encode(&term!(#{ id => 1 }))?);
    refused(&etf::encode(&term!([id, 1]))?);
    // Cut short, with more behind it, with a version that is none, with a length that is not there.
    refused(b"\x83t\0\0\0\x02w\x02id");
    refused(b"\x83t\0\0\0\x02w\x02ida\x01w\x06limitst\0\0\0\0..");
    refused(b"\x82t\0\0\0\0");
    refused(b"\x83t\xff\xff\xff\xff");
    refused(b"\x83t\0\0\0\x02w\x02ida\x01w\x02ida\x02");
    // ANCHOR_END: refused

    // ANCHOR: not_written
    for value in [f64::NAN, f64::INFINITY] {
        println!("{}", etf::encode(&value).unwrap_err());
    }
    println!("{}", Atom::new("x".repeat(256)).unwrap_err());
    // ANCHOR_END: not_written
    Ok(())
}

fn main() -> ergo::Result {
    look()?;
    without_copies()?;
    options()?;
    what_is_refused()
}
