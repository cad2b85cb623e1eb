//! Fenced blocks of a chapter.

/// A fenced block.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fence {
    /// The line of the opening fence, from 1.
    pub(crate) line: usize,
    /// What stands behind the opening fence, such as `rust,ignore`.
    pub(crate) info: String,
    pub(crate) body: Vec<String>,
}

impl Fence {
    /// The language and the flags: the words of the info string.
    pub(crate) fn words(&self) -> Vec<&str> {
        let split = self
            .info
            .split(|mark: char| mark == ',' || mark.is_whitespace());
        split.filter(|word| !word.is_empty()).collect()
    }
}

/// All fenced blocks of a markdown text. One that is not closed goes on to the end, as in markdown.
pub(crate) fn fences(text: &str) -> Vec<Fence> {
    let mut found: Vec<Fence> = Vec::new();
    let mut open: Option<&str> = None;
    for (index, line) in text.lines().enumerate() {
        let (marks, rest) = split_marks(line);
        match (open, found.last_mut()) {
            (Some(opening), Some(fence)) => {
                if marks.starts_with(opening) && rest.is_empty() {
                    open = None;
                } else {
                    fence.body.push(line.to_owned());
                }
            }
            _ if marks.len() >= 3 => {
                open = Some(marks);
                found.push(Fence {
                    line: index + 1,
                    info: rest.to_owned(),
                    body: Vec::new(),
                });
            }
            _ => {}
        }
    }
    found
}

/// The run of backticks or tildes that a line starts with, also in a list or a quotation, and what follows it.
fn split_marks(line: &str) -> (&str, &str) {
    let line = line.trim_start_matches([' ', '\t', '>']);
    let mark = line.chars().next().filter(|mark| ['`', '~'].contains(mark));
    let end = mark.map_or(0, |mark| line.len() - line.trim_start_matches(mark).len());
    let (marks, rest) = line.split_at(end);
    (marks, rest.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[(usize, &str, &[&str])]) {
        let found = fences(text);
        let found: Vec<(usize, &str, Vec<&str>)> = found
            .iter()
            .map(|fence| {
                let body = fence.body.iter().map(String::as_str).collect();
                (fence.line, fence.info.as_str(), body)
            })
            .collect();
        let expect: Vec<(usize, &str, Vec<&str>)> = expect
            .iter()
            .map(|(line, info, body)| (*line, *info, body.to_vec()))
            .collect();
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn fenced_blocks() {
        check("text `code` and ``more``", &[]);
        check(
            "a\n```rust,ignore\nx\n\n```\nb",
            &[(2, "rust,ignore", &["x", ""])],
        );
        check("~~~~ toml\n```\n~~~\n~~~~", &[(1, "toml", &["```", "~~~"])]);
        check("- item\n  ```rust\n  x\n  ```\n", &[(2, "rust", &["  x"])]);
        check("> ```sh\n> x\n> ```", &[(1, "sh", &["> x"])]);
        check("```rust\nnever closed", &[(1, "rust", &["never closed"])]);
        check("```\n```\n```rust\n```", &[(1, "", &[]), (3, "rust", &[])]);
    }

    #[test]
    fn info_words() {
        let words = |info: &str| fences(&format!("```{info}\n```"))[0].words().join(" ");
        assert_eq!(words("rust,no_run editable"), "rust no_run editable");
        assert_eq!(words("console"), "console");
    }
}
