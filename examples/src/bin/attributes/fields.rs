//! Attributes of fields.

use std::collections::HashMap;
use std::time::SystemTime;

use ergo::etf::{DecodeError, Decoder, EncodeError, Encoder};
use ergo::prelude::*;

use super::{is, reads, refuses};

// ANCHOR: names
#[derive(Debug, PartialEq, Encode, Decode)]
struct Upload {
    #[etf(rename = "file_name", alias = "name")]
    file: String,
    #[etf(default)]
    tags: Vec<String>,
    #[etf(default = three)]
    tries: u32,
}

fn three() -> u32 {
    3
}

fn names() -> ergo::Result {
    let upload = Upload {
        file: "a.txt".to_owned(),
        tags: vec![],
        tries: 3,
    };
    is(
        &upload,
        r#"#{file_name => <<"a.txt">>, tags => [], tries => 3}"#,
    )?;
    reads(r#"#{name => <<"a.txt">>}"#, &upload)?;
    refuses::<Upload>("#{}", "missing field \"file_name\" of Upload")
}
// ANCHOR_END: names

// ANCHOR: skip
#[derive(Debug, PartialEq, Encode, Decode)]
struct Session {
    id: u64,
    #[etf(skip)]
    cached: Option<String>,
    #[etf(skip_if = Vec::is_empty, default)]
    errors: Vec<String>,
}

fn skip() -> ergo::Result {
    let session = Session {
        id: 1,
        cached: None,
        errors: vec![],
    };
    is(&session, "#{id => 1}")
}
// ANCHOR_END: skip

// ANCHOR: flatten
#[derive(Debug, PartialEq, Encode, Decode)]
struct Address {
    street: String,
    zip: u32,
}

#[derive(Debug, PartialEq, Encode, Decode)]
struct Person {
    name: String,
    #[etf(flatten)]
    home: Address,
    #[etf(flatten)]
    rest: HashMap<Atom, Term>,
}

fn flatten() -> ergo::Result {
    let person = Person {
        name: "ann".to_owned(),
        home: Address {
            street: "Elm".to_owned(),
            zip: 7,
        },
        rest: HashMap::from([(atom!(age), term!(40))]),
    };
    let text = r#"#{name => <<"ann">>, street => <<"Elm">>, zip => 7, age => 40}"#;
    is(&person, text)
}
// ANCHOR_END: flatten

// ANCHOR: bytes
#[derive(Debug, PartialEq, Encode, Decode)]
struct Forms {
    #[etf(binary)]
    body: Vec<u8>,
    #[etf(list)]
    digits: Vec<u8>,
    #[etf(charlist)]
    path: String,
    #[etf(atom)]
    mode: String,
}

fn bytes() -> ergo::Result {
    let forms = Forms {
        body: b"hi".to_vec(),
        digits: vec![1, 2],
        path: "/tmp".to_owned(),
        mode: "read".to_owned(),
    };
    let text = r#"#{body => <<"hi">>, digits => [1, 2], path => "/tmp", mode => read}"#;
    is(&forms, text)
}
// ANCHOR_END: bytes

// ANCHOR: unit
#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(tuple)]
struct Times {
    plain: Duration,
    #[etf(unit = "second")]
    keep: Duration,
    #[etf(unit = "nanosecond")]
    step: Duration,
    #[etf(unit = "microsecond")]
    at: SystemTime,
    #[etf(none = "infinity")]
    timeout: Option<Duration>,
}

fn unit() -> ergo::Result {
    let times = Times {
        plain: secs(60),
        keep: secs(60),
        step: millis(1),
        at: SystemTime::UNIX_EPOCH + secs(1),
        timeout: None,
    };
    is(&times, "{60000, 60, 1000000, 1000000, infinity}")
}
// ANCHOR_END: unit

// ANCHOR: with
/// An integer as text to the base of 16.
mod hex {
    use super::{DecodeError, Decoder, EncodeError, Encoder};

    pub(super) fn encode(value: &u32, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_str(&format!("{value:x}"))
    }

    pub(super) fn decode(decoder: &mut Decoder<'_>) -> Result<u32, DecodeError> {
        u32::from_str_radix(decoder.read_str()?, 16).map_err(DecodeError::custom)
    }
}

#[derive(Debug, PartialEq, Encode, Decode)]
struct Colour {
    #[etf(with = hex)]
    rgb: u32,
}

fn with() -> ergo::Result {
    is(&Colour { rgb: 0xff80 }, r#"#{rgb => <<"ff80">>}"#)?;
    refuses::<Colour>(
        r#"#{rgb => <<"red">>}"#,
        "field \"rgb\" of Colour: invalid digit",
    )
}
// ANCHOR_END: with

pub(crate) fn show() -> ergo::Result {
    names()?;
    skip()?;
    flatten()?;
    bytes()?;
    unit()?;
    with()
}
