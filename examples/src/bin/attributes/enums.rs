//! Attributes of enums and their variants.

use ergo::prelude::*;

use super::{is, reads, refuses};

// ANCHOR: variants
#[derive(Debug, PartialEq, Encode, Decode)]
enum Event {
    Opened,
    Deposit(u64),
    Swap(u64, u64),
    Moved { from: u64, to: u64 },
}

fn variants() -> ergo::Result {
    is(&Event::Opened, "opened")?;
    is(&Event::Deposit(5), "{deposit, 5}")?;
    is(&Event::Swap(1, 2), "{swap, 1, 2}")?;
    is(
        &Event::Moved { from: 1, to: 2 },
        "{moved, #{from => 1, to => 2}}",
    )
}
// ANCHOR_END: variants

// ANCHOR: tag
#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(tag = "type")]
enum Shape {
    Point,
    Circle { radius: f64 },
}

fn tag() -> ergo::Result {
    is(&Shape::Point, "#{type => point}")?;
    is(
        &Shape::Circle { radius: 0.5 },
        "#{type => circle, radius => 0.5}",
    )
}
// ANCHOR_END: tag

// ANCHOR: untagged
#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(untagged)]
enum Amount {
    Pieces(u32),
    Weight(f64),
    Text(String),
}

fn untagged() -> ergo::Result {
    is(&Amount::Pieces(3), "3")?;
    is(&Amount::Weight(0.5), "0.5")?;
    is(&Amount::Text("some".to_owned()), r#"<<"some">>"#)?;
    // No u32: the next variant is tried, and a float is read from an integer too.
    reads("-3", &Amount::Weight(-3.0))
}
// ANCHOR_END: untagged

// ANCHOR: of_variants
#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(rename_all = "PascalCase")]
enum Reply {
    #[etf(rename = "ok")]
    Done,
    #[etf(alias = "Later")]
    TryAgain,
    #[etf(rename_all = "camelCase")]
    Failed { error_code: u32 },
    #[etf(skip)]
    Internal(std::rc::Rc<u8>),
}

fn of_variants() -> ergo::Result {
    is(&Reply::Done, "ok")?;
    is(&Reply::TryAgain, "'TryAgain'")?;
    is(
        &Reply::Failed { error_code: 2 },
        "{'Failed', #{errorCode => 2}}",
    )?;
    reads("'Later'", &Reply::TryAgain)?;
    refuses::<Reply>(
        "'Internal'",
        "expected ok or TryAgain or {Failed, _} of Reply",
    )?;
    let error = ergo::etf::encode(&Reply::Internal(std::rc::Rc::new(1)));
    println!("{}", error.unwrap_err());
    Ok(())
}
// ANCHOR_END: of_variants

pub(crate) fn show() -> ergo::Result {
    variants()?;
    tag()?;
    untagged()?;
    of_variants()
}
