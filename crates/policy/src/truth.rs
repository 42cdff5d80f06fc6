//! Three-valued logic (Kleene): what is known to hold, known not to, or hangs on unknown context.

/// A truth value that may be unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Truth {
    /// Known not to hold.
    False,
    /// Hangs on context that is not known.
    Unknown,
    /// Known to hold.
    True,
}

impl Truth {
    /// Holds if both hold; `False` decides.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            _ => Self::Unknown,
        }
    }

    /// Holds if either holds; `True` decides.
    pub(crate) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::True, _) | (_, Self::True) => Self::True,
            (Self::False, Self::False) => Self::False,
            _ => Self::Unknown,
        }
    }

    /// The opposite; unknown stays unknown.
    pub(crate) fn negate(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }

    /// Whether it may hold: true or unknown.
    pub(crate) fn is_possible(self) -> bool {
        self != Self::False
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{self, False, True, Unknown};

    #[test]
    fn unknown_gives_way_only_to_what_decides() {
        assert_eq!(Unknown.and(False), False);
        assert_eq!(Unknown.and(True), Unknown);
        assert_eq!(Unknown.or(True), True);
        assert_eq!(Unknown.or(False), Unknown);
        assert_eq!(Unknown.negate(), Unknown);
    }

    #[test]
    fn without_unknowns_it_is_boolean_logic() {
        for left in [false, true] {
            for right in [false, true] {
                assert_eq!(Truth::from(left).and(Truth::from(right)), Truth::from(left && right));
                assert_eq!(Truth::from(left).or(Truth::from(right)), Truth::from(left || right));
            }
            assert_eq!(Truth::from(left).negate(), Truth::from(!left));
        }
    }
}
