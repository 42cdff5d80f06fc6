//! `palisade collect`: keep what AWS says, to judge it later.

use std::path::PathBuf;

use clap::Args;

use crate::arguments::{AccountArguments, ClockArguments, Global, SelectionArguments};
use crate::collecting::{self, Kept};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::notes::Notes;
use crate::rule_choice;

/// Read an account and keep what AWS says in a snapshot
#[derive(Debug, Args)]
pub(crate) struct Collect {
    /// The file that gets the snapshot, whole or not at all; compressed if its name ends in `.zst`
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Complete what an interrupted run with the same --output left behind, with its clock
    #[arg(long)]
    resume: bool,
    /// Missing evidence does not change the exit code
    #[arg(long)]
    allow_incomplete: bool,
    #[command(flatten)]
    account: AccountArguments,
    #[command(flatten)]
    selection: SelectionArguments,
    #[command(flatten)]
    clock: ClockArguments,
}

impl Collect {
    pub(crate) fn run(self, global: &Global, notes: Notes) -> Result<Exit, Failure> {
        let choice = rule_choice::load(global, &self.selection)?;
        let kept = Kept::at(&self.output, self.resume, notes)?;
        let (reads, now) = (choice.reads(), self.clock.now);
        let collected = collecting::collect(&self.account, reads, now, Some(&kept), notes)?;
        if let Some(exit) = collected.interrupted {
            return Err(Failure::ended(exit, kept.interrupted()));
        }
        notes.note(format_args!(
            "the snapshot is in {0}; judge it with `palisade check {0}`",
            self.output.display()
        ));
        let failed: u64 = (collected.snapshot.shared.calls.iter())
            .flat_map(|call| &call.failed)
            .map(|failed| failed.count)
            .sum();
        if failed > 0 {
            notes.note(format_args!("{failed} calls failed; the snapshot says which and why"));
        }
        Ok(Exit::judged(false, failed > 0 && !self.allow_incomplete))
    }
}
