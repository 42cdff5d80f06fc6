//! Paths as they are shown: each request with the statements that allow it.

use std::collections::{BTreeMap, BTreeSet};

use palisade_policy::context::ContextValue;
use palisade_policy::document::Effect;
use palisade_policy::evaluate::{Explanation, Layer, Reason, Residual, explain};
use palisade_policy::policies::Policies;
use palisade_policy::request::Request;

use super::administrator;
use super::attempt::{Attacker, Attempt, CONDITIONAL, EXTERNAL, Made};
use super::graph::{self, Edge, Ways};
use super::node::{Node, NodeIndex};
use super::output::{Path, PathStep, StatementUse, WitnessRequest};
use super::search::{NEW, Search};
use crate::Access;
use crate::access_query::Assumption;

pub(super) struct Describing<'s, 'w> {
    pub(super) search: &'s Search<'w>,
    /// Of each user and role.
    pub(super) most_paths: usize,
}

impl Describing<'_, '_> {
    /// The shortest paths of a node.
    pub(super) fn paths(&self, from: NodeIndex, ways: &Ways) -> Vec<Path> {
        let Some(way) = ways.get(from) else { return Vec::new() };
        if way.first.is_empty() {
            return vec![self.described(from, &[])];
        }
        let first = way.first.iter().take(self.most_paths);
        first.map(|edge| self.described(from, &graph::chain(from, edge, ways))).collect()
    }

    fn described(&self, from: NodeIndex, chain: &[(NodeIndex, Edge)]) -> Path {
        let search = self.search;
        let (mut steps, mut conditional, mut external) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        let mut assumes = BTreeSet::new();
        for (_, edge) in chain {
            for (as_whom, attempt) in &edge.attempts {
                let Some(node) = search.nodes.all.get(*as_whom) else { continue };
                self.attempt(node, attempt, &mut steps, &mut conditional);
                assumes.extend(attempt.assumes.iter().cloned());
                let account = search.world.principals.get(node.principal).map(|one| one.account);
                let account = account.and_then(|account| search.world.accounts.get(account));
                if account.is_some_and(|account| !account.scps.known) {
                    assumes.insert(Assumption::ScpNotRead.name().to_owned());
                }
                let assumed = attempt.requests.iter().any(|made| made.trust.is_some());
                if assumed && account.is_some_and(|account| !account.rcps.known) {
                    assumes.insert(Assumption::RcpNotRead.name().to_owned());
                }
                if attempt.bits & EXTERNAL != 0 {
                    let technique = search.techniques.get(attempt.technique);
                    external.extend(technique.and_then(|one| one.external_state.clone()));
                }
            }
        }
        let last = chain.last().map_or(from, |(_, edge)| edge.to);
        let end = search.nodes.all.get(last);
        if let Some(end) = end.filter(|_| search.standing.get(last) == Some(&Access::Conditional)) {
            conditional.extend(administrator::residual(search.world, &end.identity));
        }
        let arn = end.and_then(|end| search.world.principals.get(end.principal)).map(|one| one.arn.clone());
        let made = || {
            let created = |step: &&PathStep| step.request.action.starts_with("iam:Create");
            steps.iter().rev().find(created).map(|step| step.request.resource.clone())
        };
        Path {
            technique: self.name(chain),
            administrator: if last == NEW { made().unwrap_or_default() } else { arn.unwrap_or_default() },
            steps,
            conditional: conditional.into_iter().collect(),
            external_state: external.into_iter().collect(),
            assumes: assumes.into_iter().collect(),
        }
    }

    /// The id of the first technique, or of the combination that the first two are.
    fn name(&self, chain: &[(NodeIndex, Edge)]) -> String {
        let first = chain.first().map(|(_, edge)| edge.attempts.as_slice()).unwrap_or_default();
        let id = |attempt: &Attempt| Some(self.search.techniques.get(attempt.technique)?.id.as_str());
        let ids: Vec<&str> = first.iter().filter_map(|(_, attempt)| id(attempt)).collect();
        let combination = self.search.techniques.iter().find(|technique| {
            technique
                .combines
                .as_ref()
                .is_some_and(|both| ids == [both.change.as_str(), both.access.as_str()])
        });
        combination.map(|one| one.id.clone()).or(ids.first().map(|&id| id.to_owned())).unwrap_or_default()
    }

    fn attempt(
        &self,
        node: &Node,
        attempt: &Attempt,
        steps: &mut Vec<PathStep>,
        conditional: &mut BTreeSet<String>,
    ) {
        let Some(attacker) = Attacker::new(self.search.world, node) else { return };
        let technique = self.search.techniques.get(attempt.technique);
        let id = technique.map(|one| one.id.clone()).unwrap_or_default();
        for made in &attempt.requests {
            let Some(explanation) = explained(&attacker, attempt, made) else { continue };
            conditional.extend(explanation.residual.iter().map(residual));
            steps.push(PathStep {
                technique: id.clone(),
                request: witness(&attacker, made),
                statements: statements(&explanation),
            });
        }
        if let (Some(service), Some(role)) =
            (technique.and_then(|one| one.service.as_ref()), attempt.target.principal)
            && attempt.bits & CONDITIONAL != 0
            && self.search.world.trusts_service(role, service) == Some(true)
        {
            conditional.insert(format!("the trust policy's conditions on {service}"));
        }
        if let Some(provider) = attempt.target.provider.and_then(|at| self.search.world.providers.get(at))
            && attempt.bits & CONDITIONAL != 0
            && attempt.requests.iter().all(|made| !made.conditional)
        {
            conditional.insert(format!("the trust policy's conditions on {provider}"));
        }
    }
}

/// Asks the engine once more, with reasons.
pub(super) fn explained(attacker: &Attacker<'_>, attempt: &Attempt, made: &Made) -> Option<Explanation> {
    let resource = attacker.resource_side(made.trust, attempt.target)?;
    let context = made.context.on(&attacker.node.context);
    let request = Request {
        principal: &attacker.principal.engine,
        action: &made.action,
        resource: &made.resource,
        context: &context,
    };
    let policies = Policies { principal: &attacker.node.side, resource: &resource, management_account: None };
    Some(explain(request, policies))
}

fn witness(attacker: &Attacker<'_>, made: &Made) -> WitnessRequest {
    let value = |value: &ContextValue| match value {
        ContextValue::Single(text) => serde_json::Value::from(text.as_str()),
        ContextValue::Many(texts) => serde_json::Value::from(texts.clone()),
    };
    let context: BTreeMap<String, serde_json::Value> =
        made.context.iter().map(|(key, found)| (key.to_owned(), value(found))).collect();
    WitnessRequest {
        principal: attacker.principal.arn.clone(),
        action: made.action_name.clone(),
        resource: made.resource.arn().to_owned(),
        context,
    }
}

/// The statements of the account's own policies that allow a request.
pub(super) fn statements(explanation: &Explanation) -> Vec<StatementUse> {
    let mut found: Vec<StatementUse> = explanation
        .because
        .iter()
        .filter_map(|reason| match reason {
            Reason::Statement { statement, .. }
                if statement.effect == Effect::Allow
                    && matches!(statement.layer, Layer::Identity | Layer::Resource) =>
            {
                Some(StatementUse {
                    policy: statement.policy.clone(),
                    pointer: statement.pointer.clone(),
                    sid: statement.sid.clone(),
                })
            }
            _ => None,
        })
        .collect();
    found.sort();
    found.dedup();
    found
}

fn residual(residual: &Residual) -> String {
    match residual {
        Residual::Condition { statement, operator, key, values, .. } => {
            format!("{operator} {key} {} ({}{})", values.join(" | "), statement.policy, statement.pointer)
        }
        Residual::Variable { statement } => {
            format!("a variable in the resource of {}{}", statement.policy, statement.pointer)
        }
    }
}
