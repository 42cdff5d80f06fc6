//! Who is let in by name: foreign accounts and organizations.
//!
//! Cross-account access is no public access; whether it is wanted depends on whom the owner trusts.

use std::collections::{BTreeMap, BTreeSet};

use crate::arn::{Arn, is_account_id};
use crate::context::Context;
use crate::document::{Condition, Effect, PrincipalKind, Principals, Statement};
use crate::principal::Principal;

use super::answer::Access;
use super::caller::{Caller, callers};
use super::capability::Capability;
use super::domain::Reach;
use super::limit::{PolicyKind, is_fixed, limiting_key};
use super::scene::{Counted, ResidualCondition, Scene, is_open_allow};
use super::target::Attempt;

/// Somebody outside whom a policy names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outsider {
    /// An account, by its id.
    Account(String),
    /// An organization, by its id.
    Organization(String),
}

/// What a policy lets a named outsider do.
#[derive(Debug, Clone)]
pub struct Sharing {
    /// Who.
    pub with: Outsider,
    /// The capabilities that he has: `yes`, or `conditional` if more is asked than that he is who he is.
    pub access: BTreeMap<Capability, Access>,
    /// What more is asked.
    pub residual: Vec<ResidualCondition>,
    /// The statements that name him: policy and JSON pointer in it.
    pub statements: Vec<(String, String)>,
}

impl Outsider {
    /// Sets the keys that are the same for all its members.
    pub(super) fn imply(&self, context: &mut Context) {
        if let Self::Organization(organization) = self {
            context.set("aws:PrincipalOrgID", organization.as_str());
            context.set_many("aws:PrincipalOrgPaths", [format!("{organization}/")]);
        }
    }
}

impl Sharing {
    /// Takes in what other actions let the same outsider do.
    pub(super) fn add(&mut self, other: Self) {
        for (capability, access) in other.access {
            let known = self.access.entry(capability).or_insert(access);
            *known = access.max(*known);
        }
        self.residual.extend(other.residual);
        self.residual.sort();
        self.residual.dedup();
    }
}

/// What the policies of a scene let each outsider do whom they name. Who can do nothing is left out.
pub(super) fn sharing(mut scene: Scene<'_>, attempts: &[Attempt], keys: &[String]) -> Vec<Sharing> {
    scene.allows_anonymous = false;
    scene.counted = Counted::Any;
    let mut found = Vec::new();
    for (with, named) in outsiders(&scene) {
        let own_context = scene.context.clone();
        with.imply(&mut scene.context);
        let callers = scene.with_domains(members(&with, &named.principals, &scene));
        let mut one = Sharing {
            with,
            access: BTreeMap::new(),
            residual: Vec::new(),
            statements: named.statements.into_iter().collect(),
        };
        for capability in Capability::ALL {
            let own: Vec<_> = attempts.iter().filter(|attempt| attempt.capability == capability).collect();
            if let Some(way) = scene.way_in(&own, keys, &callers) {
                let is_open = way.reach == Reach::Anybody;
                one.access.insert(capability, if is_open { Access::Yes } else { Access::Conditional });
                one.residual.extend(way.residual);
            }
        }
        scene.context = own_context;
        one.residual.sort();
        one.residual.dedup();
        if !one.access.is_empty() {
            found.push(one);
        }
    }
    found
}

/// How policies name an outsider.
#[derive(Default)]
pub(super) struct Named {
    /// Policy and JSON pointer of each.
    pub(super) statements: BTreeSet<(String, String)>,
    /// ARNs of his users and roles that stand in `Principal`.
    pub(super) principals: BTreeSet<String>,
}

/// Everybody outside whom statements name that allow something.
pub(super) fn outsiders(scene: &Scene<'_>) -> BTreeMap<Outsider, Named> {
    let mut found: BTreeMap<Outsider, Named> = BTreeMap::new();
    for policy in scene.layers.iter().flat_map(|layer| &layer.policies) {
        let statements = policy.document.statements.iter();
        for statement in statements.filter(|statement| statement.effect == Effect::Allow) {
            for (outsider, arn) in named_in(statement, scene.kind) {
                if matches!(&outsider, Outsider::Account(account) if Some(account.as_str()) == scene.owner) {
                    continue;
                }
                let named = found.entry(outsider).or_default();
                named.statements.insert((policy.compiled.name().to_owned(), statement.pointer()));
                named.principals.extend(arn);
            }
        }
    }
    found
}

fn named_in(statement: &Statement, kind: PolicyKind<'_>) -> Vec<(Outsider, Option<String>)> {
    let mut found = Vec::new();
    if let Some(element) = statement.principals.as_ref().filter(|element| !element.negated)
        && let Principals::ByKind(kinds) = &element.principals
    {
        let aws = kinds.iter().filter(|(kind, _)| *kind == PrincipalKind::Aws);
        for value in aws.flat_map(|(_, values)| &values.items) {
            let arn = value.starts_with("arn:").then(|| value.clone());
            found.extend(account_of(value).map(|account| (Outsider::Account(account), arn)));
        }
    }
    if is_open_allow(statement) {
        let named = statement.conditions.iter().flat_map(|condition| by_condition(condition, kind));
        found.extend(named.map(|outsider| (outsider, None)));
    }
    found
}

/// The account that a value names: its id, or that of an ARN.
pub(super) fn account_of(value: &str) -> Option<String> {
    let account = if is_account_id(value) { value } else { Arn::parse(value)?.account };
    is_account_id(account).then(|| account.to_owned())
}

/// Whom a condition about the caller names.
fn by_condition(condition: &Condition, kind: PolicyKind<'_>) -> Vec<Outsider> {
    let Some(operator) = condition.operator.filter(|operator| !operator.comparison.is_negated()) else {
        return Vec::new();
    };
    let Some(fixed) = limiting_key(&condition.key, kind).filter(|_| !operator.if_exists) else {
        return Vec::new();
    };
    let values = condition.values.items.iter();
    match condition.key.to_ascii_lowercase().as_str() {
        "aws:principalaccount" | "aws:principalarn" | "kms:calleraccount" => {
            values.filter_map(|value| account_of(value)).map(Outsider::Account).collect()
        }
        "aws:principalorgid" | "aws:principalorgpaths" => values
            .filter(|value| is_fixed(value, fixed))
            .filter_map(|value| value.split('/').next())
            .map(|organization| Outsider::Organization(organization.to_owned()))
            .collect(),
        _ => Vec::new(),
    }
}

/// Principals who belong to an outsider: somebody, those named, and those whom conditions ask for.
pub(super) fn members(outsider: &Outsider, principals: &BTreeSet<String>, scene: &Scene<'_>) -> Vec<Caller> {
    let asked_for = callers(&scene.conditions(), scene.kind, scene.owner, scene.partition);
    let somebody = |principal: Principal| Caller { principal, reach: Reach::Anybody, named_by: None };
    match outsider {
        Outsider::Organization(_) => {
            let mut all = asked_for;
            all.retain(|caller| caller.principal.account().is_some());
            all
        }
        Outsider::Account(account) => {
            let arn = format!("arn:{}:iam::{account}:user/somebody", scene.partition);
            let named = principals.iter().map(|arn| somebody(Principal::parse(arn)));
            let own = asked_for.into_iter().filter(|caller| caller.principal.account() == Some(account));
            std::iter::once(somebody(Principal::parse(&arn))).chain(named).chain(own).collect()
        }
    }
}
