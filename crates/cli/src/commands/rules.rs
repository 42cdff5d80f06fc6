//! `palisade rules`: what is judged, and why.

mod show;

use std::io::{self, Write};

use clap::{Args, Subcommand};
use palisade_rules::RuleSet;

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
}

impl Rules {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut out = output::open(None)?;
        let written = match self.command {
            RulesCommand::List { selection } => list(&rule_choice::load(global, &selection)?.rules, &mut out),
            RulesCommand::Show { ids, selection } => {
                let rules = rule_choice::load(global, &selection)?.rules;
                show::show(&rules, &ids, &mut out)?
            }
        };
        written.map_err(|error| out.failed(&error))?;
        out.finish()?;
        Ok(Exit::Complete)
    }
}

fn list(rules: &RuleSet, out: &mut dyn Write) -> io::Result<()> {
    let longest = rules.ids().map(str::len).max().unwrap_or_default();
    rules
        .iter()
        .try_for_each(|rule| writeln!(out, "{:<9} {:<longest$}  {}", rule.severity, rule.id, rule.title))
}
