//! What one set of rules judges otherwise than another.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::rule::{Condition, Rule};
use crate::{ParameterValue, RuleSet, Severity};

/// How one set of rules differs from another, in the order of ids. Only what changes verdicts, or
/// where they count, is compared: neither texts nor examples.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct RulesDifference {
    /// The ids of rules that only the new set has.
    pub added: Vec<String>,
    /// The ids of rules that only the old set has.
    pub removed: Vec<String>,
    /// Rules with another id than before, as their aliases say.
    pub renamed: Vec<RenamedRule>,
    /// Rules that judge otherwise, renamed ones included.
    pub changed: Vec<ChangedRule>,
}

/// A rule with another id than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RenamedRule {
    /// The former id.
    pub from: String,
    /// The id.
    pub to: String,
}

/// A rule that judges otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedRule {
    /// Its id, the new one if it was renamed.
    pub rule: String,
    /// What is different in it; at least one thing.
    pub changes: Vec<RuleChange>,
}

/// One difference between two versions of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleChange {
    /// `severity`, `resource`, `applies_when`, `pass_when`, `manual` or `params.<name>`.
    pub what: String,
    /// What the old version has, as its file writes it; nothing where it has none.
    pub old: Option<String>,
    /// What the new version has.
    pub new: Option<String>,
}

impl RulesDifference {
    /// What is different in `new`.
    #[must_use]
    pub fn between(old: &RuleSet, new: &RuleSet) -> Self {
        let mut difference = Self::default();
        let mut met = BTreeSet::new();
        for rule in new.iter() {
            let Some(former) = former(rule, old) else {
                difference.added.push(rule.id.clone());
                continue;
            };
            met.insert(former.id.as_str());
            if former.id != rule.id {
                difference.renamed.push(RenamedRule { from: former.id.clone(), to: rule.id.clone() });
            }
            let changes = changes(former, rule);
            if !changes.is_empty() {
                difference.changed.push(ChangedRule { rule: rule.id.clone(), changes });
            }
        }
        difference.removed = old.ids().filter(|id| !met.contains(id)).map(str::to_owned).collect();
        difference
    }

    /// Whether both sets judge alike, by rules of the same names.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The rule as it was: the one of the same id, or the one whose id is an alias now.
fn former<'o>(rule: &Rule, old: &'o RuleSet) -> Option<&'o Rule> {
    let named = |id: &String| old.iter().find(|former| former.id == *id);
    named(&rule.id).or_else(|| rule.aliases.iter().find_map(named))
}

fn changes(old: &Rule, new: &Rule) -> Vec<RuleChange> {
    let text = |condition: &Condition| condition.text.trim().to_owned();
    let condition = |rule: &Rule| rule.requirement.condition().map(text);
    let steps = |rule: &Rule| rule.requirement.steps().map(|steps| steps.join("; "));
    let severity = |severity: Severity| Some(severity.name().to_owned());
    let mut changes = Vec::new();
    let mut compare = |what: &str, old: Option<String>, new: Option<String>| {
        if old != new {
            changes.push(RuleChange { what: what.to_owned(), old, new });
        }
    };
    compare("severity", severity(old.severity), severity(new.severity));
    compare("resource", Some(old.kind.name.to_owned()), Some(new.kind.name.to_owned()));
    compare("applies_when", old.applies_when.as_ref().map(text), new.applies_when.as_ref().map(text));
    compare("pass_when", condition(old), condition(new));
    compare("manual", steps(old), steps(new));
    let (old, new) = (defaults(old), defaults(new));
    for name in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        let default = |of: &BTreeMap<&str, &ParameterValue>| of.get(name).map(ToString::to_string);
        compare(&format!("params.{name}"), default(&old), default(&new));
    }
    changes
}

fn defaults(rule: &Rule) -> BTreeMap<&str, &ParameterValue> {
    rule.params.iter().map(|parameter| (parameter.name.as_str(), &parameter.default)).collect()
}
