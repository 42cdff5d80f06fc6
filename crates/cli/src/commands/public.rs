//! `palisade public`: who outside the account can use a resource?

use std::path::PathBuf;

use clap::Args;
use palisade_policy::public::public_line;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::lines;

/// Say whether buckets and other resources are public, one JSON object per line
#[derive(Debug, Args)]
pub(crate) struct Public {
    /// The resources with their policies; standard input if `-` or left out
    file: Option<PathBuf>,
}

impl Public {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        lines::answer_all(self.file.as_deref(), |number, line, out| {
            lines::answered(number, line, public_line(line), out)
        })
    }
}
