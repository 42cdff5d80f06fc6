//! What to do about a finding: templates, and how they are filled in safely.

use palisade_facts::{Kind, Value};

use crate::Fix;
use crate::language::{FactPath, Roots};

/// What to do about a fail, before the resource is known.
#[derive(Debug, Clone, PartialEq)]
pub struct FixTemplate {
    summary: Template,
    cli: Vec<Template>,
    console: Option<Template>,
}

/// A text with placeholders.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Template {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Literal(String),
    /// A fact, and the quotes that it stands in if the text is a command.
    Fact(FactPath, Quotes),
}

impl Template {
    /// Reads a text with placeholders such as `{bucket.name}`. Braces around anything but a path of
    /// facts are text. The error has the offset in characters.
    pub(crate) fn parse(kind: &'static Kind, text: &str) -> Result<Self, (usize, String)> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut quotes = Quotes::None;
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            literal.push_str(before);
            let path = after.split_once('}').filter(|(path, _)| is_path(path));
            let Some((path, following)) = path else {
                literal.push('{');
                rest = after;
                continue;
            };
            let offset = text.chars().count() - after.chars().count();
            let fact = FactPath::resolve(kind, path).map_err(|message| (offset, message))?;
            quotes = quotes.after(&literal);
            parts.push(Part::Literal(std::mem::take(&mut literal)));
            parts.push(Part::Fact(fact, quotes));
            rest = following;
        }
        literal.push_str(rest);
        parts.push(Part::Literal(literal));
        Ok(Self { text: text.to_owned(), parts })
    }

    /// The text as prose.
    fn fill(&self, roots: Roots<'_>) -> String {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Literal(text) => text.clone(),
                Part::Fact(path, _) => plain(path, roots),
            })
            .collect()
    }

    /// The text as a command for POSIX shells: a value never ends the word or the quotes it stands in.
    fn fill_shell(&self, roots: Roots<'_>) -> String {
        let mut command = String::with_capacity(2 * self.text.len());
        for part in &self.parts {
            match part {
                Part::Literal(text) => command.push_str(text),
                Part::Fact(path, quotes) => quotes.push_value(&mut command, &plain(path, roots)),
            }
        }
        command
    }
}

/// Whether braces hold a path of facts: names joined by dots.
fn is_path(text: &str) -> bool {
    let is_name = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    text.contains('.') && text.split('.').all(is_name)
}

/// A value as text; the placeholder itself where there is none.
fn plain(path: &FactPath, roots: Roots<'_>) -> String {
    match path.value(roots) {
        Value::String(text) => text.into_owned(),
        Value::Int(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Time(time) => time.to_string(),
        Value::Null | Value::Unknown(_) | Value::List(_) | Value::Object(_) => format!("{{{}}}", path.text),
    }
}

/// The quotes of a shell that a place stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quotes {
    None,
    Single,
    Double,
}

impl Quotes {
    /// The quotes at the end of a text that begins in these.
    fn after(self, text: &str) -> Self {
        let mut quotes = self;
        let mut escaped = false;
        for character in text.chars() {
            if escaped {
                escaped = false;
                continue;
            }
            quotes = match (quotes, character) {
                (Self::None | Self::Double, '\\') => {
                    escaped = true;
                    quotes
                }
                (Self::None, '\'') => Self::Single,
                (Self::None, '"') => Self::Double,
                (Self::Single, '\'') | (Self::Double, '"') => Self::None,
                (other, _) => other,
            };
        }
        quotes
    }

    fn push_value(self, command: &mut String, value: &str) {
        match self {
            Self::None => {
                let plain = |c: char| c.is_ascii_alphanumeric() || "@%+=:,./_-".contains(c);
                if !value.is_empty() && value.chars().all(plain) {
                    command.push_str(value);
                } else {
                    command.push('\'');
                    Self::Single.push_value(command, value);
                    command.push('\'');
                }
            }
            Self::Single => command.push_str(&value.replace('\'', r"'\''")),
            Self::Double => {
                for character in value.chars() {
                    if matches!(character, '\\' | '"' | '$' | '`') {
                        command.push('\\');
                    }
                    command.push(character);
                }
            }
        }
    }
}

impl FixTemplate {
    pub(crate) fn new(summary: Template, cli: Vec<Template>, console: Option<Template>) -> Self {
        Self { summary, cli, console }
    }

    /// The sentence, with its placeholders.
    #[must_use]
    pub fn summary(&self) -> &str {
        &self.summary.text
    }

    /// The commands, with their placeholders.
    pub fn cli(&self) -> impl Iterator<Item = &str> {
        self.cli.iter().map(|template| template.text.as_str())
    }

    /// The way through the console, with its placeholders.
    #[must_use]
    pub fn console(&self) -> Option<&str> {
        self.console.as_ref().map(|template| template.text.as_str())
    }

    /// For one resource.
    pub(crate) fn fill(&self, roots: Roots<'_>) -> Fix {
        Fix {
            summary: self.summary.fill(roots),
            cli: self.cli.iter().map(|template| template.fill_shell(roots)).collect(),
            console: self.console.as_ref().map(|template| template.fill(roots)),
        }
    }

    /// For resources that nobody could list: the placeholders stay.
    pub(crate) fn unfilled(&self) -> Fix {
        Fix {
            summary: self.summary.text.clone(),
            cli: self.cli.iter().map(|template| template.text.clone()).collect(),
            console: self.console.as_ref().map(|template| template.text.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(literals: [&str; 2], value: &str) -> String {
        let quotes = Quotes::None.after(literals[0]);
        let mut command = literals[0].to_owned();
        quotes.push_value(&mut command, value);
        command + literals[1]
    }

    #[test]
    fn values_are_quoted_for_where_they_stand() {
        assert_eq!(filled(["rm ", ""], "my-bucket.1"), "rm my-bucket.1");
        assert_eq!(filled(["rm ", ""], "a; b"), "rm 'a; b'");
        assert_eq!(filled(["rm ", ""], ""), "rm ''");
        assert_eq!(filled(["rm ", ""], "it's"), r"rm 'it'\''s'");
        assert_eq!(filled(["x '{\"a\": \"", "\"}'"], "it's"), r#"x '{"a": "it'\''s"}'"#);
        assert_eq!(filled(["x \"", "\""], "$(id)`\"\\"), r#"x "\$(id)\`\"\\""#);
        assert_eq!(filled([r#"x \""#, ""], "a b"), r#"x \"'a b'"#);
    }

    #[test]
    fn only_paths_are_placeholders() {
        assert!(is_path("bucket.name") && is_path("key.user.name_2"));
        for text in ["", "bucket", "Bucket.name", "\"a\": 1.5", "bucket.", ".name", "a b.c", "1.2"] {
            assert!(!is_path(text), "{text}");
        }
    }
}
