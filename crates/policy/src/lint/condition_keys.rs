//! Condition keys: do they exist, do the actions have them, does the operator fit?

use std::rc::Rc;

use crate::actions::{Action, ConditionKey, table};
use crate::document::{Condition, Statement};

use super::expansion::Expansion;
use super::nearest::nearest;
use super::{Code, Findings, actions, conditions};

/// Checks the keys of a statement's conditions.
pub(super) fn check(statement: &Statement, findings: &mut Findings) {
    if statement.conditions.is_empty() {
        return;
    }
    let named = actions::named(statement);
    for condition in &statement.conditions {
        let path = Condition::pointer(condition, statement);
        let Some(key) = known_key(&condition.key) else {
            if !is_of_identity_provider(&condition.key) {
                findings.add(Code::UnknownConditionKey, path, unknown(&condition.key));
            }
            continue;
        };
        if let Some(operator) =
            condition.operator.filter(|operator| !conditions::fits(*operator, condition, key))
        {
            let name = operator.comparison.name();
            let message =
                format!("{name} does not compare keys such as {} ({:?})", key.name, key.key_type.value);
            findings.add(Code::OperatorTypeMismatch, &*path, message);
        }
        let is_unrelated = |named: &[Rc<Expansion>]| {
            let mut actions = named.iter().flat_map(|pattern| &pattern.actions).peekable();
            let has_key =
                |action: &Action<'_>| action.condition_keys().any(|known| known.matches(&condition.key));
            actions.peek().is_some() && !actions.any(has_key)
        };
        let is_global = table().global_key(&condition.key).is_some();
        if !is_global && named.as_deref().is_some_and(is_unrelated) {
            let message = format!("no request of the statement's actions has {}", condition.key);
            findings.add(Code::UnrelatedConditionKey, path, message);
        }
    }
}

/// Finds a key among the global keys, else among those of the service that its prefix names, else of any service.
pub(super) fn known_key(key: &str) -> Option<&'static ConditionKey> {
    let (prefix, _) = key.split_once(':')?;
    let table = table();
    table
        .global_key(key)
        .or_else(|| table.service(prefix)?.condition_key(key))
        // Keys of identity providers and of Cognito stand under other services than their prefix names.
        .or_else(|| OTHER_HOMES.iter().find_map(|home| table.service(home)?.condition_key(key)))
        .or_else(|| {
            let is_service = table.service(prefix).is_some();
            (!is_service).then(|| table.services().find_map(|service| service.condition_key(key)))?
        })
}

/// Services that define keys under prefixes which are no services.
const OTHER_HOMES: [&str; 3] = ["sts", "cognito-identity", "iam"];

/// `oidc.example.com/path:sub`: the claims of any OpenID Connect provider are keys.
fn is_of_identity_provider(key: &str) -> bool {
    key.rsplit_once(':').is_some_and(|(provider, claim)| {
        let host = provider.split('/').next().unwrap_or_default();
        !claim.is_empty() && host.contains('.')
    })
}

fn unknown(key: &str) -> String {
    let what = format!("condition key {key:?}");
    let Some((prefix, _)) = key.split_once(':') else {
        return format!("{}; a key is written prefix:name", actions::unknown(&what, None));
    };
    let global = table().global_keys().iter();
    let own = table().service(prefix).into_iter().flat_map(crate::actions::Service::condition_keys);
    let near = nearest(key, global.chain(own).map(|key| key.name)).map(ToOwned::to_owned);
    actions::unknown(&what, near)
}
