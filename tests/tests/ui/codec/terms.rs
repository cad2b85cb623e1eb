//! `term!` and `atom!`.
use ergo::{args, atom, term};

fn main() {
    let name = 1;
    term!({hello, Name});
    term!([1 | 2, 3]);
    term!(1u8);
    term!(-"a");
    term!(&name);
    term!(_x);
    term!(#{a});
    term!(c"text");
    term!(12 34);
    term!([1, | 2]);
    term!({1 2});
    term!(#[1]);
    term!((no_such_value));
    term!();
    atom!();
    atom!(a b);
    args!(hello, Name);
    atom!(Hello);
    atom!(1);
    atom!("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
}
