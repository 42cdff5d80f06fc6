//! `Resource` and `NotResource`.

use std::borrow::Cow;

use super::lists::{List, Listing, Relation};
use crate::context::Context;
use crate::document::PatternElement;
use crate::pattern::{Pattern, glob};
use crate::request::Resource;
use crate::truth::Truth;
use crate::variables::{Resolved, Text, Wildcards};

/// Colons before the last component of a full ARN.
const ARN_COLONS: usize = 5;

/// Decides whether a statement is about a resource.
#[derive(Debug, Clone)]
pub(crate) struct ResourceMatcher {
    negated: bool,
    patterns: Box<[ResourcePattern]>,
}

/// A resource pattern. Each component of an ARN is matched by itself; the last one takes all the rest, colons included.
#[derive(Debug, Clone)]
pub(super) enum ResourcePattern {
    /// `*`: every resource, and none in particular.
    Any,
    /// Matches nothing: a variable before the fifth colon, where AWS allows none.
    Never,
    Arn {
        head: Head,
        rest: Text,
    },
}

/// The components before the last.
#[derive(Debug, Clone)]
pub(super) enum Head {
    /// Without wildcards: the text up to and with the last of `colons` colons.
    Exact {
        text: Box<str>,
        colons: usize,
    },
    Components(Box<[Pattern]>),
}

impl Listing for ResourceMatcher {
    type Item = ResourcePattern;

    fn list(&self) -> List<'_, ResourcePattern> {
        List { negated: self.negated, items: &self.patterns }
    }

    fn of(pattern: ResourcePattern) -> Self {
        Self { negated: false, patterns: [pattern].into() }
    }
}

impl ResourceMatcher {
    pub(crate) fn compile(element: &PatternElement, variables: bool) -> Self {
        Self {
            negated: element.negated,
            patterns: element
                .values
                .items
                .iter()
                .map(|text| ResourcePattern::compile(text, variables))
                .collect(),
        }
    }

    /// Whether it is `NotResource`.
    pub(crate) fn is_negated(&self) -> bool {
        self.negated
    }

    /// Whether it includes every resource, whichever it is.
    pub(crate) fn is_everything(&self) -> bool {
        !self.negated && self.patterns.iter().any(|pattern| matches!(pattern, ResourcePattern::Any))
    }

    /// Whether a policy variable stands in it.
    pub(crate) fn has_variables(&self) -> bool {
        let is_variable = |pattern: &ResourcePattern| {
            matches!(pattern, ResourcePattern::Arn { rest: Text::Variable(_), .. })
        };
        self.patterns.iter().any(is_variable)
    }

    pub(crate) fn matches(&self, resource: &Resource, context: &Context) -> Truth {
        let mut any = Truth::False;
        for pattern in &self.patterns {
            any = any.or(pattern.matches(resource, context));
            if any == Truth::True {
                break;
            }
        }
        if self.negated { any.negate() } else { any }
    }
}

impl ResourcePattern {
    fn compile(text: &str, variables: bool) -> Self {
        if !text.is_empty() && text.bytes().all(|byte| byte == b'*') {
            return Self::Any;
        }
        let completed = completed(text);
        let (head, rest) = split_head(&completed);
        if variables && head.contains("${") {
            return Self::Never;
        }
        let head = if head.contains(['*', '?']) {
            Head::Components(head.split_terminator(':').map(Pattern::from_text_lowercase).collect())
        } else {
            Head::Exact { text: head.into(), colons: head.matches(':').count() }
        };
        Self::Arn { head, rest: Text::compile(rest, Wildcards::Match, variables) }
    }

    fn matches(&self, resource: &Resource, context: &Context) -> Truth {
        let (head, rest) = match self {
            Self::Any => return Truth::True,
            Self::Never => return Truth::False,
            Self::Arn { head, rest } => (head, rest),
        };
        if resource.is_none() {
            return Truth::False;
        }
        let Some(name) = head.strip(resource) else { return Truth::False };
        match rest {
            Text::Fixed(pattern) => pattern.matches(name).into(),
            Text::Variable(template) => match template.resolve(context) {
                Resolved::Bytes(pattern) => glob(&pattern, name.as_bytes()).into(),
                Resolved::NoValue => Truth::False,
                Resolved::Unknown => Truth::Unknown,
            },
        }
    }
}

impl Relation for ResourcePattern {
    fn is_everything(&self) -> bool {
        matches!(self, Self::Any)
    }

    fn includes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, _) | (_, Self::Never) => true,
            (Self::Arn { head, rest }, Self::Arn { head: other_head, rest: other_rest }) => {
                head.includes(other_head) && rest.includes(other_rest)
            }
            (Self::Never | Self::Arn { .. }, _) => false,
        }
    }

    fn excludes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Never, _) | (_, Self::Never) => true,
            (Self::Arn { head, rest }, Self::Arn { head: other_head, rest: other_rest }) => {
                head.excludes(other_head) || (head.splits_like(other_head) && rest.excludes(other_rest))
            }
            (Self::Any, _) | (_, Self::Any) => false,
        }
    }
}

impl Head {
    /// Its components as patterns in lower case.
    fn components(&self) -> Vec<Pattern> {
        match self {
            Self::Exact { text, .. } => {
                let exact =
                    |component: &str| Pattern::from_bytes(component.to_ascii_lowercase().into_bytes());
                text.split_terminator(':').map(exact).collect()
            }
            Self::Components(patterns) => patterns.to_vec(),
        }
    }

    /// Whether what follows it begins at the same place as after another.
    fn splits_like(&self, other: &Self) -> bool {
        self.components().len() == other.components().len()
    }

    fn includes(&self, other: &Self) -> bool {
        let pairs = || self.components().into_iter().zip(other.components());
        self.splits_like(other) && pairs().all(|(more, less)| more.includes(&less))
    }

    fn excludes(&self, other: &Self) -> bool {
        let pairs = || self.components().into_iter().zip(other.components());
        self.splits_like(other) && pairs().any(|(one, two)| one.excludes(&two))
    }

    /// What follows the matched components; `None` if they do not match. They are case-insensitive: partition and
    /// service have no upper case, and regions and account ids no letters to tell apart.
    fn strip<'a>(&self, resource: &'a Resource) -> Option<&'a str> {
        match self {
            Self::Exact { text, colons } => {
                let (head, rest) = resource.split_after(*colons)?;
                head.eq_ignore_ascii_case(text).then_some(rest)
            }
            Self::Components(patterns) => {
                let (head, rest) = resource.split_after(patterns.len())?;
                let mut components = head.split_terminator(':');
                let all = patterns.iter().all(|pattern| {
                    components
                        .next()
                        .is_some_and(|component| pattern.matches(&component.to_ascii_lowercase()))
                });
                all.then_some(rest)
            }
        }
    }
}

/// The pattern with `*` for each component that is missing: "when you specify an incomplete ARN …, AWS automatically
/// completes the ARN by adding wildcard characters to all missing fields" ("Identify AWS resources with ARNs").
fn completed(text: &str) -> Cow<'_, str> {
    match ARN_COLONS.saturating_sub(component_ends(text).count()) {
        0 => Cow::Borrowed(text),
        missing => Cow::Owned(text.to_owned() + &":*".repeat(missing)),
    }
}

/// Splits a complete pattern after its fifth colon.
fn split_head(text: &str) -> (&str, &str) {
    let split = component_ends(text).last().map_or(0, |colon| colon + 1);
    text.split_at_checked(split).unwrap_or(("", text))
}

/// Where the first five colons stand, those inside `${…}` left out.
fn component_ends(text: &str) -> impl Iterator<Item = usize> {
    let mut depth = 0_usize;
    let mut previous = ' ';
    let ends = text.char_indices().filter(move |(_, character)| {
        match character {
            '{' if previous == '$' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        previous = *character;
        *character == ':' && depth == 0
    });
    ends.map(|(at, _)| at).take(ARN_COLONS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, resource: &str) -> bool {
        ResourcePattern::compile(pattern, true).matches(&Resource::new(resource), &Context::new())
            == Truth::True
    }

    #[test]
    fn components_are_matched_one_by_one() {
        let log = "arn:aws:logs:us-east-1:111122223333:log-group:a:log-stream:b";
        for (pattern, resource) in [
            ("*", log),
            ("arn:aws:logs:us-east-1:111122223333:*", log),
            ("arn:aws:logs:*:*:log-group:*", log),
            ("arn:aws:logs:*", log),
            ("arn:aws:logs", log),
            ("arn:aws:logs:us-*:111122223333", log),
            ("arn:*:logs:??-east-1:*:*:log-stream:b", log),
            ("arn:aws:s3:::b/*:x", "arn:aws:s3:::b/k:y:x"),
            ("arn:aws:s3:::b/${*}", "arn:aws:s3:::b/*"),
        ] {
            assert!(matches(pattern, resource), "{pattern} should match {resource}");
        }
        for (pattern, resource) in [
            ("arn:aws:logs:*:log-group:*", log),
            ("arn:aws:log", log),
            ("arn:aws:logs:us-west-2", log),
            ("arn:aws:logs:us-*log-stream:b", log),
            ("*log-stream:b", log),
            ("arn:aws:s3:*:b/k", "arn:aws:s3:::b/k"),
            ("arn:aws:s3:::B/k", "arn:aws:s3:::b/k"),
            ("arn:aws:s3:us-*:*:b/k", "arn:aws:s3:::b/k"),
            ("arn:aws:s3:::${aws:username}/k", "arn:aws:s3:::b/k"),
            ("arn:aws:s3:::b/${*}", "arn:aws:s3:::b/x"),
            (
                "arn:aws:logs:us-east-1:${aws:PrincipalAccount}:log-group:a",
                "arn:aws:logs:us-east-1:1:log-group:a",
            ),
        ] {
            assert!(!matches(pattern, resource), "{pattern} should not match {resource}");
        }
    }

    #[test]
    fn only_a_star_stands_for_no_resource() {
        for (pattern, expected) in [("*", true), ("**", true), ("?", false), ("arn:aws:s3:::*", false)] {
            let found = ResourcePattern::compile(pattern, true).matches(&Resource::none(), &Context::new());
            assert_eq!(found == Truth::True, expected, "{pattern}");
        }
    }
}
