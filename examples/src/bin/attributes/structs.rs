//! Attributes of structs.

use ergo::prelude::*;

use super::{is, reads, refuses};

// ANCHOR: map
#[derive(Debug, PartialEq, Encode, Decode)]
struct Account {
    id: u64,
    owner: String,
    note: Option<String>,
}

fn map() -> ergo::Result {
    let account = Account {
        id: 1,
        owner: "ann".to_owned(),
        note: None,
    };
    is(&account, r#"#{id => 1, owner => <<"ann">>, note => nil}"#)?;
    reads(r#"#{<<"owner">> => <<"ann">>, id => 1, x => 2}"#, &account)
}
// ANCHOR_END: map

// ANCHOR: record
#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(record = "order")]
struct Order {
    id: u64,
    qty: u32,
}

fn record() -> ergo::Result {
    is(&Order { id: 1, qty: 9 }, "{order, 1, 9}")
}
// ANCHOR_END: record

// ANCHOR: tuple
#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(tuple)]
struct Place {
    row: u32,
    column: u32,
}

#[derive(Debug, PartialEq, Encode, Decode)]
struct Point(f64, f64);

fn tuple() -> ergo::Result {
    is(&Place { row: 1, column: 2 }, "{1, 2}")?;
    is(&Point(0.5, 1.0), "{0.5, 1.0}")
}
// ANCHOR_END: tuple

// ANCHOR: keyword
#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(keyword)]
struct Listen {
    port: u16,
    #[etf(default)]
    inet6: bool,
}

fn keyword() -> ergo::Result {
    let listen = Listen {
        port: 80,
        inet6: true,
    };
    is(&listen, "[{port, 80}, {inet6, true}]")?;
    reads("[inet6, {port, 80}, {port, 81}]", &listen)
}
// ANCHOR_END: keyword

// ANCHOR: transparent
#[derive(Debug, PartialEq, Encode, Decode)]
struct Id(u64);

#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(transparent)]
struct Name {
    text: String,
}

fn transparent() -> ergo::Result {
    is(&Id(7), "7")?;
    let text = "bolt".to_owned();
    is(&Name { text }, r#"<<"bolt">>"#)
}
// ANCHOR_END: transparent

// ANCHOR: unit
#[derive(Debug, PartialEq, Encode, Decode)]
struct NotFound;

fn unit() -> ergo::Result {
    is(&NotFound, "not_found")
}
// ANCHOR_END: unit

// ANCHOR: rename_all
#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(rename_all = "camelCase")]
struct Page {
    page_number: u32,
}

fn rename_all() -> ergo::Result {
    is(&Page { page_number: 2 }, "#{pageNumber => 2}")
}
// ANCHOR_END: rename_all

// ANCHOR: none
#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(none = "undefined")]
struct Maybe {
    size: Option<u32>,
}

fn none() -> ergo::Result {
    is(&Maybe { size: None }, "#{size => undefined}")?;
    reads("#{size => nil}", &Maybe { size: None })?;
    reads("#{}", &Maybe { size: None })
}
// ANCHOR_END: none

// ANCHOR: tagged_option
#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(tagged_option)]
struct Change {
    /// `None` leaves the note as it is, `Some(None)` takes it away.
    note: Option<Option<String>>,
}

fn tagged_option() -> ergo::Result {
    is(&Change { note: None }, "#{note => none}")?;
    is(&Change { note: Some(None) }, "#{note => {some, nil}}")
}
// ANCHOR_END: tagged_option

// ANCHOR: deny_unknown
#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(deny_unknown)]
struct Strict {
    limit: u32,
}

fn deny_unknown() -> ergo::Result {
    is(&Strict { limit: 1 }, "#{limit => 1}")?;
    refuses::<Strict>("#{limt => 1}", "unknown field \"limt\" of Strict")
}
// ANCHOR_END: deny_unknown

pub(crate) fn show() -> ergo::Result {
    map()?;
    record()?;
    tuple()?;
    keyword()?;
    transparent()?;
    unit()?;
    rename_all()?;
    none()?;
    tagged_option()?;
    deny_unknown()
}
