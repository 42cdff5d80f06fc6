//! One service: its actions, resource types and condition keys.

use super::{AccessLevel, compare};

/// What a condition key holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValueType {
    /// Text.
    String,
    /// An ARN.
    Arn,
    /// `true` or `false`.
    Bool,
    /// A number.
    Numeric,
    /// A time.
    Date,
    /// An address or range.
    IpAddress,
    /// Base64.
    Binary,
}

/// The type of a condition key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyType {
    /// The type of each value.
    pub value: ValueType,
    /// Whether it holds several values (`ArrayOf…`), and so needs `ForAnyValue` or `ForAllValues`.
    pub is_multivalued: bool,
}

/// A condition key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionKey {
    /// AWS's spelling; `${}` stands for the part that the policy's author chooses.
    pub name: &'static str,
    /// Its type.
    pub key_type: KeyType,
}

impl ConditionKey {
    /// Whether `key`, as a policy spells it, is this key.
    #[must_use]
    pub fn matches(&self, key: &str) -> bool {
        const CHOSEN: &str = "${}";
        let mut parts = self.name.split(CHOSEN);
        let Some(mut rest) = parts.next().and_then(|first| strip_prefix(key, first)) else { return false };
        let mut parts = parts.peekable();
        while let Some(part) = parts.next() {
            let found = if parts.peek().is_none() {
                rest.len().checked_sub(part.len()).filter(|at| ends_with_at(rest, part, *at))
            } else {
                find(rest, part)
            };
            let Some(at) = found.filter(|at| *at > 0) else { return false };
            rest = rest.get(at + part.len()..).unwrap_or("");
        }
        rest.is_empty()
    }
}

fn strip_prefix<'k>(key: &'k str, prefix: &str) -> Option<&'k str> {
    let (start, rest) = key.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

fn ends_with_at(text: &str, end: &str, at: usize) -> bool {
    text.get(at..).is_some_and(|rest| rest.eq_ignore_ascii_case(end))
}

fn find(text: &str, part: &str) -> Option<usize> {
    (1..=text.len().checked_sub(part.len())?)
        .find(|at| text.get(*at..at + part.len()).is_some_and(|slice| slice.eq_ignore_ascii_case(part)))
}

/// A type of resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceType {
    /// AWS's name for it: `bucket`, `object`.
    pub name: &'static str,
    /// Its ARN formats, each beginning with `arn:${Partition}:`, with `${…}` for what varies.
    pub arn_formats: Vec<String>,
    pub(super) keys: Box<[u16]>,
}

/// Actions that differ in nothing but their name share this.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) level: AccessLevel,
    pub(super) resources: Box<[(u16, bool)]>,
    pub(super) keys: Box<[u16]>,
}

/// A service.
#[derive(Debug, Default)]
pub struct Service {
    pub(super) prefix: &'static str,
    pub(super) name: &'static str,
    pub(super) supports_rcp: bool,
    pub(super) keys: Vec<ConditionKey>,
    pub(super) resources: Vec<ResourceType>,
    pub(super) shapes: Vec<Shape>,
    pub(super) actions: Vec<(&'static str, u16)>,
}

/// An action of a service.
#[derive(Debug, Clone, Copy)]
pub struct Action<'t> {
    service: &'t Service,
    name: &'static str,
    shape: &'t Shape,
}

/// Condition keys of an action, as [`Action::condition_keys`] yields them.
pub type ActionKeys<'t> = Box<dyn Iterator<Item = &'t ConditionKey> + 't>;

impl Service {
    /// The prefix in action names: `s3`.
    #[must_use]
    pub fn prefix(&self) -> &'static str {
        self.prefix
    }

    /// The name of the service: `Amazon S3`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whether resource control policies count for it ("Services that support RCPs").
    #[must_use]
    pub fn supports_resource_control_policies(&self) -> bool {
        self.supports_rcp
    }

    /// Its condition keys, those of tags included.
    #[must_use]
    pub fn condition_keys(&self) -> &[ConditionKey] {
        &self.keys
    }

    /// Finds one of its condition keys as a policy spells it.
    #[must_use]
    pub fn condition_key(&self, key: &str) -> Option<&ConditionKey> {
        self.keys.iter().find(|known| known.matches(key))
    }

    /// Its resource types.
    #[must_use]
    pub fn resource_types(&self) -> &[ResourceType] {
        &self.resources
    }

    /// Its actions, by name.
    pub fn actions(&self) -> impl Iterator<Item = Action<'_>> {
        self.actions.iter().filter_map(|entry| self.action_at(*entry))
    }

    /// Finds an action by its name after the colon.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<Action<'_>> {
        let index = self.actions.binary_search_by(|(known, _)| compare(known, name)).ok()?;
        self.action_at(*self.actions.get(index)?)
    }

    fn action_at(&self, (name, shape): (&'static str, u16)) -> Option<Action<'_>> {
        Some(Action { service: self, name, shape: self.shapes.get(usize::from(shape))? })
    }
}

impl<'t> Action<'t> {
    /// The service it belongs to.
    #[must_use]
    pub fn service(&self) -> &'t Service {
        self.service
    }

    /// AWS's spelling after the colon: `GetObject`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Service and name: `s3:GetObject`.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}:{}", self.service.prefix, self.name)
    }

    /// What it does.
    #[must_use]
    pub fn access_level(&self) -> AccessLevel {
        self.shape.level
    }

    /// Whether it takes no resource, so that only `"Resource": "*"` matches it.
    #[must_use]
    pub fn is_wildcard_only(&self) -> bool {
        self.shape.resources.is_empty()
    }

    /// The resource types that it takes, each with whether every call names one.
    pub fn resource_types(&self) -> impl Iterator<Item = (&'t ResourceType, bool)> + use<'t> {
        let service = self.service;
        self.shape.resources.iter().filter_map(move |(index, required)| {
            Some((service.resources.get(usize::from(*index))?, *required))
        })
    }

    /// The condition keys that AWS documents for it: its own and those of its resource types, without the global ones.
    #[must_use]
    pub fn condition_keys(&self) -> ActionKeys<'t> {
        let mut numbers = self.shape.keys.to_vec();
        numbers.extend(self.resource_types().flat_map(|(kind, _)| kind.keys.iter().copied()));
        numbers.sort_unstable();
        numbers.dedup();
        let keys = &self.service.keys;
        Box::new(numbers.into_iter().filter_map(|number| keys.get(usize::from(number))))
    }
}
