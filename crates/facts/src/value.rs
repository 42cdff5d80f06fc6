//! Facts as the rule language sees them.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use crate::{Listed, Missing, Object};

/// A fact's value, borrowed from the object that holds it.
#[derive(Debug, Clone)]
pub enum Value<'a> {
    /// Nothing, where the vocabulary says optional.
    Null,
    /// True or false.
    Bool(bool),
    /// A number.
    Int(i64),
    /// A text, or a member of an enumeration.
    String(Cow<'a, str>),
    /// A point in time.
    Time(Timestamp),
    /// A list, perhaps of which some elements are missing.
    List(List<'a>),
    /// An object with attributes.
    Object(&'a dyn Object),
    /// Nobody can tell without these calls.
    Unknown(Missing),
}

/// A list as the rule language sees it.
#[derive(Debug, Clone)]
pub enum List<'a> {
    /// A list among the facts.
    Facts(&'a dyn Items),
    /// A list written in a rule or computed by it.
    Values(Arc<[Value<'a>]>),
}

impl<'a> List<'a> {
    /// The number of known elements.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Facts(items) => items.len(),
            Self::Values(values) => values.len(),
        }
    }

    /// Whether no element is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A known element, from 0.
    #[must_use]
    pub fn item(&self, index: usize) -> Option<Value<'a>> {
        match self {
            Self::Facts(items) => items.item(index),
            Self::Values(values) => values.get(index).cloned(),
        }
    }

    /// The known elements in order.
    pub fn iter(&self) -> impl Iterator<Item = Value<'a>> + '_ {
        (0..self.len()).filter_map(|index| self.item(index))
    }

    /// What hides other elements, if there may be others.
    #[must_use]
    pub fn incomplete(&self) -> Option<&'a Missing> {
        match self {
            Self::Facts(items) => items.incomplete(),
            Self::Values(_) => None,
        }
    }
}

/// A list among the facts.
pub trait Items: fmt::Debug + Send + Sync {
    /// The number of known elements.
    fn len(&self) -> usize;

    /// Whether no element is known.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A known element, from 0.
    fn item(&self, index: usize) -> Option<Value<'_>>;

    /// What hides other elements, if there may be others.
    fn incomplete(&self) -> Option<&Missing>;
}

impl<T: crate::FactValue> Items for Vec<T> {
    fn len(&self) -> usize {
        self.as_slice().len()
    }

    fn item(&self, index: usize) -> Option<Value<'_>> {
        self.get(index).map(crate::FactValue::value)
    }

    fn incomplete(&self) -> Option<&Missing> {
        None
    }
}

impl<T: crate::FactValue> Items for Listed<T> {
    fn len(&self) -> usize {
        self.items.len()
    }

    fn item(&self, index: usize) -> Option<Value<'_>> {
        self.items.get(index).map(crate::FactValue::value)
    }

    fn incomplete(&self) -> Option<&Missing> {
        self.incomplete.as_ref()
    }
}
