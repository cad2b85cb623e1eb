//! Text as a term.

use ergo::etf::{Term, decode, encode};

/// Text is a term or an error; what was read is shown as text, on one line and for people, that is read as the same
/// term, and it goes out and comes back as bytes.
///
/// What has no text that reads back cannot come from text: floats that are not finite, closures, funs of more than 255
/// arguments, and native records that their module does not export.
pub fn check_text(text: &str) {
    let term = match Term::parse(text) {
        Ok(term) => term,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert!(!error.pointing_at(text).is_empty());
            return assert!(error.offset() <= text.len() && text.is_char_boundary(error.offset()));
        }
    };
    for shown in [
        term.to_string(),
        format!("{term:#}"),
        format!(" {term} . % read"),
    ] {
        match Term::parse(&shown) {
            Ok(again) => assert!(again == term, "{shown} became {again}"),
            Err(error) => panic!("{}", error.pointing_at(&shown)),
        }
    }
    let bytes = encode(&term).expect("a term of finite floats");
    assert_eq!(decode::<Term>(&bytes).as_ref(), Ok(&term));
}
