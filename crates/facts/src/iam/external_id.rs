//! What third parties have to show to assume a role ("How to use an external ID when granting access to your AWS
//! resources to a third party" in the IAM User Guide).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use palisade_policy::document::{
    Comparison, Condition, Effect, PolicyDocument, PrincipalKind, Principals, Statement,
};
use palisade_snapshot::{Evidence, Reason, RecordKind};

use crate::context::Context;
use crate::resource_policy::account_of;
use crate::{Known, Missing, facts, identities};

facts! {
    /// An external ID that a trust policy asks for.
    pub struct ExternalId as "external_id" {
        /// The value.
        value: String, reads [];
        /// Where it stands: a JSON pointer into the trust policy.
        pointer: String, reads [];
        /// Whether it is a pattern or holds a policy variable, so that several values fit.
        pattern: bool, reads [];
        /// Whether it is the id of an account: twelve digits.
        account_id: bool, reads [];
        /// Whether it is the name of the role, whatever the case.
        role_name: bool, reads [];
        /// Whether a statement of this or another role asks for the same and lets in none of the same accounts.
        shared: Known<bool>, reads [];
    }
}

const KEY: &str = "sts:ExternalId";

/// For each external ID the accounts that each statement with it lets in, once asked for.
#[derive(Debug, Default)]
pub(crate) struct ExternalIds(OnceLock<Index>);

#[derive(Debug, Default)]
struct Index {
    accounts: BTreeMap<String, BTreeSet<BTreeSet<String>>>,
    /// Why there may be more.
    hidden: Option<Missing>,
}

impl Index {
    fn new(context: &Context) -> Self {
        let mut index = Self { hidden: context.incomplete(RecordKind::Role), ..Self::default() };
        let asks = |text: &str| text.to_ascii_lowercase().contains(&KEY.to_ascii_lowercase());
        for role in context.shared.roles.iter().filter(|role| asks(&role.trust_policy)) {
            let Known::Known(document) = identities::read(&role.trust_policy, Evidence::Roles) else {
                let malformed = Missing::because(Evidence::Roles, Reason::Malformed);
                index.hidden = Missing::either(index.hidden, Some(malformed));
                continue;
            };
            for (statement, condition) in asking(&document) {
                let accounts = third_parties(context, statement);
                for value in &condition.values.items {
                    index.accounts.entry(value.clone()).or_default().insert(accounts.clone());
                }
            }
        }
        index
    }
}

/// The external IDs that a trust policy asks for.
pub(super) fn of_document(context: &Arc<Context>, role: &str, document: &PolicyDocument) -> Vec<ExternalId> {
    let name = role.rsplit('/').next().unwrap_or_default();
    let mut found = Vec::new();
    for (statement, condition) in asking(document) {
        let accounts = third_parties(context, statement);
        let whole = condition.pointer(statement);
        for (index, value) in condition.values.items.iter().enumerate() {
            found.push(ExternalId {
                pattern: is_pattern(condition, value),
                account_id: account_of(value) == Some(value.as_str()),
                role_name: value.eq_ignore_ascii_case(name),
                shared: is_shared(context, value, &accounts),
                pointer: condition.values.pointer(&whole, index),
                value: value.clone(),
            });
        }
    }
    found
}

/// The conditions of Allow statements that ask for an external ID.
fn asking(document: &PolicyDocument) -> impl Iterator<Item = (&Statement, &Condition)> {
    let allows = document.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    let is_asked = |condition: &&Condition| {
        let is_comparison = condition.operator.is_some_and(|operator| {
            !operator.comparison.is_negated() && operator.comparison != Comparison::Null
        });
        is_comparison && condition.key.eq_ignore_ascii_case(KEY)
    };
    allows.flat_map(move |statement| {
        statement.conditions.iter().filter(is_asked).map(move |condition| (statement, condition))
    })
}

fn is_pattern(condition: &Condition, value: &str) -> bool {
    let compares_patterns =
        condition.operator.is_some_and(|operator| operator.comparison == Comparison::StringLike);
    compares_patterns && value.contains(['*', '?']) || value.contains("${")
}

/// The accounts other than the role's own that a statement names.
fn third_parties(context: &Context, statement: &Statement) -> BTreeSet<String> {
    let Some(Principals::ByKind(kinds)) = statement.principals.as_ref().map(|element| &element.principals)
    else {
        return BTreeSet::new();
    };
    let named =
        kinds.iter().filter(|(kind, _)| *kind == PrincipalKind::Aws).flat_map(|(_, values)| &values.items);
    let accounts = named.filter_map(|value| account_of(value));
    accounts.filter(|account| *account != context.shared.header.account_id).map(str::to_owned).collect()
}

fn is_shared(context: &Context, value: &str, accounts: &BTreeSet<String>) -> Known<bool> {
    let index = context.external_ids.0.get_or_init(|| Index::new(context));
    let others = index.accounts.get(value).into_iter().flatten();
    let mut others = others.filter(|others| !others.is_empty());
    let found = !accounts.is_empty() && others.any(|others| others.is_disjoint(accounts));
    Known::any([Known::Known(found)], index.hidden.clone().filter(|_| !accounts.is_empty()))
}
