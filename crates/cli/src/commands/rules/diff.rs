//! What newer rules judge otherwise.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use palisade_rules::{RuleSet, RulesDifference};

use crate::failure::Failure;
use crate::rule_choice;

/// Two sets of rules.
#[derive(Debug, Args)]
pub(super) struct Diff {
    /// The folder of the old rules
    #[arg(value_name = "OLD_DIR")]
    old: PathBuf,
    /// The folder of the new rules; those that ship if left out
    #[arg(value_name = "NEW_DIR")]
    new: Option<PathBuf>,
    /// The format
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value = "table")]
    format: DiffFormat,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DiffFormat {
    /// For people: a line per difference
    Table,
    /// For programs: `added`, `removed`, `renamed` and `changed`
    Json,
}

impl Diff {
    /// Writes the difference.
    ///
    /// # Errors
    /// When rules can't be loaded; the inner result is that of writing.
    pub(super) fn write(&self, out: &mut dyn Write) -> Result<io::Result<()>, Failure> {
        let old = RuleSet::folder(&self.old).map_err(|error| rule_choice::broken(&error))?;
        let new = self.new.as_ref().map_or_else(RuleSet::built_in, |folder| RuleSet::folder(folder));
        let new = new.map_err(|error| rule_choice::broken(&error))?;
        let difference = RulesDifference::between(&old, &new);
        Ok(match self.format {
            DiffFormat::Table => table(&difference, out),
            DiffFormat::Json => serde_json::to_writer_pretty(&mut *out, &difference)
                .map_err(io::Error::from)
                .and_then(|()| writeln!(out)),
        })
    }
}

fn table(difference: &RulesDifference, out: &mut dyn Write) -> io::Result<()> {
    if difference.is_empty() {
        return writeln!(out, "no difference");
    }
    difference.added.iter().try_for_each(|id| writeln!(out, "added    {id}"))?;
    difference.removed.iter().try_for_each(|id| writeln!(out, "removed  {id}"))?;
    for renamed in &difference.renamed {
        writeln!(out, "renamed  {} -> {}", renamed.from, renamed.to)?;
    }
    for rule in &difference.changed {
        writeln!(out, "changed  {}", rule.rule)?;
        for change in &rule.changes {
            writeln!(out, "  {}", change.what)?;
            for (sign, version) in [('-', &change.old), ('+', &change.new)] {
                version
                    .iter()
                    .flat_map(|text| text.lines())
                    .try_for_each(|line| writeln!(out, "    {sign} {line}"))?;
            }
        }
    }
    Ok(())
}
