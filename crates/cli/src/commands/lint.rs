//! `palisade lint`: what does not parse in a policy, or does not mean what it says.

use std::path::PathBuf;

use clap::Args;
use palisade_policy::lint::lint_line;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::lines;

/// Find mistakes in policies, one JSON object per line
///
/// A line is `{"id", "policy"}`, with `policy` an object, or a string as it was written. Some rules hold only where a policy is
/// attached, which `policy_type` tells: `managed`, `inline`, `session`, `service_control`, `resource_control`, `trust` or `resource`.
/// The answer is `{"id", "findings": [{"code", "severity", "path", "message"}]}`.
#[derive(Debug, Args)]
pub(crate) struct Lint {
    /// The policies; standard input if `-` or left out
    file: Option<PathBuf>,
}

impl Lint {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        lines::answer_all(self.file.as_deref(), |number, line, out| {
            lines::answered(number, line, lint_line(line), out)
        })
    }
}
