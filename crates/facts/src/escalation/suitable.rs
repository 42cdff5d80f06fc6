//! What an attacker's policies name: whether a technique's target, and which names suit what he makes.

use std::collections::BTreeSet;
use std::rc::Rc;

use palisade_policy::document::{Condition, Effect, Statement};
use palisade_policy::request::Action;

use super::attempt::{Attacker, Target};
use super::common_text::matches;
use super::names::{self, Names};
use super::permission::{resolve, statements};
use super::requests::Placed;
use super::technique::Technique;
use super::world::PolicyIndex;

impl Attacker<'_> {
    /// Whether the identity policies name what a technique acts on. Whoever fails this quick test fails all others.
    pub(super) fn may_act(&self, technique: &Technique, target: Target) -> bool {
        technique.steps.iter().filter(|step| step.when.is_none() && step.trust.is_none()).all(|step| {
            let arn = match step.resources.first().map(String::as_str) {
                Some("{target}") => {
                    target.principal.and_then(|at| self.world.principals.get(at)).map(|one| &one.arn)
                }
                Some("{group}") => target.group.and_then(|at| self.world.groups.get(at)).map(|one| &one.arn),
                Some("{policy}") => {
                    target.policy.and_then(|at| self.world.managed.get(at)).map(|one| &one.arn)
                }
                _ => None,
            };
            arn.is_none_or(|arn| self.allowed(&step.action).iter().any(|pattern| may_match(pattern, arn)))
        })
    }

    /// The resource patterns of the statements that allow an action.
    pub(super) fn allowed(&self, action: &str) -> Rc<[String]> {
        if let Some(known) = self.node.allowed.borrow().get(action) {
            return Rc::clone(known);
        }
        let parsed = Action::parse(action);
        let patterns: Rc<[String]> =
            parsed.map(|parsed| self.patterns(&self.node.identity, &parsed)).unwrap_or_default().into();
        self.node.allowed.borrow_mut().insert(action.to_owned(), Rc::clone(&patterns));
        patterns
    }

    /// Whether it matters which policy a technique attaches.
    pub(super) fn minds_policy(&self, index: usize, technique: &Technique) -> bool {
        if let Some(known) = self.node.minds_policy.borrow().get(&index) {
            return *known;
        }
        let actions: Vec<Action> =
            technique.all_steps().filter_map(|step| Action::parse(&step.action)).collect();
        let names_policies = |condition: &Condition| condition.key.eq_ignore_ascii_case("iam:PolicyARN");
        let minds = self.policies().into_iter().filter_map(|at| self.world.policies.get(at)).any(|policy| {
            statements(policy).any(|(statement, compiled)| {
                statement.conditions.iter().any(names_policies)
                    && actions.iter().any(|action| compiled.is_about(action))
            })
        });
        self.node.minds_policy.borrow_mut().insert(index, minds);
        minds
    }

    /// Names that the attacker's policies suggest, for what the steps leave open.
    pub(super) fn name_choices(&self, steps: &[Placed<'_>], known: &Names) -> Vec<Names> {
        let flat = || steps.iter().flat_map(|(_, step)| std::iter::once(*step).chain(&step.one_of));
        let mut templates: Vec<String> = flat()
            .flat_map(|step| step.resources.iter().map(|template| names::fill(template, known)))
            .filter(|template| names::open_names(template).any(|name| name != "region"))
            .collect();
        templates.sort();
        templates.dedup();
        let mut choices: Vec<Names> = vec![Names::new()];
        for template in templates {
            let mut lists = Vec::new();
            for step in flat() {
                if step.resources.iter().any(|one| names::fill(one, known) == template) {
                    lists.extend(self.pattern_lists(&step.action));
                }
            }
            let mut more = Vec::new();
            for chosen in &choices {
                let partly = names::fill(&template, chosen);
                for names in names::satisfying(&partly, &lists) {
                    let mut all = chosen.clone();
                    all.extend(names);
                    all.remove("region");
                    more.push(all);
                }
            }
            more.truncate(64);
            if !more.is_empty() {
                choices = more;
            }
        }
        choices
    }

    /// Regions of which each stands for all that no policy tells from it.
    pub(super) fn regions_told_apart(&self, steps: &[Placed<'_>], partition: &str) -> Vec<&'static str> {
        let all = names::regions(partition);
        let flat = || steps.iter().flat_map(|(_, step)| std::iter::once(*step).chain(&step.one_of));
        let mut patterns: BTreeSet<String> = BTreeSet::new();
        let actions: BTreeSet<&str> = flat().map(|step| step.action.as_str()).collect();
        for action in actions.into_iter().filter_map(Action::parse) {
            for policy in self.policies().into_iter().filter_map(|index| self.world.policies.get(index)) {
                let about = statements(policy).filter(|(_, compiled)| compiled.is_about(&action));
                patterns.extend(about.flat_map(|(statement, _)| region_patterns(statement)));
            }
        }
        let mut seen = BTreeSet::new();
        let looks = |region: &str| patterns.iter().map(|one| matches(one, region)).collect::<Vec<_>>();
        all.iter().copied().filter(|region| seen.insert(looks(region))).collect()
    }

    /// For each kind of policy that must allow an action: the resource patterns of its statements.
    fn pattern_lists(&self, action: &str) -> Vec<Vec<String>> {
        let Some(action) = Action::parse(action) else { return Vec::new() };
        let boundary: Vec<PolicyIndex> = self.node.boundary.into_iter().collect();
        let layers = [self.node.identity.as_slice(), boundary.as_slice()];
        layers
            .into_iter()
            .filter(|layer| !layer.is_empty())
            .map(|layer| self.patterns(layer, &action))
            .collect()
    }

    fn patterns(&self, layer: &[PolicyIndex], action: &Action) -> Vec<String> {
        let mut patterns = Vec::new();
        for policy in layer.iter().filter_map(|&index| self.world.policies.get(index)) {
            for (statement, compiled) in statements(policy) {
                let allows = statement.effect == Effect::Allow;
                if !allows || !compiled.is_about(action) {
                    continue;
                }
                match &statement.resources {
                    Some(resources) if !resources.negated => {
                        let texts = resources.values.items.iter();
                        patterns.extend(texts.map(|text| resolve(text, &self.node.context)));
                    }
                    _ => patterns.push("*".to_owned()),
                }
            }
        }
        patterns
    }
}

/// What a statement says about regions, as patterns.
fn region_patterns(statement: &Statement) -> impl Iterator<Item = String> {
    let resources = statement.resources.iter().flat_map(|resources| &resources.values.items);
    let in_arns = resources.filter_map(|text| text.split(':').nth(3));
    let named = statement
        .conditions
        .iter()
        .filter(|condition| condition.key.eq_ignore_ascii_case("aws:RequestedRegion"))
        .flat_map(|condition| condition.values.items.iter().map(String::as_str));
    in_arns.chain(named).filter(|one| !one.is_empty() && *one != "*").map(str::to_owned)
}

/// Whether a resource pattern may match an ARN; variables that are not known may stand for anything.
pub(super) fn may_match(pattern: &str, arn: &str) -> bool {
    let head_may_differ =
        pattern.split(':').take(3).any(|part| part.bytes().any(|byte| byte.is_ascii_uppercase()));
    head_may_differ || pattern.contains("${") || matches(pattern, arn)
}
