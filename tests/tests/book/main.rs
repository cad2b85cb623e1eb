//! The book: every Rust listing is a part of something that the tests build and run, and every page is reachable.

mod fence;
mod guarantees;
mod listing;
mod programs;
mod readme;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ergo_tests::program::workspace;
use ergo_tests::{PATIENCE, Program};
use fence::fences;
use programs::{EXAMPLES, Example, IGNORED, Run};

/// How long an example may take that ends by itself.
const EXAMPLE_LIMIT: Duration = Duration::from_secs(60);

/// The chapters: paths from the root of the repository, and their texts.
fn chapters() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut directories = vec![workspace().join("book/src")];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                let relative = path.strip_prefix(workspace()).unwrap().to_owned();
                found.push((relative, fs::read_to_string(path).unwrap()));
            }
        }
    }
    assert!(!found.is_empty(), "the book has no chapters");
    found
}

fn read(path: &Path) -> Option<String> {
    fs::read_to_string(workspace().join(path)).ok()
}

#[test]
fn listings_are_parts_of_what_is_run() {
    let mut problems = Vec::new();
    for (chapter, text) in chapters() {
        for fence in fences(&text) {
            if let Err(message) = listing::check(&chapter, &fence, &read) {
                problems.push(format!("{}:{}: {message}", chapter.display(), fence.line));
            }
        }
    }
    assert!(
        problems.is_empty(),
        "{} problems\n{}",
        problems.len(),
        problems.join("\n")
    );
}

#[test]
fn excuses_are_needed() {
    let chapters = chapters();
    for (name, first, _) in IGNORED {
        let used = chapters.iter().any(|(chapter, text)| {
            fences(text)
                .iter()
                .any(|fence| listing::is_excused(chapter, fence, name, first))
        });
        assert!(
            used,
            "{name} has no listing any more that starts with `{first}`"
        );
    }
}

#[test]
fn every_page_is_in_the_summary_and_every_link_leads_to_one() {
    let chapters = chapters();
    let mut problems = Vec::new();
    let summary = read(Path::new("book/src/SUMMARY.md")).unwrap();
    for (chapter, text) in &chapters {
        let directory = chapter.parent().unwrap();
        for link in page_links(text) {
            if !workspace().join(directory).join(link).exists() {
                problems.push(format!("{}: no page {link}", chapter.display()));
            }
        }
        let name = chapter.strip_prefix("book/src").unwrap().to_str().unwrap();
        if name != "SUMMARY.md" && !page_links(&summary).contains(&name) {
            problems.push(format!("{name} is not in SUMMARY.md"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// The targets of relative links to other pages, without the part behind `#`.
fn page_links(text: &str) -> Vec<&str> {
    let targets = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    let pages = targets.map(|target| target.split('#').next().unwrap_or_default());
    pages
        .filter(|page| page.ends_with(".md") && !page.contains("://"))
        .map(|page| page.trim_start_matches("./"))
        .collect()
}

#[test]
fn every_guarantee_names_tests_that_exist() {
    let chapter = read(Path::new("book/src/guarantees.md")).unwrap();
    let problems = guarantees::check(&chapter, &|file| read(Path::new(file)));
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_program_of_the_readme_is_the_example_hello() {
    let text = read(Path::new("README.md")).unwrap();
    let program = read(Path::new("examples/src/bin/hello.rs")).unwrap();
    let shown = readme::part(&program, "all").unwrap();
    let found = fences(&text);
    let rust: Vec<String> = found
        .iter()
        .filter(|fence| fence.words().first() == Some(&"rust"))
        .map(|fence| format!("{}\n", fence.body.join("\n")))
        .collect();
    assert_eq!(rust, [shown]);
}

#[tokio::test]
async fn programs_run() {
    for example in EXAMPLES {
        println!("--- {} {}", example.program, example.arguments.join(" "));
        run(example).await;
    }
}

async fn run(example: &Example) {
    let start = || Program::start(example.program, example.arguments).unwrap();
    match example.run {
        Run::Ends(text) => {
            let program = start();
            program.wait_for_within(EXAMPLE_LIMIT, text).await.unwrap();
            let status = program.wait_exit(EXAMPLE_LIMIT).await.unwrap();
            assert!(status.success(), "{status}\n{}", program.output());
        }
        Run::Serves(ready) => {
            let program = start();
            program.wait_for(ready).await.unwrap();
            program.term();
            let status = program.wait_exit(PATIENCE).await.unwrap();
            assert!(status.success(), "{status}\n{}", program.output());
        }
        Run::TestedBy(path) => {
            let test = read(Path::new(path)).unwrap_or_else(|| panic!("{path} does not exist"));
            assert!(
                test.contains(example.program),
                "{path} does not name {}",
                example.program
            );
        }
    }
}

#[test]
fn links() {
    assert_eq!(
        page_links("[a](a.md) [b](./b/c.md#d) [x](https://e.org/x.md) [i](i.png)"),
        ["a.md", "b/c.md"]
    );
}
