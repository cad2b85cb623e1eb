//! Terms as Elixir programs expect them. What is printed is also checked.
//!
//! ```text
//! cargo run -p ergo-examples --bin elixir
//! ```

use ergo::etf::{self, CharList, Keyword};
use ergo::prelude::*;

// ANCHOR: struct
#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(elixir_struct = "MyApp.User")]
struct User {
    name: String,
    email: Option<String>,
}
// ANCHOR_END: struct

// ANCHOR: exception
#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(exception = "MyApp.NoStock")]
struct NoStock {
    message: String,
    item: u64,
}
// ANCHOR_END: exception

// ANCHOR: keyword
#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(keyword)]
struct Options {
    limit: u32,
    #[etf(default)]
    force: bool,
}
// ANCHOR_END: keyword

/// Prints the term that a value is, and checks it.
fn is(value: &impl Encode, text: &str) -> ergo::Result {
    let term = Term::from_value(value)?;
    println!("{term}");
    assert_eq!(term, Term::parse(text)?);
    Ok(())
}

fn structs() -> ergo::Result {
    // ANCHOR: structs
    let user = User {
        name: "ann".to_owned(),
        email: None,
    };
    is(
        &user,
        "#{'__struct__' => 'Elixir.MyApp.User', name => <<\"ann\">>, email => nil}",
    )?;
    let error = NoStock {
        message: "no bolts".to_owned(),
        item: 7,
    };
    is(
        &error,
        "#{'__struct__' => 'Elixir.MyApp.NoStock', '__exception__' => true,
           message => <<\"no bolts\">>, item => 7}",
    )?;
    // ANCHOR_END: structs

    // ANCHOR: wrong_struct
    let other = Term::parse("#{'__struct__' => 'Elixir.MyApp.Item', name => <<\"bolt\">>}")?;
    println!("{}", other.to_value::<User>().unwrap_err());
    let none = Term::parse("#{name => <<\"bolt\">>}")?;
    println!("{}", none.to_value::<User>().unwrap_err());
    // ANCHOR_END: wrong_struct
    Ok(())
}

fn keywords() -> ergo::Result {
    // ANCHOR: keywords
    // Elixir: [limit: 5, force: true]
    let options = Options {
        limit: 5,
        force: true,
    };
    is(&options, "[{limit, 5}, {force, true}]")?;

    let list: Keyword = Term::parse("[{limit, 5}, force, {limit, 6}]")?.to_value()?;
    assert_eq!(list.get("limit"), Some(&term!(5)));
    assert_eq!(list.get_all("limit").count(), 2);
    assert_eq!(list.get("force"), Some(&term!(true)));
    println!("{list}");
    // ANCHOR_END: keywords
    Ok(())
}

fn text() -> ergo::Result {
    // ANCHOR: text
    is(&"hi", "<<\"hi\">>")?; // Elixir: "hi"
    is(&CharList::from("hi"), "[104, 105]")?; // Elixir: ~c"hi"
    is(&atom!(hi), "hi")?; // Elixir: :hi
    is(&atom!("Elixir.MyApp"), "'Elixir.MyApp'")?; // Elixir: MyApp

    // A `String` is read from both, a binary and a charlist.
    assert_eq!(Term::parse("\"hi\"")?.to_value::<String>()?, "hi");
    assert_eq!(Term::parse("<<\"hi\">>")?.to_value::<String>()?, "hi");
    // An atom is neither.
    println!("{}", term!(hi).to_value::<String>().unwrap_err());
    // ANCHOR_END: text

    // ANCHOR: none
    is(&None::<u8>, "nil")?;
    is(&(), "nil")?;
    for text in ["nil", "undefined"] {
        assert_eq!(Term::parse(text)?.to_value::<Option<u8>>()?, None);
    }
    // ANCHOR_END: none
    Ok(())
}

fn main() -> ergo::Result {
    structs()?;
    keywords()?;
    text()?;
    // ANCHOR: reply
    is(&Ok::<u64, String>(7), "{ok, 7}")?;
    is(&Err::<u64, Atom>(atom!(no_stock)), "{error, no_stock}")?;
    is(&Ok::<(), Atom>(()), "ok")?;
    // ANCHOR_END: reply

    // ANCHOR: bytes
    let user = User {
        name: "ann".to_owned(),
        email: None,
    };
    let bytes = etf::encode(&user)?;
    println!("{}", Term::binary(bytes));
    // ANCHOR_END: bytes
    Ok(())
}
