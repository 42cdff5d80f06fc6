//! Rule files: YAML with places, then fields, then checked rules.

mod document;
mod fields;
mod read;
mod rule_file;

#[cfg(test)]
mod tests;

pub(crate) use fields::rule_keys;
pub use fields::rule_schema;
pub use read::LoadProblem;
pub(crate) use rule_file::{read_rule, read_tested_rule};
