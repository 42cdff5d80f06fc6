//! `palisade rules`: what is judged, and why.

mod diff;
mod show;

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use palisade_rules::{ExampleOutcome, RuleSet};

use crate::arguments::{Global, SelectionArguments};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::{output, rule_choice};

/// Look at the rules and test them
#[derive(Debug, Args)]
pub(crate) struct Rules {
    #[command(subcommand)]
    command: RulesCommand,
}

#[derive(Debug, Subcommand)]
enum RulesCommand {
    /// Name the selected rules, one per line: severity, id, title
    List {
        #[command(flatten)]
        selection: SelectionArguments,
    },
    /// Explain rules: what they require, why, what they read, how to mend what fails
    Show {
        /// The id of a rule
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
        #[command(flatten)]
        selection: SelectionArguments,
    },
    /// Run the examples of every rule through facts and policy engine
    Test {
        /// A folder of rules; those that ship if left out
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
    },
    /// Tell what other rules judge otherwise: added, removed, renamed and changed ones
    Diff(diff::Diff),
}

impl Rules {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut out = output::open(None)?;
        let mut failed = None;
        let written = match self.command {
            RulesCommand::List { selection } => list(&rule_choice::load(global, &selection)?.rules, &mut out),
            RulesCommand::Show { ids, selection } => {
                show::show(&rule_choice::load(global, &selection)?.rules, &ids, &mut out)?
            }
            RulesCommand::Diff(diff) => diff.write(&mut out)?,
            RulesCommand::Test { folder } => {
                let rules = folder.map_or_else(RuleSet::built_in, |folder| RuleSet::folder(&folder));
                let rules = rules.map_err(|error| rule_choice::broken(&error))?;
                let outcomes = rules.test().map_err(|error| rule_choice::broken(&error))?;
                tested(&rules, &outcomes, &mut failed, &mut out)
            }
        };
        written.map_err(|error| out.failed(&error))?;
        out.finish()?;
        failed.map_or(Ok(Exit::Complete), Err)
    }
}

/// Writes what is wrong with the examples, or that all is well.
fn tested(
    rules: &RuleSet,
    outcomes: &[ExampleOutcome],
    failed: &mut Option<Failure>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let complaints: Vec<String> = outcomes.iter().filter_map(ExampleOutcome::complaint).collect();
    complaints.iter().try_for_each(|complaint| writeln!(out, "{complaint}"))?;
    if complaints.is_empty() {
        return writeln!(
            out,
            "{} examples of {} rules get the verdicts they expect",
            outcomes.len(),
            rules.len()
        );
    }
    *failed = Some(Failure::no_result(format_args!(
        "{} of {} examples do not get the verdict they expect",
        complaints.len(),
        outcomes.len()
    )));
    Ok(())
}

fn list(rules: &RuleSet, out: &mut dyn Write) -> io::Result<()> {
    let longest = rules.ids().map(str::len).max().unwrap_or_default();
    rules
        .iter()
        .try_for_each(|rule| writeln!(out, "{:<9} {:<longest$}  {}", rule.severity, rule.id, rule.title))
}
