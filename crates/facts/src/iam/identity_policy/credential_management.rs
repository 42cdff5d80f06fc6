//! Policies by which users manage passwords, keys, certificates and MFA devices of users.

use std::sync::Arc;

use palisade_policy::actions::{AccessLevel, Action, table};
use palisade_policy::document::{Effect, PolicyDocument, PolicyVersion, Statement};
use palisade_snapshot::RecordKind;

use super::Place;
use crate::context::Context;
use crate::iam::effective::{Held, assumptions, is_of_own_credentials};
use crate::iam::{IdentityKind, Permission};
use crate::identities::Identity;
use crate::{Known, Lazy, Listed, Missing, facts};

facts! {
    /// What a policy lets its holders do with passwords, keys, certificates and MFA devices of users.
    pub struct CredentialManagement as "credential_management" {
        /// The patterns of actions that it allows and that stand for changes of these and for no other changes. Who
        /// may change everything does not manage credentials by it: the list is empty.
        actions: Vec<String>, reads [];
        /// Resources with a policy variable of the statements that allow these, which version 2008-10-17 of the
        /// language, the default, takes for text: they stand for nobody.
        literal_variables: Vec<String>, reads [];
        /// The users other than the caller on whom the policy allows such a change to a session with MFA, each with the
        /// first: `iam:ChangePassword` is none, because it always means the caller's own.
        of_others: Lazy<Vec<Permission>>, reads [];
        /// What it lets users change without MFA.
        without_mfa: Lazy<ChangesWithoutMfa>, reads [Users, Groups, Policies, ServiceControlPolicies];
    }
}

facts! {
    /// Changes of credentials that users may make without MFA.
    pub struct ChangesWithoutMfa as "changes_without_mfa" {
        /// The changes that the policy allows without MFA and that nothing else denies to some user who holds it.
        /// Setting up MFA is none.
        changes: Listed<Permission>, reads [];
        /// What is taken for granted because it could not be read: `scp_not_read`.
        assumes: Vec<String>, reads [];
    }
}

/// What a policy lets its holders do with credentials.
pub(super) fn of(context: &Arc<Context>, place: Place) -> Known<CredentialManagement> {
    place.policy(context).map(|policy| {
        let held = || Held::of_policy(context, policy);
        let (others, alone, asking) = (held(), held(), Arc::clone(context));
        CredentialManagement {
            actions: patterns(&policy.document),
            literal_variables: literal_variables(&policy.document),
            of_others: Lazy::new(move || others.credential_changes_of_others()),
            without_mfa: Lazy::new(move || {
                let alone = alone.credential_changes_without_mfa();
                ChangesWithoutMfa {
                    changes: left_to_somebody(&asking, place, alone),
                    assumes: assumptions(&asking),
                }
            }),
        }
    })
}

/// The Allow statements that are about credentials of users and nothing else that changes something, with the patterns.
fn managing(document: &PolicyDocument) -> impl Iterator<Item = (&Statement, Vec<&String>)> {
    let allows = document.statements.iter().filter(|one| one.effect == Effect::Allow && !one.actions.negated);
    allows.filter_map(|statement| {
        let patterns = statement.actions.values.items.iter().filter(|pattern| is_about_credentials(pattern));
        let patterns: Vec<&String> = patterns.collect();
        (!patterns.is_empty()).then_some((statement, patterns))
    })
}

fn patterns(document: &PolicyDocument) -> Vec<String> {
    let mut found: Vec<String> = managing(document).flat_map(|(_, patterns)| patterns).cloned().collect();
    found.sort();
    found.dedup();
    found
}

/// Whether a pattern stands for some change of credentials, and for no other change.
fn is_about_credentials(pattern: &str) -> bool {
    if !pattern.to_ascii_lowercase().starts_with("iam:") {
        return false;
    }
    let changes =
        |action: &Action<'_>| !matches!(action.access_level(), AccessLevel::List | AccessLevel::Read);
    let mut changes = table().expand(pattern).filter(changes).peekable();
    changes.peek().is_some() && changes.all(|action| is_of_own_credentials(&action))
}

fn literal_variables(document: &PolicyDocument) -> Vec<String> {
    if document.version == PolicyVersion::V2012 {
        return Vec::new();
    }
    let elements = managing(document).filter_map(|(statement, _)| statement.resources.as_ref());
    let mut found: Vec<String> = elements
        .flat_map(|element| &element.values.items)
        .filter(|one| one.contains("${"))
        .cloned()
        .collect();
    found.sort();
    found.dedup();
    found
}

/// Those of the changes that some user may make who holds the policy, himself or by a group: something else that he
/// holds may deny them without a second factor.
fn left_to_somebody(context: &Arc<Context>, place: Place, alone: Vec<Permission>) -> Listed<Permission> {
    if alone.is_empty() {
        return Listed::complete(alone);
    }
    let (users, mut hidden) = users(context, place);
    let mut denied = alone;
    let mut left = Vec::new();
    for index in users {
        if denied.is_empty() {
            break;
        }
        let user = Identity { kind: IdentityKind::User, index };
        match context.credentials_without_mfa.of(context, user) {
            Known::Known(open) => {
                let (more, rest) =
                    denied.into_iter().partition(|one: &Permission| open.contains(&one.action));
                left.extend::<Vec<Permission>>(more);
                denied = rest;
            }
            Known::Unknown(missing) => hidden = Missing::either(hidden, Some(missing)),
        }
    }
    left.sort_by(|one, other| one.action.cmp(&other.action));
    Listed { items: left, incomplete: hidden.filter(|_| !denied.is_empty()) }
}

/// The places of the users who hold a policy, themselves or by a group, and what hides others.
fn users(context: &Context, place: Place) -> (Vec<usize>, Option<Missing>) {
    let (holders, hidden) = match place {
        Place::Inline(identity, _) => (vec![identity], None),
        Place::Managed(index) => {
            let arn = context.shared.policies.get(index).map_or("", |policy| policy.arn.as_str());
            let hidden = context.identities_incomplete(&[RecordKind::User, RecordKind::Group]);
            (context.holders(arn).to_vec(), hidden)
        }
    };
    let mut users = Vec::new();
    let mut has_groups = false;
    for holder in holders {
        match holder.kind {
            IdentityKind::User => users.push(holder.index),
            IdentityKind::Group => {
                has_groups = true;
                let name = context.identity(holder).map_or("", |record| record.name);
                users.extend(context.members(name).map(|(index, _)| index));
            }
            IdentityKind::Role => {}
        }
    }
    users.sort_unstable();
    users.dedup();
    let unlisted = context.incomplete(RecordKind::User).filter(|_| has_groups);
    (users, Missing::either(hidden, unlisted))
}
