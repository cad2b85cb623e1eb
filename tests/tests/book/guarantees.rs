//! The chapter on guarantees: each promise names tests, and these exist.

/// The tests that a list item of the chapter names: ``- `path`: `test`, `test` ``. The file, then the names.
fn named(line: &str) -> Option<(&str, Vec<&str>)> {
    let mut words = line.strip_prefix("- `")?.split('`').step_by(2);
    let file = words.next()?;
    let names = words.filter(|name| !name.is_empty()).collect();
    file.ends_with(".rs").then_some((file, names))
}

/// What is wrong with the chapter. `read` gives the text of a file of the repository.
pub(crate) fn check(chapter: &str, read: &impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut problems = Vec::new();
    for promise in chapter.split("\n**G-").skip(1) {
        let number: String = promise.chars().take(2).collect();
        let mut tests = 0;
        for (file, names) in promise.lines().filter_map(named) {
            let text = read(file);
            if text.is_none() {
                problems.push(format!("G-{number}: {file} does not exist"));
            }
            for name in names {
                tests += 1;
                let found = text
                    .as_ref()
                    .is_none_or(|text| text.contains(&format!("fn {name}(")));
                if !found {
                    problems.push(format!("G-{number}: {file} has no test {name}"));
                }
            }
        }
        if tests == 0 {
            problems.push(format!("G-{number} names no test"));
        }
    }
    problems
}

#[test]
fn problems_are_found() {
    let read = |file: &str| (file == "a.rs").then(|| "async fn one() {}".to_owned());
    let check = |chapter: &str| check(chapter, &read);
    assert!(check("\n**G-01 A.** Text.\n\n- `a.rs`: `one`\n").is_empty());
    assert_eq!(
        check("\n**G-01 A.**\n- `a.rs`: `one`, `two`"),
        ["G-01: a.rs has no test two"]
    );
    assert_eq!(
        check("\n**G-02 B.**\n- `b.rs`: `one`"),
        ["G-02: b.rs does not exist"]
    );
    assert_eq!(check("\n**G-03 C.**\ntext"), ["G-03 names no test"]);
}
