//! The accounts that a policy names.

use std::collections::BTreeMap;

use palisade_policy::document::{Condition, PolicyDocument};

use crate::context::Context;
use crate::facts;
use crate::resource_policy::account_of;

facts! {
    /// Another account that a policy names.
    pub struct NamedAccount as "named_account" {
        /// The twelve digits.
        account: String, reads [];
        /// Whether `palisade.toml` declares the account as trusted.
        declared: bool, reads [];
        /// Where the policy names it first: a JSON pointer.
        pointer: String, reads [];
    }
}

/// The accounts other than its own that a policy names in resources, and in conditions on ARNs and accounts.
pub(super) fn of(context: &Context, document: &PolicyDocument) -> Vec<NamedAccount> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut note = |account: Option<&str>, pointer: String| {
        if let Some(account) = account {
            found.entry(account.to_owned()).or_insert(pointer);
        }
    };
    for statement in &document.statements {
        if let Some((element, whole)) = statement.resources.as_ref().zip(statement.resources_pointer()) {
            for (index, value) in element.values.items.iter().enumerate() {
                note(account_of(value), element.values.pointer(&whole, index));
            }
        }
        for condition in &statement.conditions {
            let whole = condition.pointer(statement);
            for (index, value) in condition.values.items.iter().enumerate() {
                let is_told = value.starts_with("arn:") || is_about_accounts(condition);
                note(account_of(value).filter(|_| is_told), condition.values.pointer(&whole, index));
            }
        }
    }
    found.remove(&context.shared.header.account_id);
    let named = |(account, pointer)| NamedAccount {
        declared: context.declarations.trusted_accounts.contains(&account),
        account,
        pointer,
    };
    found.into_iter().map(named).collect()
}

/// Whether the values of a condition are accounts, such as those of `aws:PrincipalAccount` and `kms:CallerAccount`.
fn is_about_accounts(condition: &Condition) -> bool {
    let key = condition.key.to_ascii_lowercase();
    key.ends_with("account") || key == "aws:sourceowner"
}
