//! A rule, explained.

use std::io::{self, Write};

use palisade_rules::{Rule, RuleSet, Selection, Settings};
use palisade_snapshot::call_for;

use crate::failure::Failure;

/// Writes the rules with these ids.
///
/// # Errors
/// When there is no such rule; the inner result is that of writing.
pub(super) fn show(rules: &RuleSet, ids: &[String], out: &mut dyn Write) -> Result<io::Result<()>, Failure> {
    let selection = Selection { rules: ids.to_vec(), ..Selection::default() };
    let chosen = rules.select(&selection).map_err(Failure::usage)?;
    let mut written = Ok(());
    for (index, rule) in chosen.iter().enumerate() {
        if index > 0 {
            written = written.and_then(|()| writeln!(out));
        }
        written = written.and_then(|()| explain(rule, out));
    }
    Ok(written)
}

fn explain(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}  ({}, {})", rule.id, rule.severity, rule.kind.name)?;
    writeln!(out, "  {}", rule.title)?;
    paragraph(out, "Why", &rule.why)?;
    if let Some(condition) = &rule.applies_when {
        paragraph(out, "Applies when", &condition.text)?;
    }
    if let Some(condition) = rule.requirement.condition() {
        paragraph(out, "Passes when", &condition.text)?;
    }
    if let Some(steps) = rule.requirement.steps() {
        paragraph(out, "Only a person can tell", &steps.join("\n"))?;
    }
    for parameter in &rule.params {
        let doc = parameter.doc.as_deref().unwrap_or_default();
        paragraph(out, &format!("Parameter {} = {}", parameter.name, parameter.default), doc)?;
    }
    paragraph(out, "Fix", &fix(rule))?;
    let off = Settings::default().is_off(rule);
    let reads = if off { "Reads, once its parameters switch it on" } else { "Reads" };
    paragraph(out, reads, &calls(rule))?;
    for (framework, requirements) in &rule.frameworks {
        paragraph(out, framework, &requirements.join(", "))?;
    }
    paragraph(out, "References", &rule.references.join("\n"))
}

fn fix(rule: &Rule) -> String {
    let summary = std::iter::once(rule.fix.summary());
    summary.chain(rule.fix.cli()).chain(rule.fix.console()).collect::<Vec<_>>().join("\n")
}

/// The operations, each with the IAM action that it needs where that has another name.
fn calls(rule: &Rule) -> String {
    let reads = palisade_snapshot::with_prerequisites(&rule.reads());
    let calls: std::collections::BTreeSet<_> = (reads.into_iter().filter_map(call_for))
        .map(|call| match call.iam_action() {
            "" => call.operation.to_owned(),
            action if action == call.operation => call.operation.to_owned(),
            action => format!("{} (needs {action})", call.operation),
        })
        .collect();
    calls.into_iter().collect::<Vec<_>>().join("\n")
}

fn paragraph(out: &mut dyn Write, heading: &str, text: &str) -> io::Result<()> {
    if text.trim().is_empty() && !heading.starts_with("Parameter") {
        return Ok(());
    }
    writeln!(out, "  {heading}")?;
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .try_for_each(|line| writeln!(out, "    {}", line.trim_end()))
}
