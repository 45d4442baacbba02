//! The problems of a pack, in words that help its author to correct them.

use std::fmt;
use std::ops::Range;

/// One problem of a pack.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, as the author knows it (`knowledge/events.toml`).
    pub file: String,
    /// The line, counted from 1; 0 if the problem is about the whole file.
    pub line: usize,
    /// The column in characters, counted from 1; 0 if the problem is about the whole file.
    pub column: usize,
    pub wrong: String,
    /// The correction.
    pub right: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            write!(f, "{}: {}. {}.", self.file, self.wrong, self.right)
        } else {
            write!(f, "{}:{}:{}: {}. {}.", self.file, self.line, self.column, self.wrong, self.right)
        }
    }
}

/// All problems of a pack, in the order of its files and lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    problems: Vec<Problem>,
}

impl Report {
    /// The problems, sorted by file, line and column.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Whether there are no problems.
    pub fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// Adds a problem at the bytes `span` of `file`.
    pub(super) fn at(&mut self, file: &File<'_>, span: Range<usize>, wrong: String, right: String) {
        let (line, column) = file.position(span.start);
        self.problems.push(Problem { file: file.shown.to_owned(), line, column, wrong, right });
    }

    /// Adds a problem of a whole file.
    pub(super) fn about(&mut self, file: &str, wrong: String, right: String) {
        self.problems.push(Problem { file: file.to_owned(), line: 0, column: 0, wrong, right });
    }

    pub(super) fn sort(&mut self) {
        self.problems.sort();
        self.problems.dedup();
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.problems {
            writeln!(f, "{problem}")?;
        }
        match self.problems.len() {
            0 => write!(f, "nothing wrong"),
            1 => write!(f, "1 problem"),
            many => write!(f, "{many} problems"),
        }
    }
}

impl std::error::Error for Report {}

/// A file of a pack, for converting byte offsets to lines and columns.
pub(super) struct File<'a> {
    /// The name in error messages.
    pub shown: &'a str,
    pub text: &'a str,
}

impl File<'_> {
    fn position(&self, offset: usize) -> (usize, usize) {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &self.text[..offset];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_not_bytes() {
        let file = File { shown: "events.toml", text: "a = 1\nő = \"ű\"\n" };
        assert_eq!(file.position(0), (1, 1));
        assert_eq!(file.position(6), (2, 1));
        assert_eq!(file.position(8), (2, 2));
        assert_eq!(file.position(999), (3, 1));
    }
}
