//! `palisade man`: the manual pages.

use clap::{Args, CommandFactory as _};

use crate::Arguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// Print a manual page, in roff
///
/// `palisade man scan > palisade-scan.1` is the page of `palisade scan`.
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// The command; `palisade` itself if left out
    #[arg(value_name = "COMMAND")]
    commands: Vec<String>,
}

impl Man {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        let mut all = Arguments::command();
        // Gives subcommands their whole names and the flags of every command.
        all.build();
        let mut command = &all;
        for name in &self.commands {
            command = command.find_subcommand(name).ok_or_else(|| {
                Failure::usage(format_args!("there is no command `{name}`; `palisade --help` shows them"))
            })?;
        }
        let mut out = output::open(None)?;
        let page = clap_mangen::Man::new(command.clone());
        page.render(&mut out).map_err(|error| out.failed(&error))?;
        out.finish()?;
        Ok(Exit::Complete)
    }
}
