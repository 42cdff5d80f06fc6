//! Whether a technique can work without context that nobody knows: a quick test that spares most tries.

use palisade_policy::document::{Condition, Effect, PrincipalKind as Names, Principals, Statement};
use palisade_policy::request::Action;

use super::attempt::Attacker;
use super::permission::statements;
use super::search::ASSUME;
use super::technique::{Step, Technique, TrustPolicy};
use super::world::{PolicyIndex, Principal, World};

/// Condition keys about where a caller is and how he signed in, which no request and no target tells.
const NEVER_KNOWN: [&str; 7] = [
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:SourceIp",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:VpcSourceIp",
];

/// What a role's trust policy can give at best.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TrustAtBest {
    /// Credentials for whoever it names.
    Certain,
    /// The same, but it names whole accounts only: identity policies must allow it too.
    ByIdentityPolicy,
    /// Credentials for those of whom something holds that nobody knows.
    Conditional,
}

impl World {
    /// What the trust policy of a role can give at best.
    pub(super) fn trust_at_best(&self, role: &Principal) -> TrustAtBest {
        let (Some(policy), Some(action)) = (role.trust, Action::parse(ASSUME)) else {
            return TrustAtBest::Certain;
        };
        if self.hangs_on_the_unknown(&[policy], &action) {
            return TrustAtBest::Conditional;
        }
        let document = self.policies.get(policy).map(|policy| &policy.read.document);
        let allowing = document.into_iter().flat_map(|document| &document.statements);
        let mut allowing = allowing.filter(|statement| statement.effect == Effect::Allow);
        if allowing.all(names_accounts_only) { TrustAtBest::ByIdentityPolicy } else { TrustAtBest::Certain }
    }

    /// Whether each statement of these policies that allows an action has a condition on a key that is never known.
    fn hangs_on_the_unknown(&self, policies: &[PolicyIndex], action: &Action) -> bool {
        let policies = policies.iter().filter_map(|&index| self.policies.get(index));
        let mut statements = policies.flat_map(|policy| statements(policy));
        statements.all(|(statement, compiled)| {
            statement.effect != Effect::Allow
                || !compiled.is_about(action)
                || statement.conditions.iter().any(is_never_known)
        })
    }
}

impl Attacker<'_> {
    /// Whether a technique works at best under conditions that nobody knows, whatever its target but for its trust
    /// policy.
    pub(super) fn is_conditional_at_best(&self, technique: &Technique, trust: TrustAtBest) -> bool {
        if technique.provider.is_some() || technique.through.is_some() {
            return false;
        }
        let needed = technique.steps.iter().filter(|step| step.when.is_none() && step.one_of.is_empty());
        needed.into_iter().any(|step| match step.trust {
            None => self.is_never_certain(step),
            Some(TrustPolicy::Written) => false,
            Some(TrustPolicy::Existing) => match trust {
                TrustAtBest::Certain => false,
                TrustAtBest::ByIdentityPolicy => self.is_never_certain(step),
                TrustAtBest::Conditional => true,
            },
        })
    }

    /// Whether all that allows a step in the identity policies hangs on what nobody knows.
    fn is_never_certain(&self, step: &Step) -> bool {
        if step.context.keys().any(|key| NEVER_KNOWN.iter().any(|one| one.eq_ignore_ascii_case(key))) {
            return false;
        }
        if let Some(known) = self.node.never_certain.borrow().get(&step.action) {
            return *known;
        }
        let action = Action::parse(&step.action);
        let never =
            action.is_some_and(|action| self.world.hangs_on_the_unknown(&self.node.identity, &action));
        self.node.never_certain.borrow_mut().insert(step.action.clone(), never);
        never
    }
}

fn is_never_known(condition: &Condition) -> bool {
    NEVER_KNOWN.iter().any(|key| key.eq_ignore_ascii_case(&condition.key))
}

/// Whether a statement names nobody but AWS accounts as a whole.
fn names_accounts_only(statement: &Statement) -> bool {
    let Some(element) = &statement.principals else { return false };
    let Principals::ByKind(kinds) = &element.principals else { return false };
    let is_account = |name: &String| {
        name.ends_with(":root") || name.len() == 12 && name.bytes().all(|one| one.is_ascii_digit())
    };
    let mut names =
        kinds.iter().filter(|(kind, _)| *kind == Names::Aws).flat_map(|(_, values)| &values.items);
    !element.negated && names.all(is_account)
}
