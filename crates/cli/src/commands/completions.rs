//! `palisade completions`: what a shell needs to complete commands and flags.

use std::io::Write as _;

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::Arguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// Print the completions for a shell
///
/// For bash: `palisade completions bash > ~/.local/share/bash-completion/completions/palisade`
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        let mut command = Arguments::command();
        let name = command.get_name().to_owned();
        // Made in memory first: a pipe that closes early would be a panic there.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, name, &mut script);
        let mut out = output::open(None)?;
        out.write_all(&script).map_err(|error| out.failed(&error))?;
        out.finish()?;
        Ok(Exit::Complete)
    }
}
