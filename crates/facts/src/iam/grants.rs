//! Whether the policies of an identity let it do one thing on every resource.

use palisade_policy::actions::table;
use palisade_policy::document::{Effect, PatternElement, PolicyDocument, Statement};

use super::full_administrator::is_for_everything;
use crate::{Access, conditions};

/// Whether these policies of one identity allow an action, such as `billing:GetBillingData`, on every
/// resource. A Deny with conditions on who or where the caller is makes it conditional.
pub(crate) fn allows(documents: &[&PolicyDocument], action: &str) -> Access {
    let about = |effect: Effect| {
        let of = |document: &&PolicyDocument| {
            let statements = document.statements.iter();
            let access = statements
                .filter(|statement| statement.effect == effect && names(&statement.actions, action))
                .filter(|statement| is_for_everything(statement, effect))
                .map(strength);
            access.max().unwrap_or(Access::No)
        };
        documents.iter().map(of).max().unwrap_or(Access::No)
    };
    match about(Effect::Deny) {
        Access::Yes => Access::No,
        Access::Conditional => about(Effect::Allow).min(Access::Conditional),
        Access::No => about(Effect::Allow),
    }
}

/// Whether a statement counts for everybody. Of a Deny, a condition that the caller chooses is one he evades.
fn strength(statement: &Statement) -> Access {
    match (statement.effect, conditions::access(statement)) {
        (Effect::Deny, Access::Yes) if !statement.conditions.is_empty() => Access::No,
        (_, access) => access,
    }
}

/// Whether an `Action` or `NotAction` element names an action.
pub(crate) fn names(element: &PatternElement, action: &str) -> bool {
    let is_it =
        |pattern: &String| table().expand(pattern).any(|one| one.full_name().eq_ignore_ascii_case(action));
    element.values.items.iter().any(is_it) != element.negated
}
