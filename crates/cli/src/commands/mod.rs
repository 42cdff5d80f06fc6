//! The subcommands, one file each.

mod can;
mod check;
mod collect;
mod completions;
mod escalations;
mod lint;
mod man;
mod permissions;
mod public;
mod rules;
mod scan;
mod schema;
mod simulate;
mod who_can;

use clap::Subcommand;

use crate::arguments::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::notes::Notes;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Scan(scan::Scan),
    Collect(collect::Collect),
    Check(check::Check),
    Rules(rules::Rules),
    Permissions(permissions::Permissions),
    Simulate(simulate::Simulate),
    Public(public::Public),
    Can(can::Can),
    WhoCan(who_can::WhoCan),
    Escalations(escalations::Escalations),
    Lint(lint::Lint),
    Schema(schema::Schema),
    Completions(completions::Completions),
    Man(man::Man),
}

impl Command {
    pub(crate) fn run(self, global: &Global, notes: Notes) -> Result<Exit, Failure> {
        match self {
            Self::Scan(command) => command.run(global, notes),
            Self::Collect(command) => command.run(global, notes),
            Self::Check(command) => command.run(global),
            Self::Rules(command) => command.run(global),
            Self::Permissions(command) => command.run(global, notes),
            Self::Simulate(command) => command.run(),
            Self::Public(command) => command.run(),
            Self::Can(command) => command.run(),
            Self::WhoCan(command) => command.run(),
            Self::Escalations(command) => command.run(global),
            Self::Lint(command) => command.run(),
            Self::Schema(command) => command.run(),
            Self::Completions(command) => command.run(),
            Self::Man(command) => command.run(),
        }
    }
}
