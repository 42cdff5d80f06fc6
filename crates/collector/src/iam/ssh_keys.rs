//! SSH public keys, of the users for whom they can be of use.
//!
//! An SSH key of IAM opens Git repositories of CodeCommit and nothing else ("Use SSH keys and SSH with CodeCommit" in
//! the IAM User Guide). So only users are asked about whom the collected policies let do that anywhere. This looks at
//! `Effect`, `Action` and `NotAction` alone and takes what it does not understand for a yes: whether a user really may
//! is for others to decide.

use std::collections::HashMap;

use palisade_snapshot::{AttachedPolicy, Evidence, InlinePolicy, Paged, SshPublicKey, User};
use serde::Deserialize;

use super::{AT_ONCE, Iam, Identities, next_marker};
use crate::details;
use crate::document::timestamp;
use crate::failure::Failure;
use crate::operation::LIST_SSH_PUBLIC_KEYS;
use crate::reader::{Gone, Missing, required};

/// The service, and the operations of it that SSH keys authenticate, in lower case.
const SERVICE: &str = "codecommit";
const OPERATIONS: [&str; 2] = ["gitpull", "gitpush"];

impl Iam<'_> {
    /// The identities, with the SSH public keys of those users whose policies name Git in CodeCommit. Users who were
    /// deleted meanwhile are told apart.
    pub(crate) async fn with_ssh_public_keys(&self, mut identities: Identities) -> Identities {
        let git = GitPolicies::of(&identities);
        let (asked, others): (Vec<User>, Vec<User>) =
            std::mem::take(&mut identities.users).into_iter().partition(|user| git.concern(user));
        self.reader.progress.planned(asked.len() as u64);
        identities.users = others;
        let (users, deleted) = details::each(asked, AT_ONCE, |mut user| async {
            let keys = self.ssh_public_keys(user.name.clone());
            match Box::pin(self.reader.observe(Evidence::SshPublicKeys, keys)).await {
                Ok(keys) => {
                    user.ssh_public_keys = keys;
                    Ok(user)
                }
                Err(Gone) => Err(user.arn),
            }
        })
        .await;
        identities.users.extend(users);
        identities.deleted_users.extend(deleted);
        identities.deleted_users.sort();
        identities
    }

    /// `ListSSHPublicKeys` of one user.
    async fn ssh_public_keys(&self, user: String) -> Result<Paged<SshPublicKey>, Failure> {
        let pages = self.reader.pages(&LIST_SSH_PUBLIC_KEYS, |marker| {
            let call = self.client.list_ssh_public_keys().user_name(&user).set_marker(marker).send();
            self.reader.read(&LIST_SSH_PUBLIC_KEYS, self.home, call, |page| {
                let next = next_marker(page.is_truncated, page.marker)?;
                let listed = required(page.ssh_public_keys, "SSHPublicKeys")?.into_iter();
                let keys: Result<Vec<_>, Missing> = listed.map(key).collect();
                Ok((keys?, next))
            })
        });
        let mut keys = pages.await.into_paged()?;
        keys.items.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(keys)
    }
}

fn key(one: aws_sdk_iam::types::SshPublicKeyMetadata) -> Result<SshPublicKey, Missing> {
    Ok(SshPublicKey {
        active: one.status == aws_sdk_iam::types::StatusType::Active,
        uploaded_at: timestamp(&one.upload_date)?,
        id: one.ssh_public_key_id,
    })
}

/// Which managed policies and groups name Git in CodeCommit.
struct GitPolicies {
    managed: HashMap<String, bool>,
    groups: HashMap<String, bool>,
}

impl GitPolicies {
    fn of(identities: &Identities) -> Self {
        let managed = identities.policies.iter().map(|policy| {
            let names_git = policy.document().is_none_or(names_git);
            (policy.arn.clone(), names_git)
        });
        let mut all = Self { managed: managed.collect(), groups: HashMap::new() };
        let groups = identities
            .groups
            .iter()
            .map(|group| (group.name.clone(), all.hold(&group.inline_policies, &group.attached_policies)));
        all.groups = groups.collect();
        all
    }

    /// Whether a policy of a user or of its groups names Git; one that was not read may.
    fn concern(&self, user: &User) -> bool {
        self.hold(&user.inline_policies, &user.attached_policies)
            || user.groups.iter().any(|group| self.groups.get(group).copied().unwrap_or(true))
    }

    fn hold(&self, inline: &[InlinePolicy], attached: &[AttachedPolicy]) -> bool {
        inline.iter().any(|policy| names_git(&policy.document))
            || attached.iter().any(|policy| self.managed.get(&policy.arn).copied().unwrap_or(true))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    statement: OneOrMany<Statement>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    effect: String,
    action: Option<OneOrMany<String>>,
    not_action: Option<OneOrMany<String>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    fn items(&self) -> &[T] {
        match self {
            Self::One(item) => std::slice::from_ref(item),
            Self::Many(items) => items,
        }
    }
}

/// Whether a policy allows Git in CodeCommit on something; a text that is no policy may.
fn names_git(policy: &str) -> bool {
    let Ok(document) = serde_json::from_str::<Document>(policy) else { return true };
    document.statement.items().iter().any(Statement::allows_git)
}

impl Statement {
    fn allows_git(&self) -> bool {
        let about = |list: &OneOrMany<String>, operation: &str| {
            list.items().iter().any(|pattern| matches(&pattern.to_ascii_lowercase(), operation))
        };
        let selects = |operation: &&str| match (&self.action, &self.not_action) {
            (Some(actions), None) => about(actions, operation),
            (None, Some(others)) => !about(others, operation),
            _ => true,
        };
        self.effect != "Deny" && OPERATIONS.iter().any(selects)
    }
}

/// Whether a pattern such as `codecommit:Git*` is about an operation of CodeCommit. `*` alone is about everything;
/// else the colon is no part of what a wildcard stands for.
fn matches(pattern: &str, operation: &str) -> bool {
    match pattern.split_once(':') {
        Some((service, name)) => {
            fits(service.as_bytes(), SERVICE.as_bytes()) && fits(name.as_bytes(), operation.as_bytes())
        }
        None => !pattern.is_empty() && pattern.bytes().all(|byte| byte == b'*'),
    }
}

/// Whether a text fits a pattern in which `*` is any run of characters and `?` any one. It goes back to the last `*`
/// only, so that its time is bounded by the product of both lengths.
fn fits(mut pattern: &[u8], mut text: &[u8]) -> bool {
    let mut behind_run: Option<(&[u8], &[u8])> = None;
    loop {
        match (pattern.split_first(), text.split_first()) {
            (Some((b'*', rest)), _) => {
                behind_run = Some((rest, text));
                pattern = rest;
            }
            (Some((wanted, rest)), Some((found, left))) if *wanted == b'?' || wanted == found => {
                (pattern, text) = (rest, left);
            }
            (None, None) => return true,
            _ => {
                let Some((rest, [_, left @ ..])) = behind_run else { return false };
                behind_run = Some((rest, left));
                (pattern, text) = (rest, left);
            }
        }
    }
}

#[cfg(test)]
mod tests;
