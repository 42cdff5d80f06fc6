//! Reads the parts of a rule file and notes every problem with its place.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;

use super::document::{Node, Place, Shape};
use super::fields::{FileField, Form};
use crate::language::nearest;

/// What is wrong with a rule file, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LoadProblem {
    /// The file, as it was named.
    pub file: String,
    /// The line, from 1; 0 where the problem is the file itself.
    pub line: u64,
    /// The column in characters, from 1; 0 where the problem is the file itself.
    pub column: u64,
    /// What is wrong, and what to do.
    pub message: String,
}

impl fmt::Display for LoadProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            return write!(formatter, "{}: {}", self.file, self.message);
        }
        write!(formatter, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)
    }
}

/// The keys of a mapping that were there.
pub(super) type Keys<'n> = BTreeMap<&'static str, &'n Node>;

/// Reads one file and collects its problems.
pub(super) struct Reader<'t> {
    file: &'t str,
    text: &'t str,
    /// The key of a rule that may be missing because it was left out.
    left_out: Option<&'static str>,
    problems: Vec<LoadProblem>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(file: &'t str, text: &'t str) -> Self {
        Self { file, text, left_out: None, problems: Vec::new() }
    }

    /// A reader of what stands before the examples.
    pub(super) fn without_examples(self) -> Self {
        Self { left_out: Some("examples"), ..self }
    }

    /// Whether a key may be missing because it was left out.
    pub(super) fn leaves_out(&self, key: &str) -> bool {
        self.left_out == Some(key)
    }

    /// The file, as it was named.
    pub(super) fn file(&self) -> &str {
        self.file
    }

    /// The text of the file.
    pub(super) fn source(&self) -> &str {
        self.text
    }

    /// The result, if no problem was found; all problems otherwise, in the order of the file.
    pub(super) fn finish<T>(mut self, result: Option<T>) -> Result<T, Vec<LoadProblem>> {
        match result {
            Some(result) if self.problems.is_empty() => Ok(result),
            _ => {
                self.problems.sort();
                self.problems.dedup();
                Err(self.problems)
            }
        }
    }

    pub(super) fn problem(&mut self, place: Place, message: impl Into<String>) {
        self.problems.push(LoadProblem {
            file: self.file.to_owned(),
            line: place.line,
            column: place.column,
            message: message.into(),
        });
    }

    /// A problem with a character of a text.
    pub(super) fn problem_within(&mut self, node: &Node, offset: usize, message: impl Into<String>) {
        self.problem(node.place_of_character(self.text, offset), message);
    }

    /// A mapping with known keys; unknown and missing ones are problems.
    pub(super) fn map<'n>(
        &mut self,
        node: &'n Node,
        what: &str,
        fields: &'static [FileField],
    ) -> Option<Keys<'n>> {
        let Shape::Map(entries) = &node.shape else {
            self.problem(node.place, format!("{what} is a mapping, not {}", node.describe()));
            return None;
        };
        let mut keys = Keys::new();
        for entry in entries {
            if let Some(field) = fields.iter().find(|field| field.name == entry.key) {
                keys.insert(field.name, &entry.value);
            } else {
                let hint = nearest(&entry.key, fields.iter().map(|field| field.name)).map_or_else(
                    || {
                        let names: Vec<_> = fields.iter().map(|field| field.name).collect();
                        format!("; {what} has {}", names.join(", "))
                    },
                    |near| format!("; did you mean `{near}`?"),
                );
                self.problem(entry.place, format!("unknown key `{}`{hint}", entry.key));
            }
        }
        let left_out = self.left_out;
        let is_missing = |field: &&FileField| {
            field.required && !keys.contains_key(field.name) && left_out != Some(field.name)
        };
        for field in fields.iter().filter(is_missing) {
            self.problem(node.place, format!("{what} lacks `{}`", field.name));
        }
        Some(keys)
    }

    /// A text that is not empty.
    pub(super) fn text(&mut self, node: &Node) -> Option<String> {
        match &node.shape {
            Shape::Text(text) if !text.trim().is_empty() => return Some(text.trim().to_owned()),
            Shape::Text(_) => self.problem(node.place, "a text is needed here, not an empty one"),
            _ => self.problem(node.place, format!("a text is needed here, not {}", node.describe())),
        }
        None
    }

    /// The elements of a list.
    pub(super) fn items<'n>(&mut self, node: &'n Node) -> Option<&'n [Node]> {
        if let Shape::List(items) = &node.shape {
            return Some(items);
        }
        self.problem(node.place, format!("a list is needed here, not {}", node.describe()));
        None
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, node: &Node) -> Option<Vec<String>> {
        let items = self.items(node)?;
        // All are read before any missing one counts, so that every problem is noted.
        let texts: Vec<_> = items.iter().map(|item| self.text(item)).collect();
        texts.into_iter().collect()
    }

    /// One of the words of a field.
    pub(super) fn word(&mut self, node: &Node, fields: &[FileField], name: &str) -> Option<&'static str> {
        let text = self.text(node)?;
        let form = fields.iter().find(|field| field.name == name).map(|field| field.form);
        let words = if let Some(Form::Word(words)) = form { words() } else { Vec::new() };
        let found = words.iter().copied().find(|word| *word == text);
        if found.is_none() {
            let hint = nearest(&text, words.iter().copied()).map_or_else(
                || format!("; it is one of {}", words.join(", ")),
                |near| format!("; did you mean `{near}`?"),
            );
            self.problem(node.place, format!("`{text}` is no {name}{hint}"));
        }
        found
    }

    /// A day.
    pub(super) fn date(&mut self, node: &Node) -> Option<Date> {
        let text = self.text(node)?;
        let date = text.parse().ok();
        if date.is_none() {
            self.problem(node.place, format!("`{text}` is no date; write it as `2026-03-31`"));
        }
        date
    }

    /// Texts by name.
    pub(super) fn requirements(&mut self, node: &Node) -> Option<BTreeMap<String, Vec<String>>> {
        let Shape::Map(entries) = &node.shape else {
            self.problem(node.place, format!("a mapping is needed here, not {}", node.describe()));
            return None;
        };
        let read: Vec<_> =
            entries.iter().map(|entry| Some((entry.key.clone(), self.texts(&entry.value)?))).collect();
        read.into_iter().collect()
    }
}
