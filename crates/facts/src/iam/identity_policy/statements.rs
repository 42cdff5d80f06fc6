//! Statements that do something else than their author will have meant.

use palisade_policy::actions::{Action, table};
use palisade_policy::document::{Effect, PolicyDocument, Statement};

use crate::facts;

facts! {
    /// A Deny for an action on users that names only groups.
    pub struct MisplacedDeny as "misplaced_deny" {
        /// The action as the policy spells it.
        action: String, reads [];
        /// Where it stands: a JSON pointer into the policy.
        pointer: String, reads [];
    }
}

/// Actions that AWS took back ("Migrating access control for AWS Billing"): they neither grant nor deny any more.
const RETIRED_ACTIONS: [&str; 9] = [
    "aws-portal:ModifyAccount",
    "aws-portal:ModifyBilling",
    "aws-portal:ModifyPaymentMethods",
    "aws-portal:ViewAccount",
    "aws-portal:ViewBilling",
    "aws-portal:ViewPaymentMethods",
    "aws-portal:ViewUsage",
    "purchase-orders:ModifyPurchaseOrders",
    "purchase-orders:ViewPurchaseOrders",
];

/// The patterns of a policy that mean, of all actions, at least one that AWS took back; those for every service are
/// left out.
pub(super) fn retired_actions(document: &PolicyDocument) -> Vec<String> {
    let patterns = document.statements.iter().flat_map(|statement| &statement.actions.values.items);
    let names_retired = |pattern: &&String| {
        let service = pattern.split(':').next().unwrap_or_default();
        let retired = RETIRED_ACTIONS.iter().filter(|action| means(pattern, action)).count();
        // `purchase-orders:*` also means actions that are in use.
        let in_use = || table().expand(pattern).filter(|action| !is_retired(action)).count();
        !service.contains(['*', '?']) && retired > 0 && (is_portal(service) || in_use() == 0)
    };
    let mut found: Vec<String> = patterns.filter(names_retired).cloned().collect();
    found.sort();
    found.dedup();
    found
}

fn is_portal(service: &str) -> bool {
    service.eq_ignore_ascii_case("aws-portal")
}

fn is_retired(action: &Action<'_>) -> bool {
    RETIRED_ACTIONS.iter().any(|retired| retired.eq_ignore_ascii_case(&action.full_name()))
}

/// Whether a pattern means an action, which the table of actions may no longer have.
fn means(pattern: &str, action: &str) -> bool {
    crate::escalation::matches(&pattern.to_ascii_lowercase(), &action.to_ascii_lowercase())
}

/// The Deny statements on groups for actions that act on users, which a Deny on users does not repeat: being a member
/// does not make a user a part of the group's ARN ("Deny" on `group/…` leaves its members as they are).
pub(super) fn misplaced_denies(document: &PolicyDocument) -> Vec<MisplacedDeny> {
    let denies = || document.statements.iter().filter(|statement| statement.effect == Effect::Deny);
    let reaches_users = |action: &Action<'_>| {
        denies()
            .any(|statement| is_about(statement, action) && resources(statement).any(|one| !is_group(one)))
    };
    let mut found = Vec::new();
    for statement in denies().filter(|one| !one.actions.negated && resources(one).any(is_group)) {
        let whole = statement.actions_pointer();
        for (index, pattern) in statement.actions.values.items.iter().enumerate() {
            let mut named = table().expand(pattern).peekable();
            let acts_on_users = named.peek().is_some()
                && named.all(|action| takes(&action, "user") && !takes(&action, "group"));
            if acts_on_users && !table().expand(pattern).all(|action| reaches_users(&action)) {
                let pointer = statement.actions.values.pointer(&whole, index);
                found.push(MisplacedDeny { action: pattern.clone(), pointer });
            }
        }
    }
    found
}

fn is_about(statement: &Statement, action: &Action<'_>) -> bool {
    let named = statement.actions.values.items.iter().any(|pattern| means(pattern, &action.full_name()));
    named != statement.actions.negated
}

/// The resources that a statement names; with `NotResource`, everything.
fn resources(statement: &Statement) -> impl Iterator<Item = &str> {
    let element = statement.resources.as_ref();
    let named =
        element.filter(|element| !element.negated).into_iter().flat_map(|element| &element.values.items);
    let all = element.filter(|element| element.negated).map(|_| "*");
    named.map(String::as_str).chain(all)
}

fn is_group(arn: &str) -> bool {
    arn.splitn(6, ':').nth(5).is_some_and(|name| name.starts_with("group/"))
}

fn takes(action: &Action<'_>, kind: &str) -> bool {
    action.resource_types().any(|(known, _)| known.name == kind)
}
