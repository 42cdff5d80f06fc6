//! Policy variables: `${aws:username}`, `${key, 'default'}`, `${*}`, `${?}`, `${$}`
//! ("IAM policy elements: Variables and tags").

use crate::context::{Context, Lookup};
use crate::pattern::{Pattern, wildcard_byte};

/// A text with policy variables, compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    pieces: Box<[Piece]>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// Pattern bytes: literal text, or wildcards if the template takes them.
    Fixed(Box<[u8]>),
    /// A context key (lower case) and its default.
    Variable { key: Box<str>, default: Option<Box<str>> },
}

/// A text as compiled: with or without variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Text {
    /// The same for every request.
    Fixed(Pattern),
    /// Depends on the request's context.
    Variable(Template),
}

/// What a template stands for in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Resolved {
    /// Pattern bytes.
    Bytes(Vec<u8>),
    /// A variable has no value: nothing is equal to it or like it.
    NoValue,
    /// A variable's key is unknown.
    Unknown,
}

/// Whether `*` and `?` in a text are wildcards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wildcards {
    /// They are.
    Match,
    /// They are themselves.
    Literal,
}

impl Text {
    /// Compiles a text. Variables are only looked for if `variables`, that is, in version 2012-10-17.
    pub(crate) fn compile(text: &str, wildcards: Wildcards, variables: bool) -> Self {
        let byte = |byte| match wildcards {
            Wildcards::Match => wildcard_byte(byte),
            Wildcards::Literal => byte,
        };
        if !variables || !text.contains("${") {
            return Self::Fixed(Pattern::from_bytes(text.bytes().map(byte).collect()));
        }
        let mut pieces = Vec::new();
        let mut fixed = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let Some((inside, following)) = split_variable(after) else { break };
            fixed.extend(before.bytes().map(byte));
            match inside {
                "*" | "?" | "$" => fixed.extend(inside.bytes()),
                _ => {
                    pieces.push(Piece::Fixed(std::mem::take(&mut fixed).into()));
                    pieces.push(parse_variable(inside));
                }
            }
            rest = following;
        }
        fixed.extend(rest.bytes().map(byte));
        if pieces.is_empty() {
            return Self::Fixed(Pattern::from_bytes(fixed));
        }
        pieces.push(Piece::Fixed(fixed.into()));
        Self::Variable(Template { pieces: pieces.into() })
    }
}

impl Text {
    /// Whether it matches whatever another text matches in the same request; `false` also where that can't be told.
    pub(crate) fn includes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Fixed(Pattern::Any), _) => true,
            (Self::Fixed(more), Self::Fixed(less)) => more.includes(less),
            (more, less) => more == less,
        }
    }

    /// Whether nothing matches both in any request; `false` also where that can't be told.
    pub(crate) fn excludes(&self, other: &Self) -> bool {
        matches!((self, other), (Self::Fixed(one), Self::Fixed(other)) if one.excludes(other))
    }
}

/// Splits `aws:x, 'a}b'}rest` at the closing brace, which may also stand inside the quoted default.
fn split_variable(text: &str) -> Option<(&str, &str)> {
    let close = text.find('}')?;
    let quoted = text.find(", '").filter(|&quote| quote < close);
    match quoted {
        Some(quote) => {
            let end = text.get(quote..)?.find("'}").map(|end| quote + end + 1)?;
            Some((text.get(..end)?, text.get(end + 1..)?))
        }
        None => Some((text.get(..close)?, text.get(close + 1..)?)),
    }
}

fn parse_variable(inside: &str) -> Piece {
    let (key, default) = match inside.split_once(", '") {
        Some((key, default)) => (key, default.strip_suffix('\'').map(Into::into)),
        None => (inside, None),
    };
    Piece::Variable { key: key.trim().to_ascii_lowercase().into(), default }
}

impl Template {
    /// Puts the request's values in. They are literal: a `*` in a value is no wildcard.
    ///
    /// A key that is absent has no value here, and neither has one whose value is empty ("Policy variables with no
    /// value") or that is multi-valued: only single-valued keys can be used as variables.
    pub(crate) fn resolve(&self, context: &Context) -> Resolved {
        let mut bytes = Vec::new();
        let mut unknown = false;
        for piece in &self.pieces {
            match piece {
                Piece::Fixed(fixed) => bytes.extend_from_slice(fixed),
                Piece::Variable { key, default } => match context.lookup(key) {
                    Lookup::Single(value) if !value.is_empty() => bytes.extend_from_slice(value.as_bytes()),
                    Lookup::Unknown => unknown = true,
                    Lookup::Single(_) | Lookup::Absent | Lookup::Many(_) => match default {
                        Some(default) => bytes.extend_from_slice(default.as_bytes()),
                        None => return Resolved::NoValue,
                    },
                },
            }
        }
        if unknown { Resolved::Unknown } else { Resolved::Bytes(bytes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(text: &str, context: &Context) -> Resolved {
        match Text::compile(text, Wildcards::Match, true) {
            Text::Variable(template) => template.resolve(context),
            Text::Fixed(pattern) => {
                Resolved::Bytes(pattern.as_exact().map(<[u8]>::to_vec).unwrap_or_default())
            }
        }
    }

    #[test]
    fn variables_are_replaced_by_literal_values() {
        let mut context = Context::new();
        context.set("aws:username", "b*b");
        assert_eq!(resolve("x/${AWS:UserName}/y", &context), Resolved::Bytes(b"x/b*b/y".to_vec()));
        assert_eq!(resolve("${aws:none}", &context), Resolved::NoValue);
        assert_eq!(resolve("${aws:none, 'a}b:c'}d", &context), Resolved::Bytes(b"a}b:cd".to_vec()));
        assert_eq!(resolve("${*}${?}${$}", &context), Resolved::Bytes(b"*?$".to_vec()));
        assert_eq!(resolve("${open", &context), Resolved::Bytes(b"${open".to_vec()));
        context.set_many("aws:tagkeys", ["a"]);
        assert_eq!(resolve("${aws:TagKeys}", &context), Resolved::NoValue);
        context.set("aws:username", "");
        assert_eq!(resolve("x/${aws:username}", &context), Resolved::NoValue);
        assert_eq!(resolve("${aws:username, 'none'}", &context), Resolved::Bytes(b"none".to_vec()));
    }

    #[test]
    fn unknown_keys_make_the_text_unknown() {
        let mut context = Context::new();
        context.mark_unknown("aws:username");
        assert_eq!(resolve("x/${aws:username}", &context), Resolved::Unknown);
        assert_eq!(resolve("${aws:username}${aws:none}", &context), Resolved::NoValue);
    }

    #[test]
    fn the_old_version_has_no_variables() {
        let text = Text::compile("${aws:username}", Wildcards::Match, false);
        assert!(matches!(text, Text::Fixed(pattern) if pattern.matches("${aws:username}")));
    }
}
