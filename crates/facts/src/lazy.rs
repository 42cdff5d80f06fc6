//! Facts that cost something, worked out when a rule first asks.

use std::fmt;
use std::sync::LazyLock;

use crate::{FactValue, Type, Value};

type Make<T> = Box<dyn FnOnce() -> T + Send>;

/// A fact that is worked out at most once, when it is first read.
pub struct Lazy<T>(LazyLock<T, Make<T>>);

impl<T> Lazy<T> {
    /// A fact that `make` will work out.
    pub fn new(make: impl FnOnce() -> T + Send + 'static) -> Self {
        Self(LazyLock::new(Box::new(make)))
    }

    /// The fact.
    #[must_use]
    pub fn get(&self) -> &T {
        LazyLock::force(&self.0)
    }
}

impl<T: fmt::Debug> fmt::Debug for Lazy<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(formatter)
    }
}

impl<T: FactValue> FactValue for Lazy<T> {
    const TYPE: Type = T::TYPE;

    fn value(&self) -> Value<'_> {
        self.get().value()
    }
}
