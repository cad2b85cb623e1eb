//! Text as a term.

#![no_main]

use ergo::etf::Term;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match Term::parse(text) {
        Ok(term) => {
            let shown = term.to_string();
            // Closures are shown, and have no text that is read.
            if let Ok(again) = Term::parse(&shown) {
                assert!(again == term, "{shown} became {again}");
            } else {
                assert!(shown.contains("#Fun<"), "{shown} is not read");
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
