//! What must hold of a target, as far as it is known.

use std::collections::BTreeSet;
use std::rc::Rc;

use palisade_policy::context::Context;
use palisade_policy::document::{PrincipalKind as Names, Principals};
use palisade_policy::policies::PrincipalPolicies;
use palisade_policy::principal::Principal as EnginePrincipal;
use palisade_policy::request::{Action, Request, Resource};

use super::answers::Trusting;
use super::attempt::{Attacker, Target};
use super::permission::Question;
use super::technique::{Prerequisite, Step, TrustPolicy};
use super::world::{Boundary, PolicyIndex, PrincipalIndex, PrincipalKind, World};

/// A managed policy has at most so many versions ("IAM and AWS STS quotas").
const MOST_VERSIONS: usize = 5;
/// A user has at most so many access keys ("IAM and AWS STS quotas").
const MOST_ACCESS_KEYS: u8 = 2;

/// Whether something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Yes,
    No,
    /// Nothing tells; this is assumed in the attacker's favour.
    Assumed(&'static str),
}

impl Holds {
    fn known(fact: Option<bool>, assumed: &'static str) -> Self {
        match fact {
            Some(true) => Self::Yes,
            Some(false) => Self::No,
            None => Self::Assumed(assumed),
        }
    }
}

impl Prerequisite {
    /// That it does not hold, as an assumption.
    pub(super) fn absence(self) -> &'static str {
        match self {
            Self::Mfa => "the user has no MFA device",
            Self::AccessKeysFull => "the user has fewer than two access keys",
            Self::LoginProfile => "the user has no console password",
            _ => "nothing else stands in the way",
        }
    }
}

impl World {
    /// Whether a prerequisite holds of a target.
    pub(super) fn holds(&self, prerequisite: Prerequisite, target: Target) -> Holds {
        let principal = target.principal.and_then(|index| self.principals.get(index));
        let credentials = principal.map(|principal| principal.credentials).unwrap_or_default();
        let policy = target.policy.and_then(|index| self.managed.get(index));
        let is = |fact: bool| if fact { Holds::Yes } else { Holds::No };
        let full = policy.is_some_and(|policy| policy.versions >= MOST_VERSIONS);
        let in_profile = principal.is_some_and(|principal| !principal.instance_profiles.is_empty());
        let keys = |wanted: bool| credentials.access_keys.map(|count| (count >= MOST_ACCESS_KEYS) == wanted);
        match prerequisite {
            Prerequisite::LoginProfile => {
                Holds::known(credentials.login_profile, "the user has a console password")
            }
            Prerequisite::NoLoginProfile => {
                Holds::known(credentials.login_profile.map(|has| !has), "the user has no console password")
            }
            Prerequisite::Mfa => Holds::known(credentials.mfa, "the user has an MFA device"),
            Prerequisite::AccessKeySlot => {
                Holds::known(keys(false), "the user has fewer than two access keys")
            }
            Prerequisite::AccessKeysFull => Holds::known(keys(true), "the user has two access keys"),
            Prerequisite::VersionSlot => is(!full),
            Prerequisite::VersionsFull => is(full),
            Prerequisite::InstanceProfile => is(in_profile),
            Prerequisite::NoInstanceProfile => is(!in_profile),
            Prerequisite::Boundary => {
                is(principal.is_some_and(|principal| !matches!(principal.boundary, Boundary::None)))
            }
        }
    }

    /// Whether a role trusts a service: `Some(true)` if only under conditions that nobody can know, `None` if not.
    pub(super) fn trusts_service(&self, role: PrincipalIndex, service: &str) -> Option<bool> {
        if let Some(known) =
            self.answers.trusted.borrow().get(&role).and_then(|services| services.get(service))
        {
            return *known;
        }
        let trusted = self.decide_trust(role, service);
        self.answers.trusted.borrow_mut().entry(role).or_default().insert(service.to_owned(), trusted);
        trusted
    }

    fn decide_trust(&self, role: PrincipalIndex, service: &str) -> Option<bool> {
        let role = self.principals.get(role)?;
        let account = self.accounts.get(role.account)?;
        let regional = format!("{service}.cn");
        let names = [service, regional.as_str()];
        let in_china = account.partition == "aws-cn";
        let names = names.into_iter().take(if in_china { 2 } else { 1 });
        names.filter_map(|service| self.lets_in(role, &account.id, service)).min()
    }

    fn lets_in(&self, role: &super::world::Principal, account: &str, service: &str) -> Option<bool> {
        let trust = role.trust?;
        let resource_side = self.role_side(role.account, self.compiled(&[trust]).pop()?);
        let principal = EnginePrincipal::parse(service);
        let action = Action::parse("sts:AssumeRole")?;
        let resource = Resource::new(&role.arn);
        let mut context = Request::implied_context(&principal, &resource);
        context.set("aws:SourceAccount", account);
        context.mark_unknown("aws:SourceOrgID");
        context.mark_unknown("aws:SourceOrgPaths");
        tags(&mut context, &role.tags);
        let side = PrincipalPolicies::default();
        let question = Question {
            principal: &principal,
            side: &side,
            policies: [&[trust], self.rcp_policies(role.account)].concat(),
            action: &action,
            resource: &resource,
            resource_side: &resource_side,
            context,
            takes_tags: false,
            any_that_exists: false,
        };
        question.permitted(self).map(|permitted| permitted.conditional)
    }

    /// The roles that trust a service and may assume a role; with whether that is conditional.
    pub(super) fn roles_that_assume(
        &self,
        role: PrincipalIndex,
        service: &str,
    ) -> Vec<(PrincipalIndex, bool)> {
        let key = (role, service.to_owned());
        if let Some(known) = self.answers.assuming.borrow().get(&key) {
            return known.clone();
        }
        let found = self.find_roles_that_assume(role, service);
        self.answers.assuming.borrow_mut().insert(key, found.clone());
        found
    }

    fn find_roles_that_assume(&self, role: PrincipalIndex, service: &str) -> Vec<(PrincipalIndex, bool)> {
        let account = self.principals.get(role).map(|role| role.account);
        let step = Step {
            action: "sts:AssumeRole".to_owned(),
            resources: vec!["{target}".to_owned()],
            trust: Some(TrustPolicy::Existing),
            ..Step::default()
        };
        let Some(trust) = self.principals.get(role).and_then(|role| role.trust) else { return Vec::new() };
        if !self.lets_identities_in(trust) {
            return Vec::new();
        }
        let others = self.trusting(service);
        let others = others.iter().filter(|(index, ..)| {
            *index != role && self.principals.get(*index).map(|other| other.account) == account
        });
        others
            .filter_map(|(index, trusted, node)| {
                let target = Target { principal: Some(role), ..Target::default() };
                let allowed = Attacker::new(self, node)?.is_allowed(&step, target)?;
                Some((*index, *trusted || allowed))
            })
            .collect()
    }

    /// Whether a trust policy names anybody but services.
    fn lets_identities_in(&self, trust: PolicyIndex) -> bool {
        let statements = self.policies.get(trust).map(|policy| policy.read.document.statements.as_slice());
        let elements = statements.unwrap_or_default().iter().filter_map(|one| one.principals.as_ref());
        elements.into_iter().any(|element| match &element.principals {
            Principals::ByKind(kinds) => element.negated || kinds.iter().any(|(kind, _)| *kind == Names::Aws),
            _ => true,
        })
    }

    /// The roles that trust a service; with whether that is conditional.
    fn trusting(&self, service: &str) -> Trusting {
        if let Some(known) = self.answers.trusting.borrow().get(service) {
            return Rc::clone(known);
        }
        let roles = self.principals.iter().enumerate();
        let roles = roles.filter(|(_, one)| one.kind == PrincipalKind::Role && !one.reserved);
        let found: Trusting = roles
            .filter_map(|(index, _)| {
                let conditional = self.trusts_service(index, service)?;
                Some((index, conditional, self.node(index, BTreeSet::new())?))
            })
            .collect();
        self.answers.trusting.borrow_mut().insert(service.to_owned(), Rc::clone(&found));
        found
    }

    /// Adds what is known of the resource of a request to its context.
    pub(super) fn describe(
        &self,
        context: &mut Context,
        resource: &Resource,
        target: Target,
        action: &Action,
    ) {
        if let Some(account) = resource.account() {
            context.set("aws:ResourceAccount", account);
        }
        let principal = target.principal.and_then(|index| self.principals.get(index));
        if let Some(principal) = principal.filter(|principal| principal.arn == resource.arn()) {
            tags(context, &principal.tags);
            let changes = action.service() == "iam" && action.name() != "passrole";
            if let Some(arn) = principal.boundary.arn().filter(|_| changes) {
                context.set("iam:PermissionsBoundary", arn);
            }
        } else if resource.arn().contains(":policy/") {
            context.mark_unknown("aws:ResourceTag/*");
            context.mark_unknown("iam:ResourceTag/*");
        }
    }
}

fn tags(context: &mut Context, tags: &[(String, String)]) {
    for (key, value) in tags {
        context.set(&format!("aws:ResourceTag/{key}"), value.as_str());
        context.set(&format!("iam:ResourceTag/{key}"), value.as_str());
    }
}
