//! Whom a resource policy lets in who is no user or role of the account.

use std::collections::BTreeMap;

use palisade_policy::arn::{Arn, is_account_id};
use palisade_policy::document::{Effect, PolicyDocument, PrincipalKind, Principals};
use palisade_policy::principal::{Principal, PrincipalType};

use super::CallerKind;
use super::callers::{Caller, Callers};

/// The callers that the Allow statements of a policy are about, by name, each once.
pub(super) fn named_by(policy: &PolicyDocument, callers: &Callers<'_>, own: &str) -> Vec<Caller> {
    let mut found = BTreeMap::new();
    let mut add = |caller: Caller| {
        found.entry((caller.kind, caller.name.clone())).or_insert(caller);
    };
    for statement in policy.statements.iter().filter(|statement| statement.effect == Effect::Allow) {
        let Some(element) = &statement.principals else { continue };
        let kinds = match &element.principals {
            Principals::ByKind(kinds) if !element.negated => kinds.as_slice(),
            _ => {
                everybody(callers).into_iter().for_each(&mut add);
                continue;
            }
        };
        for (kind, values) in kinds {
            for value in &values.items {
                match (kind, value.as_str()) {
                    (PrincipalKind::Aws, "*") => everybody(callers).into_iter().for_each(&mut add),
                    (PrincipalKind::Aws, value) => aws(value, callers, own).into_iter().for_each(&mut add),
                    (PrincipalKind::Service, "*") => add(service("*.amazonaws.com", callers)),
                    (PrincipalKind::Service, value) => add(service(value, callers)),
                    (PrincipalKind::Federated, value) => {
                        add(callers.without_policies(value, Principal::parse(value), CallerKind::Federated));
                    }
                    (PrincipalKind::CanonicalUser, value) => add(callers.without_policies(
                        value,
                        Principal::parse(value),
                        CallerKind::CanonicalUser,
                    )),
                }
            }
        }
    }
    found.into_values().collect()
}

fn everybody(callers: &Callers<'_>) -> [Caller; 2] {
    let anonymous = callers.without_policies("anonymous", Principal::anonymous(), CallerKind::Anonymous);
    [anonymous, callers.somebody(None)]
}

fn service(name: &str, callers: &Callers<'_>) -> Caller {
    callers.without_policies(name, Principal::parse(name), CallerKind::Service)
}

/// Somebody named under `AWS`: another account or somebody in it, or a session of the own account. A unique id
/// stands for a principal that was deleted, which is nobody.
fn aws(value: &str, callers: &Callers<'_>, own: &str) -> Option<Caller> {
    let account = if is_account_id(value) { value } else { Arn::parse(value)?.account };
    let principal = Principal::parse(value);
    match principal.kind() {
        PrincipalType::Root if account == own => None,
        PrincipalType::Root => Some(callers.somebody(Some(account))),
        PrincipalType::RoleSession { .. } if account == own => callers.find(value).ok(),
        PrincipalType::User { .. } | PrincipalType::Role { .. } if account == own => None,
        _ => Some(callers.uncollected(principal)),
    }
}
