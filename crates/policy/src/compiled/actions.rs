//! `Action` and `NotAction`.

use super::lists::{List, Listing, Relation};
use crate::document::PatternElement;
use crate::pattern::Pattern;
use crate::request::Action;

/// Decides whether a statement is about an action.
#[derive(Debug, Clone)]
pub(crate) struct ActionMatcher {
    negated: bool,
    patterns: Box<[ActionPattern]>,
}

#[derive(Debug, Clone)]
pub(super) enum ActionPattern {
    /// `*`
    Any,
    /// `service:name`, each perhaps with wildcards, in lower case.
    Named { service: Pattern, name: Pattern },
    /// No colon: AWS has no such action.
    Never,
}

impl Listing for ActionMatcher {
    type Item = ActionPattern;

    fn list(&self) -> List<'_, ActionPattern> {
        List { negated: self.negated, items: &self.patterns }
    }

    fn of(pattern: ActionPattern) -> Self {
        Self { negated: false, patterns: [pattern].into() }
    }
}

impl ActionMatcher {
    pub(crate) fn compile(element: &PatternElement) -> Self {
        Self {
            negated: element.negated,
            patterns: element.values.items.iter().map(|text| ActionPattern::compile(text)).collect(),
        }
    }

    /// Whether it is `NotAction`.
    pub(crate) fn is_negated(&self) -> bool {
        self.negated
    }

    pub(crate) fn matches(&self, action: &Action) -> bool {
        self.patterns.iter().any(|pattern| pattern.matches(action)) != self.negated
    }

    /// The services whose actions it can match, or `None` if they cannot be listed.
    pub(crate) fn services(&self) -> Option<Vec<&str>> {
        if self.negated {
            return None;
        }
        self.patterns
            .iter()
            .filter(|pattern| !matches!(pattern, ActionPattern::Never))
            .map(|pattern| match pattern {
                ActionPattern::Named { service: Pattern::Exact(service), .. } => {
                    std::str::from_utf8(service).ok()
                }
                _ => None,
            })
            .collect()
    }
}

impl ActionPattern {
    fn compile(text: &str) -> Self {
        match text.split_once(':') {
            Some((service, name)) => Self::Named {
                service: Pattern::from_text_lowercase(service),
                name: Pattern::from_text_lowercase(name),
            },
            None if !text.is_empty() && text.bytes().all(|byte| byte == b'*') => Self::Any,
            None => Self::Never,
        }
    }

    fn matches(&self, action: &Action) -> bool {
        match self {
            Self::Any => true,
            Self::Never => false,
            Self::Named { service, name } => name.matches(action.name()) && service.matches(action.service()),
        }
    }
}

impl Relation for ActionPattern {
    fn is_everything(&self) -> bool {
        matches!(self, Self::Any)
    }

    fn includes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, _) | (_, Self::Never) => true,
            (Self::Named { service, name }, Self::Named { service: other_service, name: other_name }) => {
                service.includes(other_service) && name.includes(other_name)
            }
            (Self::Never | Self::Named { .. }, _) => false,
        }
    }

    fn excludes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Never, _) | (_, Self::Never) => true,
            (Self::Named { service, name }, Self::Named { service: other_service, name: other_name }) => {
                service.excludes(other_service) || name.excludes(other_name)
            }
            (Self::Any, _) | (_, Self::Any) => false,
        }
    }
}
