//! Terms in Erlang syntax over several lines.

use std::fmt::{self, Write};

use super::Term;
use super::display::{self, Beginning, Child, Open, Style};

/// How long lines get, single leaves excepted.
const LINE_COLUMNS: usize = 80;

/// How far each level is moved in.
const STEP_COLUMNS: usize = 2;

/// The level from which on lines are moved in no further, lest a deep term take quadratic space.
const LEVELS_MAX: usize = 20;

/// Writes a term with a line for each child of what does not fit in one.
pub(super) fn write_term(f: &mut fmt::Formatter<'_>, term: &Term) -> fmt::Result {
    let mut lines = Lines::new(f);
    lines.term(term)?;
    lines.close_all()
}

/// Writes a container in the same way.
pub(super) fn write_container(f: &mut fmt::Formatter<'_>, container: Open<'_>) -> fmt::Result {
    let mut lines = Lines::new(f);
    lines.container(container)?;
    lines.close_all()
}

struct Lines<'a, 'b, 'f> {
    f: &'b mut fmt::Formatter<'f>,
    /// The columns of this line that are taken.
    column: usize,
    /// Whether numbers alone are on this line.
    has_numbers: bool,
    open: Vec<Open<'a>>,
}

impl<'a, 'b, 'f> Lines<'a, 'b, 'f> {
    fn new(f: &'b mut fmt::Formatter<'f>) -> Lines<'a, 'b, 'f> {
        Lines {
            f,
            column: 0,
            has_numbers: false,
            open: Vec::new(),
        }
    }

    fn close_all(&mut self) -> fmt::Result {
        while let Some(container) = self.open.last_mut() {
            match container.next() {
                Some(child) => self.child(child)?,
                None => {
                    let end = container.end;
                    self.open.pop();
                    self.new_line()?;
                    self.f.write_char(end)?;
                    self.column += 1;
                }
            }
        }
        Ok(())
    }

    fn child(&mut self, child: Child<'a>) -> fmt::Result {
        let is_value = child.before == " => ";
        if is_value || child.before == "," {
            self.put(child.before)?;
        }
        let is_number = matches!(child.term, Term::Integer(_) | Term::Float(_));
        let shares_line = child.before == "," && is_number && self.has_numbers;
        if !(is_value || shares_line && self.room_for(child.term)) {
            self.new_line()?;
        }
        self.has_numbers = is_number && child.name.is_none() && !is_value;
        if child.before == "|" {
            self.put("|")?;
        }
        if let Some(name) = child.name {
            self.put(&format!("{name} = "))?;
        }
        self.term(child.term)
    }

    fn room_for(&self, term: &Term) -> bool {
        self.one_line(|f| display::write_term(f, term, Style::Strings))
            .is_some()
    }

    /// Writes a term on this line, or begins it there.
    fn term(&mut self, term: &'a Term) -> fmt::Result {
        match Open::of(term, Style::Strings) {
            Some(container) => self.container(container),
            None => {
                let text = Text(|f: &mut fmt::Formatter<'_>| display::write_leaf(f, term));
                self.put(&text.to_string())
            }
        }
    }

    fn container(&mut self, container: Open<'a>) -> fmt::Result {
        let whole = container.clone();
        match self.one_line(|f| display::write_container(f, whole.clone(), Style::Strings)) {
            Some(text) => self.put(&text),
            None => {
                self.put(&container.begin.to_string())?;
                self.open.push(container);
                self.has_numbers = false;
                Ok(())
            }
        }
    }

    /// The text, if it fits on this line with a bracket or comma after it.
    fn one_line(&self, write: impl Fn(&mut fmt::Formatter<'_>) -> fmt::Result) -> Option<String> {
        let room = LINE_COLUMNS.checked_sub(self.column + 1)?;
        let mut beginning = Beginning::new(room);
        write!(beginning, "{}", Text(write)).ok()?;
        Some(beginning.into_text())
    }

    fn new_line(&mut self) -> fmt::Result {
        let columns = STEP_COLUMNS * self.open.len().min(LEVELS_MAX);
        self.column = columns;
        self.has_numbers = false;
        write!(self.f, "\n{:columns$}", "")
    }

    fn put(&mut self, text: &str) -> fmt::Result {
        self.column += text.chars().count();
        self.f.write_str(text)
    }
}

/// What a function writes.
struct Text<F>(F);

impl<F: Fn(&mut fmt::Formatter<'_>) -> fmt::Result> fmt::Display for Text<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.0)(f)
    }
}
