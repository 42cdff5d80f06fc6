//! Lists that the account's own record holds.

use palisade_snapshot::{Evidence, Observed, Paged};

use crate::Missing;

/// What was read of a list.
pub(crate) fn items<T>(observed: &Observed<Paged<T>>) -> &[T] {
    observed.present().map(|list| list.items.as_slice()).unwrap_or_default()
}

/// What hides items of a list, if there may be more than were read.
pub(crate) fn hidden<T>(observed: &Observed<Paged<T>>, evidence: Evidence) -> Option<Missing> {
    match observed {
        Observed::Present(list) => list.incomplete.as_ref().map(|why| Missing::evidence(evidence, why)),
        Observed::Absent | Observed::NotOffered(_) => None,
        Observed::Unreadable(why) => Some(Missing::evidence(evidence, why)),
    }
}
