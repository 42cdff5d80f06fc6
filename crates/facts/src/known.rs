//! Knowing and not knowing.

use std::collections::BTreeSet;
use std::sync::Arc;

use palisade_snapshot::{Evidence, Observed, Paged, Reason, Unreadable, call_for};

/// A call whose answer is missing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MissingCall {
    /// The operation, such as `s3:GetBucketPolicy`.
    pub operation: String,
    /// The IAM action that would settle it; empty where AWS asks for none.
    pub iam_action: String,
    /// Why there is no answer.
    pub reason: Reason,
}

impl MissingCall {
    /// A call without an answer.
    #[must_use]
    pub fn new(operation: &str, iam_action: &str, reason: Reason) -> Self {
        Self { operation: operation.to_owned(), iam_action: iam_action.to_owned(), reason }
    }

    /// The call that would have filled this evidence; a failure that names its own operation keeps it.
    #[must_use]
    pub fn for_evidence(evidence: Evidence, why: &Unreadable) -> Self {
        if !why.operation.is_empty() {
            return Self::new(&why.operation, &why.iam_action, why.reason);
        }
        let (operation, action) =
            call_for(evidence).map_or(("", ""), |call| (call.operation, call.iam_action()));
        Self::new(operation, action, why.reason)
    }
}

/// The calls that stand between a fact and its value: at least one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Missing(Arc<BTreeSet<MissingCall>>);

impl Missing {
    /// One missing call.
    #[must_use]
    pub fn of(call: MissingCall) -> Self {
        Self(Arc::new(BTreeSet::from([call])))
    }

    /// The missing call for one piece of evidence.
    #[must_use]
    pub fn evidence(evidence: Evidence, why: &Unreadable) -> Self {
        Self::of(MissingCall::for_evidence(evidence, why))
    }

    /// The evidence is there, but not for this: too old, or not of the shape that AWS documents.
    #[must_use]
    pub fn because(evidence: Evidence, reason: Reason) -> Self {
        Self::evidence(evidence, &Unreadable::new("", "", reason, ""))
    }

    /// The calls of both, either of which may be none.
    #[must_use]
    pub fn either(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(one), Some(other)) => Some(one.and(&other)),
            (one, other) => one.or(other),
        }
    }

    /// The calls of both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        if other.0.is_subset(&self.0) {
            return self.clone();
        }
        Self(Arc::new(self.0.union(&other.0).cloned().collect()))
    }

    /// The calls, sorted.
    pub fn calls(&self) -> impl Iterator<Item = &MissingCall> {
        self.0.iter()
    }
}

/// A value, or the calls without which nobody can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known<T> {
    /// The value.
    Known(T),
    /// What is missing.
    Unknown(Missing),
}

impl<T> Known<T> {
    /// The value, if it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }

    /// A fact that follows from this one.
    pub fn map<U>(self, follow: impl FnOnce(T) -> U) -> Known<U> {
        match self {
            Self::Known(value) => Known::Known(follow(value)),
            Self::Unknown(missing) => Known::Unknown(missing),
        }
    }

    /// A fact that follows from this one and may be unknown itself.
    pub fn and_then<U>(self, follow: impl FnOnce(T) -> Known<U>) -> Known<U> {
        match self {
            Self::Known(value) => follow(value),
            Self::Unknown(missing) => Known::Unknown(missing),
        }
    }

    /// The same fact, borrowed.
    pub fn as_ref(&self) -> Known<&T> {
        match self {
            Self::Known(value) => Known::Known(value),
            Self::Unknown(missing) => Known::Unknown(missing.clone()),
        }
    }

    /// A fact that follows from two.
    pub fn and<U, V>(self, other: Known<U>, follow: impl FnOnce(T, U) -> V) -> Known<V> {
        match (self, other) {
            (Self::Known(one), Known::Known(two)) => Known::Known(follow(one, two)),
            (Self::Unknown(one), Known::Unknown(two)) => Known::Unknown(one.and(&two)),
            (Self::Unknown(missing), _) | (_, Known::Unknown(missing)) => Known::Unknown(missing),
        }
    }

    /// What an observation tells: its value, or AWS's documented default where nothing is
    /// configured or the question does not exist here.
    pub fn observed<O>(
        observed: &Observed<O>,
        evidence: Evidence,
        when_absent: impl FnOnce() -> T,
        read: impl FnOnce(&O) -> T,
    ) -> Self {
        match observed {
            Observed::Present(value) => Self::Known(read(value)),
            Observed::Absent | Observed::NotOffered(_) => Self::Known(when_absent()),
            Observed::Unreadable(why) => Self::Unknown(Missing::evidence(evidence, why)),
        }
    }
}

impl Known<bool> {
    /// Whether one of two is true: what one of them decides is decided.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Known(true), _) | (_, Self::Known(true)) => Self::Known(true),
            (Self::Known(false), other) => other,
            (one, Self::Known(false)) => one,
            (Self::Unknown(one), Self::Unknown(two)) => Self::Unknown(one.and(&two)),
        }
    }

    /// The opposite.
    #[must_use]
    pub fn negate(self) -> Self {
        self.map(|value| !value)
    }

    /// Whether all of them are true: what one of them decides is decided.
    pub fn all(facts: impl IntoIterator<Item = Self>) -> Self {
        Self::any(facts.into_iter().map(Self::negate), None).negate()
    }

    /// Whether one of them is true, of a list that may be incomplete.
    pub fn any(facts: impl IntoIterator<Item = Self>, incomplete: Option<Missing>) -> Self {
        let rest = incomplete.map_or(Self::Known(false), Self::Unknown);
        facts.into_iter().fold(rest, Self::or)
    }
}

/// A list of which some elements may be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// The known elements.
    pub items: Vec<T>,
    /// What hides the others, if there may be others.
    pub incomplete: Option<Missing>,
}

impl<T> Listed<T> {
    /// A list of which nothing is missing.
    #[must_use]
    pub fn complete(items: Vec<T>) -> Self {
        Self { items, incomplete: None }
    }

    /// What an observation of a list in pages tells: its elements, as far as they were read.
    pub fn observed<O>(observed: &Observed<Paged<O>>, evidence: Evidence, fact: impl Fn(&O) -> T) -> Self {
        match observed {
            Observed::Present(paged) => Self {
                items: paged.items.iter().map(fact).collect(),
                incomplete: paged.incomplete.as_ref().map(|why| Missing::evidence(evidence, why)),
            },
            Observed::Absent | Observed::NotOffered(_) => Self::complete(Vec::new()),
            Observed::Unreadable(why) => Self::unknown(Missing::evidence(evidence, why)),
        }
    }

    /// A list of which nothing is known.
    #[must_use]
    pub fn unknown(missing: Missing) -> Self {
        Self { items: Vec::new(), incomplete: Some(missing) }
    }
}
