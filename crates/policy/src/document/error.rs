//! Why a document is not a policy.

use thiserror::Error;

/// Why a text or JSON value is not a policy document, with the place.
///
/// Places are JSON pointers (RFC 6901) into the document; `""` is the document itself.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// The text is not JSON.
    #[error("policy is not JSON: {message} at line {line}, column {column}")]
    Syntax {
        /// Line in the text, from 1.
        line: usize,
        /// Column in the line, from 1.
        column: usize,
        /// What the JSON parser said.
        message: String,
    },
    /// The text is longer than [`super::MAX_DOCUMENT_BYTES`].
    #[error("policy has {bytes} bytes, more than the {limit} that are read")]
    TooLarge {
        /// Length of the text.
        bytes: usize,
        /// The most that is read.
        limit: usize,
    },
    /// A list or object has more members than are read.
    #[error("{}{count} items, more than the {limit} that are read", at(pointer))]
    TooMany {
        /// The list or object.
        pointer: String,
        /// How many it has.
        count: usize,
        /// The most that is read.
        limit: usize,
    },
    /// An object names a key twice, which the grammar forbids.
    #[error("{}{key:?} is given twice; name each key once", at(pointer))]
    DuplicateKey {
        /// The object.
        pointer: String,
        /// The key.
        key: String,
    },
    /// An element that the policy language does not have.
    #[error("{}{element:?} is no policy element here; names are case-sensitive", at(pointer))]
    UnknownElement {
        /// The object that has it.
        pointer: String,
        /// Its name as written.
        element: String,
    },
    /// A required element is missing.
    #[error("{}{element} is missing; add it", at(pointer))]
    MissingElement {
        /// The object that lacks it.
        pointer: String,
        /// The element, or the alternatives.
        element: &'static str,
    },
    /// Two elements that exclude each other.
    #[error("{}{first} and {second} exclude each other; keep one", at(pointer))]
    Conflict {
        /// The statement.
        pointer: String,
        /// The first of the two.
        first: &'static str,
        /// The second of the two.
        second: &'static str,
    },
    /// A value of the wrong JSON type.
    #[error("{}expected {expected}, found {found}", at(pointer))]
    WrongType {
        /// The value.
        pointer: String,
        /// What may stand here.
        expected: &'static str,
        /// What does.
        found: &'static str,
    },
    /// A value that may not stand here.
    #[error("{}{value:?} is not {expected}", at(pointer))]
    BadValue {
        /// The value.
        pointer: String,
        /// What was written.
        value: String,
        /// What may stand here.
        expected: &'static str,
    },
}

/// The place before a message: nothing for the document itself.
fn at(pointer: &str) -> String {
    if pointer.is_empty() { String::new() } else { format!("{pointer}: ") }
}

impl DocumentError {
    /// The JSON pointer of the fault; `None` if the text is not JSON or is too large.
    #[must_use]
    pub fn pointer(&self) -> Option<&str> {
        match self {
            Self::Syntax { .. } | Self::TooLarge { .. } => None,
            Self::TooMany { pointer, .. }
            | Self::DuplicateKey { pointer, .. }
            | Self::UnknownElement { pointer, .. }
            | Self::MissingElement { pointer, .. }
            | Self::Conflict { pointer, .. }
            | Self::WrongType { pointer, .. }
            | Self::BadValue { pointer, .. } => Some(pointer),
        }
    }
}
