//! An expression that is no term is underlined.
use ergo::term;

struct Plain;

fn main() {
    term!({hello, (Plain)});
}
