//! Passwords, keys, certificates and MFA devices of users: whose a policy lets its holders change, and whether a second
//! factor is asked for ("AWS: Allows IAM users to manage their own credentials and MFA devices" in the IAM User Guide).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use palisade_policy::arn::Arn;
use palisade_policy::request::Action as Asked;

use super::Permission;
use super::action_classes::CREDENTIAL_CHANGES;
use super::candidates;
use super::held::{Held, groups};
use crate::Known;
use crate::context::Context;
use crate::identities::Identity;

/// The name by which users ask who may be any: no real one.
const ANY_USER: &str = "7q0-any-user-k3";
/// What sets a second factor up, which must be possible without one.
const SET_UP: [&str; 2] = ["iam:EnableMFADevice", "iam:ResyncMFADevice"];

/// The names of the changes of credentials that users may make without a second factor, by the policies that they hold:
/// whoever holds the same may do the same.
#[derive(Debug, Default)]
pub(crate) struct CredentialsWithoutMfa(Mutex<HashMap<Vec<String>, Arc<BTreeSet<String>>>>);

impl CredentialsWithoutMfa {
    /// The names of those that a user may make; unknown if one of his policies is.
    pub(crate) fn of(&self, context: &Context, user: Identity) -> Known<Arc<BTreeSet<String>>> {
        let boundary =
            context.shared.users.get(user.index).and_then(|user| user.permissions_boundary.as_ref());
        let mut names: Vec<String> = boundary.iter().map(|boundary| boundary.arn.clone()).collect();
        for policy in context.policies_of(user).into_iter().chain(groups(context, user)) {
            match policy {
                Known::Known(policy) => names.push(policy.compiled.name().to_owned()),
                Known::Unknown(missing) => return Known::Unknown(missing),
            }
        }
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&names).cloned();
        if let Some(known) = known {
            return Known::Known(known);
        }
        Held::of(context, user).map(|held| {
            let found = held.by_anybody(ANY_USER).credential_changes_without_mfa();
            let found: Arc<BTreeSet<String>> = Arc::new(found.into_iter().map(|one| one.action).collect());
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(names, Arc::clone(&found));
            found
        })
    }
}

impl Held {
    /// The changes of credentials of users that a session with a second factor may make on somebody else than the caller:
    /// of each user, or pattern of users, the first. Nobody there has tags that a condition asks for.
    pub(crate) fn credential_changes_of_others(&self) -> Vec<Permission> {
        let held = self.clone().by_anybody(ANY_USER).in_session_with_mfa().knowing(|request| {
            request.mark_absent("aws:ResourceTag/*");
            request.mark_absent("iam:ResourceTag/*");
        });
        let mut found: BTreeMap<String, Permission> = BTreeMap::new();
        for action in held.mentioned(&CREDENTIAL_CHANGES) {
            for arn in held.users_named(&action.full_name()) {
                if !found.contains_key(&arn)
                    && let Some(permission) = held.may_on(&action.full_name(), &arn)
                {
                    found.insert(arn, permission);
                }
            }
        }
        found.into_values().collect()
    }

    /// The users other than the caller that statements about an action stand for, as far as they are of the account.
    fn users_named(&self, action: &str) -> Vec<String> {
        let Some((action, asked)) =
            palisade_policy::actions::table().action(action).zip(Asked::parse(action))
        else {
            return Vec::new();
        };
        let statements = self.allows().filter(|(_, compiled)| compiled.is_about(&asked)).map(|(one, _)| one);
        let named = candidates::named(&action, statements, &self.context, &self.partition, &self.account);
        let is_other = |arn: &String| {
            Arn::parse(arn).is_some_and(|arn| {
                arn.account == self.account
                    && arn.resource.starts_with("user/")
                    && arn.resource.rsplit('/').next() != Some(ANY_USER)
            })
        };
        named.into_iter().filter(is_other).collect()
    }

    /// The changes of credentials that are allowed on some user without a second factor, in the console or with an access
    /// key; setting a second factor up is none.
    pub(crate) fn credential_changes_without_mfa(&self) -> Vec<Permission> {
        let mut found: BTreeMap<String, Permission> = BTreeMap::new();
        for held in [self.signed_by_key(), self.in_session_without_mfa()] {
            for permission in held.those_somewhere(&CREDENTIAL_CHANGES) {
                if !SET_UP.contains(&permission.action.as_str()) {
                    found.entry(permission.action.clone()).or_insert(permission);
                }
            }
        }
        found.into_values().collect()
    }
}
