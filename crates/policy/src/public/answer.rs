//! Answers that may hang on something that could not be read.

use std::collections::BTreeSet;

/// What the analysis reads. An answer that cannot be given names those of them that would settle it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// The resource's own policy: of the bucket, the repository, the key, …
    Policy,
    /// The bucket's access control list.
    Acl,
    /// The bucket's object ownership.
    ObjectOwnership,
    /// Block Public Access of the account.
    AccountBlockPublicAccess,
    /// Block Public Access of the bucket.
    BucketBlockPublicAccess,
    /// The list of the bucket's access points, their policies and settings included.
    AccessPoints,
    /// The policy of the ECR registry.
    RegistryPolicy,
    /// The account's setting that says for which actions the registry policy counts.
    RegistryPolicyScope,
}

/// An input of the analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input<T> {
    /// What AWS said; "not configured" is a value too.
    Known(T),
    /// It could not be read.
    Unreadable,
}

impl<T> Input<T> {
    /// The value, or `layer` as what is missing.
    pub(super) fn answer(&self, layer: Layer) -> Answer<&T> {
        match self {
            Self::Known(value) => Answer::Known(value),
            Self::Unreadable => Answer::Unknown(BTreeSet::from([layer])),
        }
    }

    /// The value, if it was read.
    #[must_use]
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unreadable => None,
        }
    }
}

/// An answer, or the layers without which there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<T> {
    /// What was read decides it.
    Known(T),
    /// Any value of these layers is possible and would change the answer.
    Unknown(BTreeSet<Layer>),
}

impl<T> Answer<T> {
    /// The answer, if there is one.
    #[must_use]
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }

    /// Applies `change` to a known answer.
    pub(super) fn map<U>(self, change: impl FnOnce(T) -> U) -> Answer<U> {
        match self {
            Self::Known(value) => Answer::Known(change(value)),
            Self::Unknown(layers) => Answer::Unknown(layers),
        }
    }
}

impl Answer<bool> {
    /// Kleene's OR: one true decides.
    pub(super) fn or(self, other: Self) -> Self {
        Answer::any([self, other])
    }

    /// Kleene's AND: one false decides.
    pub(super) fn and(self, other: Self) -> Self {
        Answer::any([self.not(), other.not()]).not()
    }

    /// Kleene's NOT.
    pub(super) fn not(self) -> Self {
        self.map(|value| !value)
    }

    /// Kleene's OR over many.
    pub(super) fn any(answers: impl IntoIterator<Item = Self>) -> Self {
        let mut missing = BTreeSet::new();
        for answer in answers {
            match answer {
                Self::Known(true) => return Self::Known(true),
                Self::Known(false) => {}
                Self::Unknown(layers) => missing.extend(layers),
            }
        }
        if missing.is_empty() { Self::Known(false) } else { Self::Unknown(missing) }
    }
}

/// Whether somebody has access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Access {
    /// Nobody outside has it.
    #[default]
    No,
    /// Only callers of whom something is asked: an address, a network, an organization, a second factor.
    Conditional,
    /// Anybody has it, or can bring about what is asked.
    Yes,
}

impl Access {
    /// `no`, `conditional` or `yes`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Conditional => "conditional",
            Self::Yes => "yes",
        }
    }
}
