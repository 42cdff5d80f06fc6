//! The rule language: CEL syntax, types from the vocabulary of facts, three-valued logic.
//!
//! A text becomes an [`Expression`] in two steps: the `cel` crate parses it, and [`check`] types it
//! against the vocabulary, which leaves a small tree with resolved attributes. Evaluating that tree
//! can't fail for a wrong name or a wrong type, only for what [`EvaluationError`] lists.

mod check;
mod evaluate;
mod functions;
mod guards;
pub(crate) mod large_stack;
mod operators;
mod parse;
mod scope;
mod tree;
mod types;
mod unread;

#[cfg(test)]
mod tests;

pub use evaluate::EvaluationError;
pub use functions::{FUNCTIONS, Function};

pub(crate) use check::nearest;
pub(crate) use evaluate::{Frame, Roots, Truth};
pub(crate) use scope::{FactPath, Scope};
pub(crate) use tree::Expression;
pub(crate) use types::StaticType;

/// What is wrong with an expression.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    /// Where, in characters from the beginning of the expression.
    pub(crate) offset: usize,
    /// What, and what to do.
    pub(crate) message: String,
}

impl Problem {
    pub(crate) fn new(offset: usize, message: impl Into<String>) -> Self {
        Self { offset, message: message.into() }
    }
}
