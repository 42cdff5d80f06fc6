//! `Resource` and `NotResource`: are they ARNs, and do the actions take them?

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::actions::{Action, table};
use crate::document::{Effect, PatternElement, Statement};
use crate::pattern::Pattern;

use super::arn::ArnPattern;
use super::expansion::{Expansion, TakenType};
use super::{Code, Findings, PolicyType, actions, arn};

/// Checks the resources of a statement.
pub(super) fn check(statement: &Statement, policy_type: PolicyType, findings: &mut Findings) {
    let (Some(resources), Some(whole)) = (&statement.resources, statement.resources_pointer()) else {
        if !policy_type.names_principals() {
            let message = "Resource is missing; name what the statement is about";
            findings.add(Code::MissingResource, statement.pointer(), message);
        }
        return;
    };
    if policy_type == PolicyType::Trust {
        let message = "a trust policy is about its role; remove the element";
        findings.add(Code::ResourceNotAllowed, &*whole, message);
    }
    let values = &resources.values;
    for (index, value) in values.items.iter().enumerate() {
        let path = values.pointer(&whole, index);
        if let Some(completed) = arn::completed(value).filter(|_| policy_type != PolicyType::Session) {
            let message = format!("{value:?} has fewer than six fields and means {completed:?}; write it so");
            findings.add(Code::IncompleteArn, path, message);
        } else if let Some(message) = arn::fault(value) {
            findings.add(Code::MalformedArn, path, message);
        } else if let Some(kind) = type_with_wildcard(value) {
            let message = format!("{value:?} has a wildcard within the resource type; write {kind:?} out");
            findings.add(Code::WildcardInResourceType, path, message);
        }
    }
    if resources.negated {
        negated(statement, resources, &whole, findings);
    } else if let Some(named) = actions::named(statement) {
        fit(statement, resources, &named, findings);
    }
}

fn negated(statement: &Statement, resources: &PatternElement, whole: &str, findings: &mut Findings) {
    if resources.values.items.iter().any(|value| arn::is_everything(value)) {
        let message = "NotResource with * leaves no resource: the statement matches nothing";
        findings.add(Code::IneffectiveNot, whole, message);
    } else if statement.effect == Effect::Allow {
        let message = "grants on every resource except those named; name the resources to grant";
        findings.add(Code::NotResourceAllow, whole, message);
    }
}

/// Compares what the actions take with what the statement names.
fn fit(statement: &Statement, resources: &PatternElement, named: &[Rc<Expansion>], findings: &mut Findings) {
    let values = &resources.values.items;
    if named.iter().all(|pattern| pattern.actions.is_empty())
        || values.iter().any(|value| value == "*" || is_malformed(value))
    {
        return;
    }
    let mut fitting = Fitting::new(values);
    let mut is_used = vec![false; values.len()];
    for (index, pattern) in named.iter().enumerate() {
        let mut is_taken = false;
        for taken in &pattern.resource_types {
            for value in fitting.of(taken) {
                mark(&mut is_used, *value);
                is_taken = true;
            }
        }
        if !is_taken {
            idle_action(statement, pattern, index, findings);
        }
    }
    let whole = statement.resources_pointer().unwrap_or_default();
    for (index, value) in values.iter().enumerate().filter(|(index, _)| is_used.get(*index) == Some(&false)) {
        let message = format!("none of the statement's actions takes {value:?}");
        findings.add(Code::UnusedResource, resources.values.pointer(&whole, index), message);
    }
}

/// The resource type that a pattern names with a wildcard in it: "you cannot use a wildcard in the portion of the ARN
/// that specifies the resource type" ("Identify AWS resources with ARNs"). AWS's own policies do write `*` for all types.
fn type_with_wildcard(value: &str) -> Option<&'static str> {
    let mut fields = value.splitn(6, ':').skip(2);
    let (service, name) = (fields.next()?, fields.nth(2)?);
    let written = leading_type(name)?;
    if !written.contains(['*', '?']) || written.bytes().all(|byte| byte == b'*') || written.contains("${") {
        return None;
    }
    let pattern = Pattern::from_text_lowercase(written);
    let formats = table().service(service)?.resource_types().iter().flat_map(|kind| &kind.arn_formats);
    let mut kinds = formats.filter_map(|format| leading_type(format.splitn(6, ':').nth(5)?));
    kinds.find(|kind| !kind.contains("${") && pattern.matches(&kind.to_ascii_lowercase()))
}

/// What stands before the first slash or colon of a name.
fn leading_type(name: &str) -> Option<&str> {
    name.split_once(['/', ':']).map(|(kind, _)| kind)
}

fn is_malformed(value: &str) -> bool {
    arn::completed(value).is_none() && arn::fault(value).is_some()
}

fn mark(flags: &mut [bool], index: usize) {
    if let Some(flag) = flags.get_mut(index) {
        *flag = true;
    }
}

/// Which of a statement's resources fit a resource type, worked out once per type.
struct Fitting<'s> {
    values: Vec<ArnPattern<'s>>,
    by_type: BTreeMap<(&'static str, &'static str), Vec<usize>>,
}

impl<'s> Fitting<'s> {
    fn new(values: &'s [String]) -> Self {
        Self { values: values.iter().map(|value| ArnPattern::new(value)).collect(), by_type: BTreeMap::new() }
    }

    fn of(&mut self, taken: &TakenType) -> &[usize] {
        let values = &self.values;
        self.by_type.entry(taken.name).or_insert_with(|| {
            let is_bucket = taken.name == ("s3", "bucket");
            let fits = |value: &ArnPattern<'_>| {
                !(is_bucket && value.is_below_bucket())
                    && taken.formats.iter().any(|format| value.can_fit(format))
            };
            (0..).zip(values).filter(|(_, value)| fits(value)).map(|(index, _)| index).collect()
        })
    }
}

/// An action pattern that takes none of the statement's resources.
fn idle_action(statement: &Statement, named: &Expansion, index: usize, findings: &mut Findings) {
    let patterns = &statement.actions.values;
    let Some((pattern, first)) = patterns.items.get(index).zip(named.actions.first()) else { return };
    let path = patterns.pointer(&statement.actions_pointer(), index);
    if named.actions.iter().all(Action::is_wildcard_only) {
        let message = format!("{pattern:?} takes no resource; it needs a statement with \"Resource\": \"*\"");
        findings.add(Code::WildcardOnlyAction, path, message);
    } else {
        let message = format!("{pattern:?} takes none of the resources named here{}", formats(first));
        findings.add(Code::ResourceTypeMismatch, path, message);
    }
}

/// What an action takes, as the end of a message.
fn formats(action: &Action<'_>) -> String {
    let kinds = action.resource_types();
    let formats: Vec<_> = kinds.flat_map(|(kind, _)| kind.arn_formats.iter().map(String::as_str)).collect();
    if formats.is_empty() { String::new() } else { format!("; it takes {}", formats.join(", ")) }
}
