//! The subcommands, one file each.

mod lint;
mod schema;
mod simulate;

use clap::Subcommand;

use crate::exit::Exit;
use crate::failure::Failure;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Lint(lint::Lint),
    Schema(schema::Schema),
    Simulate(simulate::Simulate),
}

impl Command {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        match self {
            Self::Lint(command) => command.run(),
            Self::Schema(command) => command.run(),
            Self::Simulate(command) => command.run(),
        }
    }
}
