//! The words of every mistake that the macros know.

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/codec/*.rs");
    cases.compile_fail("tests/ui/server/*.rs");
    cases.compile_fail("tests/ui/protocol/*.rs");
    cases.compile_fail("tests/ui/rpc/*.rs");
    cases.compile_fail("tests/ui/testing/*.rs");
}
