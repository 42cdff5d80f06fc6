//! What the conditions of a statement ask of the caller.

use palisade_policy::document::{Condition, Statement};

/// Keys whose value the caller chooses, so that a condition on them keeps nobody out. A key that ends in `/`
/// stands for all that begin so.
const CHOSEN_BY_CALLER: [&str; 12] = [
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:Referer",
    "aws:RequestTag/",
    "aws:SecureTransport",
    "aws:TagKeys",
    "aws:UserAgent",
    "s3:delimiter",
    "s3:max-keys",
    "s3:prefix",
    "sts:DurationSeconds",
    "sts:RoleSessionName",
];

/// The conditions on who or where the caller is.
pub(crate) fn residual(statement: &Statement) -> impl Iterator<Item = &Condition> {
    statement.conditions.iter().filter(|condition| !is_chosen_by_caller(&condition.key))
}

/// A condition as text for people.
pub(crate) fn text(condition: &Condition) -> String {
    format!("{} {} {}", condition.operator_name, condition.key, condition.values.items.join(" | "))
}

/// Whether the caller chooses the value of a condition key.
pub(crate) fn is_chosen_by_caller(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    CHOSEN_BY_CALLER.iter().any(|known| {
        let known = known.to_ascii_lowercase();
        if known.ends_with('/') { key.starts_with(&known) } else { key == known }
    })
}
