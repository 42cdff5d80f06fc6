//! Which optional facts are known not to be null, once a condition is true or false.

use std::collections::BTreeSet;

/// Where a chain of attributes begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Root {
    /// The resource that is judged.
    Resource,
    /// The account it belongs to.
    Account,
    /// The element of the list that the quantifier at this depth walks.
    Element(usize),
}

/// A chain of attributes: the only thing that can be guarded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Chain {
    pub(super) root: Root,
    pub(super) attributes: Vec<usize>,
}

/// Chains that are not null.
pub(super) type NonNull = BTreeSet<Chain>;

/// What a condition tells about chains.
#[derive(Debug, Clone, Default)]
pub(super) struct Guards {
    /// Not null if the condition is true.
    pub(super) when_true: NonNull,
    /// Not null if the condition is false.
    pub(super) when_false: NonNull,
}

impl Guards {
    /// `chain != null`.
    pub(super) fn not_null(chain: Chain) -> Self {
        Self { when_true: NonNull::from([chain]), when_false: NonNull::new() }
    }

    /// `!condition`.
    pub(super) fn negated(self) -> Self {
        Self { when_true: self.when_false, when_false: self.when_true }
    }

    /// `one && two`, where `two` is only looked at if `one` is true.
    pub(super) fn and(self, two: &Self) -> Self {
        let two_false = &self.when_true | &two.when_false;
        Self { when_false: &self.when_false & &two_false, when_true: &self.when_true | &two.when_true }
    }

    /// `one || two`, where `two` is only looked at if `one` is false.
    pub(super) fn or(self, two: &Self) -> Self {
        self.negated().and(&two.clone().negated()).negated()
    }

    /// `condition ? one : two`.
    pub(super) fn conditional(&self, one: &Self, two: &Self) -> Self {
        Self {
            when_true: &(&self.when_true | &one.when_true) & &(&self.when_false | &two.when_true),
            when_false: &(&self.when_true | &one.when_false) & &(&self.when_false | &two.when_false),
        }
    }
}
