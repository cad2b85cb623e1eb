//! The Rust listings of the README, which cannot include: each is the text between two anchors of an example.

/// The text of an anchored part of a program.
pub(crate) fn part<'a>(program: &'a str, anchor: &str) -> Option<&'a str> {
    let (_, rest) = program.split_once(&format!("// ANCHOR: {anchor}\n"))?;
    let (part, _) = rest.split_once(&format!("// ANCHOR_END: {anchor}"))?;
    Some(part)
}

#[test]
fn parts() {
    let program = "a\n// ANCHOR: x\nb\nc\n// ANCHOR_END: x\nd\n";
    assert_eq!(part(program, "x"), Some("b\nc\n"));
    assert_eq!(part(program, "y"), None);
}
