//! A fact that stands among others which several resources share.

use std::fmt;
use std::sync::Arc;

use crate::{FactValue, Type, Value};

/// One of the facts that a source has for all resources that share it.
pub struct Derived<S, T> {
    source: Arc<S>,
    fact: fn(&S) -> &T,
}

impl<S, T> Derived<S, T> {
    /// That fact of a source.
    pub(crate) fn new(source: &Arc<S>, fact: fn(&S) -> &T) -> Self {
        Self { source: Arc::clone(source), fact }
    }
}

impl<S, T: fmt::Debug> fmt::Debug for Derived<S, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.fact)(&self.source).fmt(formatter)
    }
}

impl<S: Send + Sync, T: FactValue> FactValue for Derived<S, T> {
    const TYPE: Type = T::TYPE;

    fn value(&self) -> Value<'_> {
        (self.fact)(&self.source).value()
    }
}
