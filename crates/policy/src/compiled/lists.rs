//! What a list is about that stands for what it names, or for all but that.

/// A list as a `Not…` element has it or its plain form.
#[derive(Debug)]
pub(super) struct List<'a, T> {
    pub(super) negated: bool,
    pub(super) items: &'a [T],
}

/// How two items of a list relate; each answers `false` also where that can't be told.
pub(super) trait Relation {
    /// Whether it stands for whatever there is.
    fn is_everything(&self) -> bool;
    /// Whether it stands for whatever another stands for.
    fn includes(&self, other: &Self) -> bool;
    /// Whether nothing is what both stand for.
    fn excludes(&self, other: &Self) -> bool;
}

impl<T: Relation> List<'_, T> {
    /// Whether it is about whatever another is about.
    pub(super) fn includes(&self, other: &Self) -> bool {
        let named_by = |all: &[T], one: &T| all.iter().any(|more| more.includes(one));
        match (self.negated, other.negated) {
            (false, false) => other.items.iter().all(|one| named_by(self.items, one)),
            (true, true) => self.items.iter().all(|one| named_by(other.items, one)),
            (true, false) => other.items.iter().all(|one| self.items.iter().all(|no| no.excludes(one))),
            (false, true) => self.items.iter().any(Relation::is_everything),
        }
    }

    /// Whether nothing is what both are about.
    pub(super) fn excludes(&self, other: &Self) -> bool {
        let named_by = |all: &[T], one: &T| all.iter().any(|more| more.includes(one));
        match (self.negated, other.negated) {
            (false, false) => self.items.iter().all(|one| other.items.iter().all(|two| one.excludes(two))),
            (true, false) => other.items.iter().all(|one| named_by(self.items, one)),
            (false, true) => self.items.iter().all(|one| named_by(other.items, one)),
            (true, true) => false,
        }
    }
}

/// An element of a statement that is such a list.
pub(super) trait Listing: Clone {
    type Item: Relation + Clone;

    fn list(&self) -> List<'_, Self::Item>;
    /// The same element with nothing but this item, in its plain form.
    fn of(item: Self::Item) -> Self;

    /// Whether it is about whatever another is about; `false` also where that can't be told.
    fn includes(&self, other: &Self) -> bool {
        self.list().includes(&other.list())
    }

    /// Whether nothing is what both are about; `false` also where that can't be told.
    fn excludes(&self, other: &Self) -> bool {
        self.list().excludes(&other.list())
    }

    /// What together is about the same, each as little as can be.
    fn parts(&self) -> Vec<Self> {
        let list = self.list();
        if list.negated { vec![self.clone()] } else { list.items.iter().cloned().map(Self::of).collect() }
    }
}
