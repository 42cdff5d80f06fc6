//! Who can become administrator, written: for people, for programs, and as a picture.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table};
use palisade_rules::escalation::{Path, PrincipalReport, Report, Status, Unit};

/// The formats of an escalation report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EscalationFormat {
    /// A table for people.
    Table,
    /// The whole report.
    Json,
    /// A flowchart for Mermaid.
    Mermaid,
    /// A graph for Graphviz.
    Dot,
}

impl EscalationFormat {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Table, Self::Json, Self::Mermaid, Self::Dot];

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Mermaid => "mermaid",
            Self::Dot => "dot",
        }
    }

    /// What it is for, in a few words.
    #[must_use]
    pub fn doc(self) -> &'static str {
        match self {
            Self::Table => "for people",
            Self::Json => "for programs: everything, on one line",
            Self::Mermaid => "a flowchart for Mermaid",
            Self::Dot => "a graph for Graphviz",
        }
    }

    /// Writes a report. `width` is the number of columns for people.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write(self, report: &Report, width: u16, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Table => table(report, width, out),
            Self::Json => {
                serde_json::to_writer(&mut *out, report)?;
                writeln!(out)
            }
            Self::Mermaid => mermaid(report, out),
            Self::Dot => dot(report, out),
        }
    }
}

fn table(report: &Report, width: u16, out: &mut dyn Write) -> io::Result<()> {
    let mut shown: Vec<&PrincipalReport> =
        report.principals.iter().filter(|one| one.status != Status::Cannot).collect();
    shown.sort_by_key(|one| (one.status, &one.arn));
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    table.set_header(["STATUS", "PRINCIPAL", "SHORTEST PATH"]);
    for one in &shown {
        table.add_row([one.status.name().replace('_', " "), one.arn.clone(), explained(one)]);
    }
    if !shown.is_empty() {
        writeln!(out, "{}\n", table.trim_fmt())?;
    }
    let count = |status| report.principals.iter().filter(|one| one.status == status).count();
    writeln!(
        out,
        "{} administrators, {} can become one, {} under conditions, {} with something outside IAM, {} unknown, {} cannot",
        count(Status::Administrator),
        count(Status::CanEscalate),
        count(Status::Conditional),
        count(Status::NeedsExternalState),
        count(Status::Unknown),
        count(Status::Cannot),
    )?;
    emergency(report, width, out)?;
    cut(report, out)
}

/// Who gets into the roles for emergencies.
fn emergency(report: &Report, width: u16, out: &mut dyn Write) -> io::Result<()> {
    if report.emergency_roles.is_empty() {
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    table.set_header(["ROLE FOR EMERGENCIES", "REACHED BY", "SHORTEST WAY"]);
    for role in &report.emergency_roles {
        if role.reached_by.is_empty() {
            table.add_row([role.arn.as_str(), "nobody but administrators", ""]);
        }
        for one in &role.reached_by {
            let way = one.paths.first().map(way).unwrap_or_default();
            table.add_row([role.arn.clone(), one.arn.clone(), way]);
        }
    }
    writeln!(out, "\n{}", table.trim_fmt())
}

/// The requests of a path, and what it hangs on.
fn way(path: &Path) -> String {
    let steps: Vec<String> = path
        .steps
        .iter()
        .map(|step| format!("{} on {} ({})", step.request.action, step.request.resource, step.technique))
        .collect();
    let mut text = steps.join(", then ");
    for (what, list) in
        [("if", &path.conditional), ("needs", &path.external_state), ("assumes", &path.assumes)]
    {
        if !list.is_empty() {
            text.push_str(&format!("; {what} {}", list.join("; ")));
        }
    }
    text
}

fn explained(one: &PrincipalReport) -> String {
    if let Some(path) = one.paths.first() {
        return way(path);
    }
    match one.status {
        Status::Unknown => format!("not read: {}", one.unknown_because.join(", ")),
        _ if !one.limited_by.is_empty() => format!("limited by {}", one.limited_by.join(", ")),
        _ => String::new(),
    }
}

fn cut(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let cut = &report.cut;
    if cut.remove.is_empty() {
        return Ok(());
    }
    let smallest = if cut.proven_smallest { ", and nothing smaller does" } else { "" };
    let effect = if cut.closes_everything { "closes every unconditional path" } else { "closes some paths" };
    writeln!(out, "\nTaking this away {effect}{smallest}:")?;
    for unit in &cut.remove {
        match unit {
            Unit::Statement { policy, statement } => writeln!(out, "  statement {statement} of {policy}")?,
            Unit::Attachment { identity, policy } => writeln!(out, "  {policy} attached to {identity}")?,
        }
    }
    for arn in &cut.remaining {
        writeln!(out, "  still open: {arn}")?;
    }
    Ok(())
}

/// Arrows from caller to caller along the shortest paths, with what each is labelled.
fn arrows(report: &Report) -> BTreeMap<(String, String), BTreeSet<String>> {
    let mut arrows: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for path in report.principals.iter().flat_map(|one| one.paths.iter().take(1)) {
        for (index, step) in path.steps.iter().enumerate() {
            let from = step.request.principal.clone();
            let to =
                path.steps.iter().skip(index).map(|next| &next.request.principal).find(|next| **next != from);
            let to = to.unwrap_or(&path.administrator).clone();
            let label = format!("{}: {}", step.technique, step.request.action);
            arrows.entry((from, to)).or_default().insert(label);
        }
    }
    arrows
}

/// The callers and administrators that arrows join, numbered.
fn numbered(arrows: &BTreeMap<(String, String), BTreeSet<String>>) -> BTreeMap<&str, usize> {
    let names: BTreeSet<&str> = arrows.keys().flat_map(|(from, to)| [from.as_str(), to.as_str()]).collect();
    names.into_iter().enumerate().map(|(number, name)| (name, number)).collect()
}

fn ends(report: &Report) -> BTreeSet<&str> {
    let paths = report.principals.iter().flat_map(|one| &one.paths);
    paths.map(|path: &Path| path.administrator.as_str()).collect()
}

fn mermaid(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let arrows = arrows(report);
    let numbers = numbered(&arrows);
    let ends = ends(report);
    let quoted = |text: &str| text.replace('"', "#quot;").replace('<', "#lt;").replace('>', "#gt;");
    writeln!(out, "flowchart LR")?;
    for (name, number) in &numbers {
        let class = if ends.contains(name) { ":::administrator" } else { "" };
        writeln!(out, "  n{number}[\"{}\"]{class}", quoted(name))?;
    }
    for ((from, to), labels) in &arrows {
        let (Some(from), Some(to)) = (numbers.get(from.as_str()), numbers.get(to.as_str())) else { continue };
        let labels: Vec<String> = labels.iter().map(|label| quoted(label)).collect();
        writeln!(out, "  n{from} -->|\"{}\"| n{to}", labels.join("<br/>"))?;
    }
    writeln!(out, "  classDef administrator stroke-width:4px")
}

fn dot(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let arrows = arrows(report);
    let ends = ends(report);
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    writeln!(out, "digraph escalations {{\n  rankdir=LR;\n  node [shape=box];")?;
    for (name, _) in numbered(&arrows) {
        let style = if ends.contains(name) { " [peripheries=2]" } else { "" };
        writeln!(out, "  \"{}\"{style};", quoted(name))?;
    }
    for ((from, to), labels) in &arrows {
        let labels: Vec<String> = labels.iter().map(|label| quoted(label)).collect();
        writeln!(out, "  \"{}\" -> \"{}\" [label=\"{}\"];", quoted(from), quoted(to), labels.join("\\n"))?;
    }
    writeln!(out, "}}")
}
