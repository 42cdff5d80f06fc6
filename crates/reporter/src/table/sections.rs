//! The sections of the page, from its first line to its last.

use std::collections::BTreeMap;
use std::io;

use palisade_rules::{Coverage, Finding, Headline, Named, Run, Severity, Summary};

use super::gathered::{Gathered, Group, GroupKey};
use super::page::{Page, Style};
use super::text::{brief, clean, count, name};

/// Rules that are named where many are undecided for one reason.
const MOST_RULES: usize = 4;

/// Who is administrator, and what is public.
pub(super) fn first_line(page: &mut Page<'_>, run: &Run, headline: &Headline) -> io::Result<()> {
    let administrators = listed(&headline.administrators, "nobody");
    let public = listed(&headline.public, "nothing");
    let account = clean(&run.account);
    let line = format!("Account {account}: administrator: {administrators}; public: {public}.");
    page.line(Style::Strong, &line)
}

fn listed(named: &Named, none: &str) -> String {
    let noun = |kind: &str| kind.rsplit('.').next().unwrap_or_default().replace('_', " ");
    let names =
        named.names.iter().map(|resource| format!("{} {}", noun(&resource.kind), name(&resource.name)));
    let mut parts: Vec<String> = names.collect();
    match named.count - named.names.len() as u64 {
        0 => {}
        more => parts.push(format!("{more} more")),
    }
    match (parts.is_empty(), named.undecided) {
        (true, false) => none.to_owned(),
        (true, true) => format!("{none} for sure, as not all could be read"),
        (false, false) => parts.join(", "),
        (false, true) => format!("{}, and perhaps others that could not be read", parts.join(", ")),
    }
}

/// What was looked at.
pub(super) fn about(page: &mut Page<'_>, run: &Run, coverage: &Coverage) -> io::Result<()> {
    let scope = &run.scope;
    let regions = match scope.regions.as_slice() {
        [] => "no region".to_owned(),
        regions if regions.len() <= MOST_RULES => regions.join(", "),
        regions => count(regions.len() as u64, "region", "regions"),
    };
    let others = match (scope.regions_listed, scope.excluded_regions.len()) {
        (false, _) => "; other regions were not looked at".to_owned(),
        (true, 0) => String::new(),
        (true, left_out) => format!("; {} left out", count(left_out as u64, "region", "regions")),
    };
    let now = run.now.as_ref().map_or_else(String::new, |now| format!(", judged as of {}", clean(now)));
    let text = format!(
        "Seen {} by {}, in {regions}{others}{now}. {} of {} answers, {}.",
        clean(&run.taken_at),
        name(&run.caller),
        coverage.answered,
        coverage.planned,
        count(scope.rules.len() as u64, "rule", "rules"),
    );
    for line in super::page::wrapped(&text, page.width) {
        page.line(Style::Faint, &line)?;
    }
    Ok(())
}

/// Broken requirements, worst first.
pub(super) fn fails(page: &mut Page<'_>, gathered: &Gathered) -> io::Result<()> {
    for (key, group) in &gathered.fails {
        page.blank()?;
        rule_heading(page, key, group)?;
        let rows = group.shown.iter().map(|finding| {
            vec![name(&finding.resource.name), clean(finding.region.as_deref().unwrap_or("")), proof(finding)]
        });
        page.columns(&[], without_empty_columns(rows.collect()))?;
        rest(page, group)?;
        fix(page, group)?;
    }
    Ok(())
}

fn rule_heading(page: &mut Page<'_>, key: &GroupKey, group: &Group) -> io::Result<()> {
    let severity = key.severity.0;
    let label = severity.name().to_uppercase();
    page.labelled((Style::Severity(severity), &label), Style::Strong, &clean(&group.title))?;
    let about = format!("{} · {}", clean(&key.rule), count(group.count, "resource", "resources"));
    page.labelled((Style::Plain, ""), Style::Faint, &about)
}

fn rest(page: &mut Page<'_>, group: &Group) -> io::Result<()> {
    match group.count - group.shown.len() as u64 {
        0 => Ok(()),
        more => page.labelled((Style::Plain, ""), Style::Faint, &format!("… and {more} more")),
    }
}

/// The facts that prove a fail, the conditions and assumptions that it rests on.
fn proof(finding: &Finding) -> String {
    let mut parts: Vec<String> = (finding.evidence.iter())
        .map(|shown| {
            let fact = shown.fact.split_once('.').map_or(shown.fact.as_str(), |(_, attribute)| attribute);
            format!("{}: {}", clean(fact), brief(&shown.value))
        })
        .collect();
    if let Some(witness) = &finding.witness {
        parts.push(brief(witness));
    }
    if !finding.assumes.is_empty() {
        parts.push(format!("assumes {}", clean(&finding.assumes.join(", "))));
    }
    parts.join("; ")
}

fn without_empty_columns(rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let columns = rows.first().map_or(0, Vec::len);
    let used: Vec<bool> = (0..columns)
        .map(|column| rows.iter().any(|row| row.get(column).is_some_and(|cell| !cell.is_empty())))
        .collect();
    let keep = |row: Vec<String>| row.into_iter().zip(&used).filter(|(_, used)| **used).map(|(cell, _)| cell);
    rows.into_iter().map(|row| keep(row).collect()).collect()
}

fn fix(page: &mut Page<'_>, group: &Group) -> io::Result<()> {
    let Some((finding, fix)) = group.fix() else { return Ok(()) };
    page.labelled((Style::Good, "Fix"), Style::Plain, &clean(&fix.summary))?;
    if fix.cli.is_empty() {
        if let Some(console) = &fix.console {
            page.labelled((Style::Plain, ""), Style::Faint, &clean(console))?;
        }
        return Ok(());
    }
    if group.count > 1 {
        let about = format!("for {}:", name(&finding.resource.name));
        page.labelled((Style::Plain, ""), Style::Faint, &about)?;
    }
    fix.cli.iter().try_for_each(|command| page.command(&clean(command)))
}

/// What no API can tell, with the steps to find out.
pub(super) fn manuals(page: &mut Page<'_>, gathered: &Gathered) -> io::Result<()> {
    if gathered.manuals.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.heading("Only a person can tell")?;
    for group in gathered.manuals.values() {
        page.labelled((Style::Strong, "manual"), Style::Strong, &clean(&group.title))?;
        let Some(finding) = group.shown.first() else { continue };
        page.labelled((Style::Plain, ""), Style::Faint, &clean(&finding.rule))?;
        let Some(fix) = &finding.fix else { continue };
        page.labelled((Style::Plain, ""), Style::Plain, &clean(&fix.summary))?;
        if let Some(console) = &fix.console {
            page.labelled((Style::Plain, ""), Style::Plain, &clean(console))?;
        }
        fix.cli.iter().try_for_each(|command| page.command(&clean(command)))?;
    }
    Ok(())
}

/// What nobody can tell, by the call that would.
pub(super) fn unknowns(page: &mut Page<'_>, gathered: &Gathered) -> io::Result<()> {
    if gathered.unknowns.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.heading("Unknown, for want of an answer")?;
    let rows = gathered.unknowns.iter().map(|(call, rules)| {
        vec![
            needed(&call.operation, &call.iam_action),
            call.reason.name().replace('_', " "),
            rules.values().sum::<u64>().to_string(),
            some_rules(rules),
        ]
    });
    page.columns(&["call", "why", "findings", "rules"], rows.collect())
}

/// A call, with the IAM action that it needs where that has another name.
fn needed(operation: &str, iam_action: &str) -> String {
    match (operation, iam_action) {
        ("", "") => "(no call is named)".to_owned(),
        (_, "") => clean(operation),
        (operation, action) if operation == action => clean(operation),
        (operation, action) => format!("{}, needs {}", clean(operation), clean(action)),
    }
}

fn some_rules(rules: &BTreeMap<String, u64>) -> String {
    let mut names: Vec<String> = rules.keys().take(MOST_RULES).map(|rule| clean(rule)).collect();
    if rules.len() > MOST_RULES {
        names.push(format!("{} more", rules.len() - MOST_RULES));
    }
    names.join(", ")
}

/// Broken requirements that somebody accepted.
pub(super) fn waived(page: &mut Page<'_>, gathered: &Gathered) -> io::Result<()> {
    if gathered.waived.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.heading("Broken, and accepted by a waiver")?;
    let rows = gathered.waived.values().flat_map(|group| &group.shown).filter_map(|finding| {
        let waiver = finding.waiver.as_ref()?;
        Some(vec![
            clean(&finding.rule),
            name(&finding.resource.name),
            clean(&waiver.expires),
            name(&waiver.owner),
            clean(&waiver.reason),
        ])
    });
    page.columns(&["rule", "resource", "until", "owner", "reason"], rows.collect())?;
    gathered.waived.values().try_for_each(|group| rest(page, group))
}

/// Passes and what is not applicable, where they were asked for.
pub(super) fn others(page: &mut Page<'_>, gathered: &Gathered) -> io::Result<()> {
    if gathered.others.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.heading("Met, or about something else")?;
    let rows = gathered.others.iter().map(|(rule, (passes, not_applicable))| {
        vec![clean(rule), passes.to_string(), not_applicable.to_string()]
    });
    page.columns(&["rule", "pass", "not applicable"], rows.collect())
}

/// The numbers, of what is not shown too.
pub(super) fn numbers(page: &mut Page<'_>, summary: &Summary) -> io::Result<()> {
    let verdicts = &summary.verdicts;
    let by_severity: Vec<String> = (Severity::ALL.into_iter().zip(summary.fails).rev())
        .filter(|(_, fails)| *fails > 0)
        .map(|(severity, fails)| format!("{fails} {severity}"))
        .collect();
    let mut fails = count(verdicts.fail, "fail", "fails");
    if !by_severity.is_empty() {
        fails.push_str(&format!(" ({})", by_severity.join(", ")));
    }
    if summary.waived > 0 {
        fails.push_str(&format!(", {} of them waived", summary.waived));
    }
    page.blank()?;
    let text = format!(
        "{}: {fails}; {} unknown, {} manual, {} passed, {} not applicable.",
        count(summary.resources, "resource", "resources"),
        verdicts.unknown,
        verdicts.manual,
        verdicts.pass,
        verdicts.not_applicable,
    );
    for line in super::page::wrapped(&text, page.width) {
        page.line(Style::Plain, &line)?;
    }
    Ok(())
}

/// What could not be read, and how to get it.
pub(super) fn last_line(page: &mut Page<'_>, coverage: &Coverage) -> io::Result<()> {
    if !coverage.is_incomplete() {
        let answers = count(coverage.answered, "answer", "answers");
        return page
            .line(Style::Good, &format!("Complete: everything that the rules need was read ({answers})."));
    }
    let mut counts: BTreeMap<(&str, &str, &str), u64> = BTreeMap::new();
    for calls in &coverage.unreadable {
        *counts.entry((&calls.operation, calls.reason.name(), &calls.iam_action)).or_default() += calls.count;
    }
    let calls: Vec<String> = (counts.into_iter())
        .map(|((operation, reason, action), times)| {
            let times = if times == 1 { String::new() } else { format!(" {times} times") };
            let needs = match action {
                "" => String::new(),
                same if same == operation => String::new(),
                other => format!(", needs {}", clean(other)),
            };
            format!("{} ({}{times}{needs})", clean(operation), reason.replace('_', " "))
        })
        .collect();
    let text = format!(
        "Incomplete: could not read {}. `palisade permissions` prints the policy that allows it.",
        calls.join(", ")
    );
    page.line(Style::Severity(Severity::Medium), &text)
}
