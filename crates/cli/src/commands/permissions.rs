//! `palisade permissions`: the least that a scan must be allowed.

use std::io::Write as _;

use clap::Args;
use serde_json::json;

use crate::arguments::{Global, SelectionArguments};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::{output, rule_choice};

/// Print the IAM policy that a scan with this selection needs, and nothing more
#[derive(Debug, Args)]
pub(crate) struct Permissions {
    #[command(flatten)]
    selection: SelectionArguments,
}

impl Permissions {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let choice = rule_choice::load(global, &self.selection)?;
        let actions = palisade_snapshot::permissions(&choice.rules.reads());
        let policy = json!({
            "Version": "2012-10-17",
            "Statement": [{ "Sid": "PalisadeReads", "Effect": "Allow", "Action": actions, "Resource": "*" }],
        });
        let mut out = output::open(None)?;
        writeln!(out, "{policy:#}").map_err(|error| out.failed(&error))?;
        out.finish()?;
        Ok(Exit::Complete)
    }
}
