//! A list that AWS answers in pages.

use serde::{Deserialize, Serialize};

use crate::Unreadable;

/// The items of the pages that were read, and why the rest is missing if it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paged<T> {
    /// What was read.
    pub items: Vec<T>,
    /// Why the list may go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incomplete: Option<Unreadable>,
}

impl<T> Paged<T> {
    /// A list that was read to its end.
    #[must_use]
    pub fn complete(items: Vec<T>) -> Self {
        Self { items, incomplete: None }
    }
}

impl<T> Default for Paged<T> {
    fn default() -> Self {
        Self::complete(Vec::new())
    }
}
