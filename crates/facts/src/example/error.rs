//! What can be wrong with an example.

use thiserror::Error;

/// An example that can't be understood. Places are dotted paths into what is given.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ExampleError {
    /// A name that is not known there.
    #[error("`{place}` has no `{key}`{}", suggestion(.nearest))]
    UnknownKey {
        /// Where it stands; the kind of resource at the top.
        place: String,
        /// The name as written.
        key: String,
        /// The name that was probably meant.
        nearest: Option<String>,
    },
    /// An operation that is not in the table of calls.
    #[error("`{place}`: no operation is called `{operation}`{}", suggestion(.nearest))]
    UnknownOperation {
        /// Where it stands.
        place: String,
        /// The operation as written.
        operation: String,
        /// The operation that was probably meant.
        nearest: Option<String>,
    },
    /// A value that may not stand there.
    #[error("`{place}`: {why}")]
    Value {
        /// Where it stands.
        place: String,
        /// What is wrong.
        why: String,
    },
}

fn suggestion(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

impl ExampleError {
    /// An unknown name, with the nearest of the known ones.
    pub(super) fn unknown_key<'a>(place: &str, key: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        Self::UnknownKey { place: place.to_owned(), key: key.to_owned(), nearest: nearest(key, known) }
    }

    /// An unknown operation, with the nearest of the known ones.
    pub(super) fn unknown_operation(place: &str, operation: &str) -> Self {
        let known = palisade_snapshot::CALLS.iter().map(|call| call.operation);
        Self::UnknownOperation {
            place: place.to_owned(),
            operation: operation.to_owned(),
            nearest: nearest(operation, known),
        }
    }

    /// A value that may not stand there.
    pub(super) fn value(place: &str, why: impl Into<String>) -> Self {
        Self::Value { place: place.to_owned(), why: why.into() }
    }
}

/// The known name with the fewest changes to `name`, if they are few.
fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let name: String = name.chars().take(64).flat_map(char::to_lowercase).collect();
    let ranked = known.into_iter().map(|one| (strsim::levenshtein(&name, &one.to_lowercase()), one));
    let (fewest, best) = ranked.min()?;
    (fewest * 3 <= name.chars().count().max(3)).then(|| best.to_owned())
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_name_is_suggested_only_if_it_is_near() {
        assert_eq!(nearest("polcy", ["policy", "acl"]), Some("policy".to_owned()));
        assert_eq!(nearest("Versionig", ["versioning", "logging"]), Some("versioning".to_owned()));
        assert_eq!(nearest("website", ["policy", "acl"]), None);
    }
}
