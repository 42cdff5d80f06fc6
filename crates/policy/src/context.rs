//! The request context: condition keys and their values, and which keys are not known.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

/// The value of a condition key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContextValue {
    /// A single-valued key.
    Single(String),
    /// A multi-valued key; the list may be empty.
    Many(Vec<String>),
}

/// Keys that nearly every context sets: their names are in memory once, however many contexts there are.
static FREQUENT: LazyLock<BTreeSet<Arc<str>>> = LazyLock::new(|| {
    let names = [
        "aws:currenttime",
        "aws:epochtime",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalisawsservice",
        "aws:principaltype",
        "aws:resourceaccount",
        "aws:securetransport",
        "aws:userid",
        "aws:username",
        "aws:viaawsservice",
    ];
    names.map(Arc::from).into()
});

/// The condition keys of a request.
///
/// Key names are case-insensitive, tag keys in them included. A key that is neither set nor unknown is absent.
///
/// ```
/// use palisade_policy::context::Context;
///
/// let mut context = Context::new();
/// context.set("aws:SourceIp", "203.0.113.7");
/// context.set_many("aws:TagKeys", ["team", "env"]);
/// context.mark_unknown("aws:MultiFactorAuthPresent");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// Keys and values are shared: a context is copied for each request, and most of it is the same each time.
    values: BTreeMap<Arc<str>, Arc<ContextValue>>,
    /// Shared, as many contexts differ in their values only.
    absent: Arc<Vec<Keys>>,
    unknown: Arc<Vec<Keys>>,
}

/// A key, or all keys that start alike.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Keys {
    Named(String),
    StartingWith(String),
}

/// What a context says of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lookup<'a> {
    Single(&'a str),
    Many(&'a [String]),
    Absent,
    Unknown,
}

impl Context {
    /// A context in which every key is absent.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a single-valued key.
    pub fn set(&mut self, key: &str, value: impl Into<String>) {
        self.insert(key, ContextValue::Single(value.into()));
    }

    /// Sets a multi-valued key.
    pub fn set_many<T: Into<String>>(&mut self, key: &str, values: impl IntoIterator<Item = T>) {
        let values = values.into_iter().map(Into::into).collect();
        self.insert(key, ContextValue::Many(values));
    }

    fn insert(&mut self, key: &str, value: ContextValue) {
        let name = key.to_ascii_lowercase();
        let name = FREQUENT.get(name.as_str()).map_or_else(|| name.as_str().into(), Arc::clone);
        self.values.insert(name, Arc::new(value));
    }

    /// Makes a key absent and known to be.
    pub fn remove(&mut self, key: &str) {
        self.values.remove(key.to_ascii_lowercase().as_str());
    }

    /// Says that the value of a key, and whether it is present, is not known, unless it is set.
    ///
    /// A trailing `*` names all keys that start so (`aws:PrincipalTag/*`); `*` alone names every key.
    pub fn mark_unknown(&mut self, key: &str) {
        Arc::make_mut(&mut self.unknown).push(Keys::parse(key));
    }

    /// Says that a key is absent unless it is set, even where it is among keys that are unknown.
    ///
    /// A trailing `*` names all keys that start so.
    pub fn mark_absent(&mut self, key: &str) {
        Arc::make_mut(&mut self.absent).push(Keys::parse(key));
    }

    /// Adds what another context sets; the other wins where both set a key.
    pub fn extend(&mut self, other: &Self) {
        for (key, value) in &other.values {
            self.values.insert(Arc::clone(key), Arc::clone(value));
        }
        add(&mut self.absent, &other.absent);
        add(&mut self.unknown, &other.unknown);
    }

    /// The same without what `base` sets alike: small, where many contexts say nearly the same.
    /// [`Context::on`] puts that back.
    #[must_use]
    pub fn beyond(&self, base: &Self) -> Self {
        let own = self.values.iter().filter(|(key, value)| base.values.get(*key) != Some(*value));
        Self {
            values: own.map(|(key, value)| (Arc::clone(key), Arc::clone(value))).collect(),
            absent: Arc::clone(&self.absent),
            unknown: Arc::clone(&self.unknown),
        }
    }

    /// The same with what `base` sets besides. What is unknown or absent is what this context says.
    #[must_use]
    pub fn on(&self, base: &Self) -> Self {
        let mut whole = self.clone();
        for (key, value) in &base.values {
            whole.values.entry(Arc::clone(key)).or_insert_with(|| Arc::clone(value));
        }
        whole
    }

    /// The value of a key, if it is set.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&ContextValue> {
        self.values.get(key.to_ascii_lowercase().as_str()).map(Arc::as_ref)
    }

    /// The keys that are set (in lower case) and their values, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ContextValue)> {
        self.values.iter().map(|(key, value)| (key.as_ref(), value.as_ref()))
    }

    /// Looks a key up by its lower-case name.
    pub(crate) fn lookup(&self, key: &str) -> Lookup<'_> {
        match self.values.get(key).map(Arc::as_ref) {
            Some(ContextValue::Single(value)) => Lookup::Single(value),
            Some(ContextValue::Many(values)) => Lookup::Many(values),
            None if names(&self.unknown, key) && !names(&self.absent, key) => Lookup::Unknown,
            None => Lookup::Absent,
        }
    }
}

impl Keys {
    fn parse(key: &str) -> Self {
        let key = key.to_ascii_lowercase();
        match key.strip_suffix('*') {
            Some(prefix) => Self::StartingWith(prefix.to_owned()),
            None => Self::Named(key),
        }
    }

    fn include(&self, key: &str) -> bool {
        match self {
            Self::Named(name) => name == key,
            Self::StartingWith(prefix) => key.starts_with(prefix.as_str()),
        }
    }
}

fn add(keys: &mut Arc<Vec<Keys>>, more: &[Keys]) {
    if !more.is_empty() {
        Arc::make_mut(keys).extend_from_slice(more);
    }
}

fn names(keys: &[Keys], key: &str) -> bool {
    keys.iter().any(|keys| keys.include(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_beyond_a_base_on_that_base_is_the_whole() {
        let mut base = Context::new();
        base.set("aws:username", "ann");
        base.set("aws:PrincipalAccount", "111122223333");
        base.mark_unknown("*");
        let mut whole = base.clone();
        whole.set("aws:username", "bob");
        whole.set_many("aws:TagKeys", ["team"]);
        whole.mark_absent("aws:SourceIp");
        let own = whole.beyond(&base);
        assert_eq!(own.iter().map(|(key, _)| key).collect::<Vec<_>>(), ["aws:tagkeys", "aws:username"]);
        assert_eq!(own.on(&base), whole);
    }

    #[test]
    fn what_is_set_wins_over_absent_and_absent_over_unknown() {
        let mut context = Context::new();
        context.mark_unknown("*");
        context.mark_absent("aws:PrincipalTag/*");
        context.set("aws:PrincipalTag/team", "blue");
        assert_eq!(context.lookup("aws:principaltag/team"), Lookup::Single("blue"));
        assert_eq!(context.lookup("aws:principaltag/env"), Lookup::Absent);
        assert_eq!(context.lookup("aws:sourceip"), Lookup::Unknown);
    }
}
