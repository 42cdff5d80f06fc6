//! Users of whom the same is true: those who hold the same policies, as long as no policy tells them apart.

use std::collections::BTreeMap;
use std::sync::Arc;

use palisade_policy::arn::is_account_id;
use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::document::{PolicyDocument, PrincipalKind, Principals};
use palisade_policy::policies::PolicySet;
use palisade_policy::request::Action;

use super::callers::Caller;
use super::target::Target;

/// The policies that count about an action, by where they are in memory: those of the identity, and its boundary.
type Counting = (Vec<*const CompiledPolicy>, Vec<*const CompiledPolicy>);

/// Who stands for whom.
#[derive(Debug)]
pub(super) struct Alike {
    /// By user: who holds the same and stands for all of them; nobody where a policy tells users apart.
    standing_for: BTreeMap<usize, usize>,
}

impl Alike {
    /// Compares users, by their places among the callers.
    pub(super) fn new(callers: &[Caller], users: &[usize], action: &Action) -> Self {
        let mut first: BTreeMap<Counting, usize> = BTreeMap::new();
        let mut standing_for = BTreeMap::new();
        for (user, caller) in users.iter().filter_map(|&user| Some((user, callers.get(user)?))) {
            if let Some(counting) = counting(caller, action) {
                standing_for.insert(user, *first.entry(counting).or_insert(user));
            }
        }
        Self { standing_for }
    }

    /// Who stands for a user before roles that tell nobody apart.
    pub(super) fn for_user(&self, user: usize) -> Option<usize> {
        self.standing_for.get(&user).copied()
    }
}

/// Whether neither the trust policy of a role nor what limits access to it tells users of the account apart.
pub(super) fn is_impersonal(role: &Target<'_>, action: &Action) -> bool {
    let sides = [Some(&role.side), role.delegating.as_ref()];
    let mut sets = sides.into_iter().flatten().flat_map(|side| side.policy.iter().chain(&side.rcps));
    role.documents.iter().all(names_no_user) && sets.all(|set| is_set_impersonal(set, action))
}

/// What counts of what somebody holds; `None` if it tells him apart, or if not all of it could be read.
fn counting(caller: &Caller, action: &Action) -> Option<Counting> {
    let held = &caller.held;
    let limits = held.policies.boundaries.iter().chain(&held.policies.scps);
    if held.missing.is_some() || !limits.into_iter().all(|set| is_set_impersonal(set, action)) {
        return None;
    }
    let counts = |policy: &&Arc<CompiledPolicy>| policy.statements().iter().any(|one| one.is_about(action));
    let identity: Vec<_> = held.policies.identity.policies().iter().filter(counts).collect();
    identity.iter().all(|policy| is_policy_impersonal(policy, action)).then(|| {
        let boundaries = held.policies.boundaries.iter().flat_map(PolicySet::policies);
        (identity.into_iter().map(Arc::as_ptr).collect(), boundaries.map(Arc::as_ptr).collect())
    })
}

fn is_set_impersonal(set: &PolicySet, action: &Action) -> bool {
    set.policies().iter().all(|policy| is_policy_impersonal(policy, action))
}

/// Whether what a policy says of an action hangs on nothing by which two users of an account differ.
fn is_policy_impersonal(policy: &CompiledPolicy, action: &Action) -> bool {
    let mut about = policy.statements().iter().filter(|statement| statement.is_about(action));
    about.all(|statement| {
        statement.condition_keys().is_some_and(|keys| keys.into_iter().all(|key| !is_personal(key)))
    })
}

/// Whether a condition key is a property of the principal ("AWS global condition context keys").
fn is_personal(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key.starts_with("aws:principal") || key == "aws:userid" || key == "aws:username"
}

/// Whether a trust policy names accounts as a whole, everybody, and roles only.
fn names_no_user(policy: &PolicyDocument) -> bool {
    let mut elements = policy.statements.iter().filter_map(|statement| statement.principals.as_ref());
    elements.all(|element| match &element.principals {
        Principals::ByKind(kinds) => {
            let aws = kinds.iter().filter(|(kind, _)| *kind == PrincipalKind::Aws);
            !element.negated && aws.flat_map(|(_, values)| &values.items).all(|name| is_no_user(name))
        }
        _ => !element.negated,
    })
}

fn is_no_user(name: &str) -> bool {
    name == "*"
        || is_account_id(name)
        || name.starts_with("arn:") && (name.ends_with(":root") || name.contains(":role/"))
}
