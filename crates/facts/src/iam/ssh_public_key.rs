//! SSH public keys of IAM users, which open Git repositories of CodeCommit.

use std::sync::Arc;

use jiff::Timestamp;
use palisade_policy::document::Effect;
use palisade_policy::request::Action;
use palisade_snapshot::{Evidence, Observed, RecordKind, User};

use super::IdentityKind;
use super::effective::policies_of_groups;
use crate::clock::days_since;
use crate::context::Context;
use crate::identities::{Identity, Policy};
use crate::subject::Subjects;
use crate::{Kind, Known, Lazy, Missing, Subject, facts, listed};

facts! {
    /// An SSH public key of an IAM user. It opens Git repositories of CodeCommit and nothing else, so only users are
    /// asked about whose policies, or whose groups' policies, allow that somewhere.
    pub struct SshPublicKey as "iam.ssh_public_key" {
        /// The ARN of its user.
        user_arn: String, reads [];
        /// The name of its user.
        user: String, reads [];
        /// Its unique id (`APKA…`).
        id: String, reads [];
        /// Whether it may be used.
        active: bool, reads [];
        /// When it was uploaded.
        uploaded_at: Timestamp, reads [];
        /// How many days ago it was uploaded.
        age_days: i64, reads [];
        /// Whether a policy of its user, or of the user's groups, allows Git in CodeCommit on something
        /// (`codecommit:GitPull`, `codecommit:GitPush`), Denies and conditions aside. If none does, the key opens
        /// nothing.
        opens_repositories: Lazy<Known<bool>>, reads [Groups, Policies];
    }
}

/// SSH public keys.
pub static KIND: Kind = Kind {
    name: "iam.ssh_public_key",
    variable: "ssh_key",
    object: &SshPublicKey::OBJECT,
    listings: &[RecordKind::User],
    reads: &[Evidence::SshPublicKeys],
    wildcard_arn: |shared| {
        format!("arn:{}:iam::{}:user/*/ssh-public-key/*", shared.header.partition, shared.header.account_id)
    },
    subjects,
    hidden,
};

/// One subject per key that was listed.
fn subjects(context: &Arc<Context>) -> Subjects<'_> {
    let users = context.shared.users.iter().enumerate();
    let keys = users.flat_map(move |(index, user)| {
        listed::items(&user.ssh_public_keys).iter().map(move |key| subject(context, index, user, key))
    });
    Box::new(keys)
}

fn subject(
    context: &Arc<Context>,
    index: usize,
    user: &User,
    key: &palisade_snapshot::SshPublicKey,
) -> Subject {
    let asking = Arc::clone(context);
    let facts = SshPublicKey {
        user_arn: user.arn.clone(),
        user: user.name.clone(),
        id: key.id.clone(),
        active: key.active,
        uploaded_at: key.uploaded_at,
        age_days: days_since(key.uploaded_at, context.now()),
        opens_repositories: Lazy::new(move || uses_git(&asking, index)),
    };
    Subject {
        kind: &KIND,
        arn: format!("{}/ssh-public-key/{}", user.arn, key.id),
        name: format!("{} {}", user.name, key.id),
        region: None,
        facts: Box::new(facts),
    }
}

/// What hides keys: those of a user for whom they can be of use, or may be, were not read to their end.
fn hidden(context: &Context) -> Option<Missing> {
    let users = 0..context.shared.users.len();
    users.filter_map(|index| unread(context, index)).reduce(|one, other| one.and(&other))
}

/// What hides keys of one user; none where nobody asked for them because they open nothing.
fn unread(context: &Context, index: usize) -> Option<Missing> {
    let keys = &context.shared.users.get(index)?.ssh_public_keys;
    let missing = listed::hidden(keys, Evidence::SshPublicKeys)?;
    if *keys != Observed::default() {
        return Some(missing);
    }
    match uses_git(context, index) {
        Known::Known(false) => None,
        Known::Known(true) => Some(missing),
        Known::Unknown(policies) => Some(policies.and(&missing)),
    }
}

/// How many active keys a user has that can open a repository.
pub(crate) fn active_keys(context: &Context, index: usize) -> Known<i64> {
    if let Some(missing) = unread(context, index) {
        return Known::Unknown(missing);
    }
    let keys =
        context.shared.users.get(index).map(|user| listed::items(&user.ssh_public_keys)).unwrap_or_default();
    let active = keys.iter().filter(|key| key.active).count();
    if active == 0 {
        return Known::Known(0);
    }
    uses_git(context, index).map(|uses| if uses { i64::try_from(active).unwrap_or(i64::MAX) } else { 0 })
}

/// Whether a policy of a user or of its groups allows Git in CodeCommit on something.
fn uses_git(context: &Context, index: usize) -> Known<bool> {
    let user = Identity { kind: IdentityKind::User, index };
    let policies = context.policies_of(user).into_iter().chain(policies_of_groups(context, user));
    Known::any(policies.map(|policy| policy.map(|policy| allows_git(policy))), None)
}

fn allows_git(policy: &Policy) -> bool {
    let git = ["codecommit:GitPull", "codecommit:GitPush"];
    let actions: Vec<Action> = git.into_iter().filter_map(Action::parse).collect();
    let mut statements = policy.compiled.statements().iter().filter(|one| one.effect() == Effect::Allow);
    statements.any(|statement| actions.iter().any(|action| statement.is_about(action)))
}
