//! `palisade scan`: collect, judge and report in one go.

use std::path::PathBuf;

use clap::Args;
use palisade_snapshot::{OpenOptions, StoredSnapshot};

use crate::arguments::{AccountArguments, ClockArguments, Global, ReportArguments, SelectionArguments};
use crate::collecting::{self, Kept};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::judging::Judge;
use crate::notes::Notes;
use crate::rule_choice;

/// Read an account, judge it and report
#[derive(Debug, Args)]
pub(crate) struct Scan {
    /// Keep what AWS says in this file, too; compressed if its name ends in `.zst`
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    /// Complete what an interrupted run with the same --snapshot left behind, with its clock
    #[arg(long, requires = "snapshot")]
    resume: bool,
    #[command(flatten)]
    account: AccountArguments,
    #[command(flatten)]
    selection: SelectionArguments,
    #[command(flatten)]
    report: ReportArguments,
    #[command(flatten)]
    clock: ClockArguments,
}

impl Scan {
    pub(crate) fn run(self, global: &Global, notes: Notes) -> Result<Exit, Failure> {
        let choice = rule_choice::load(global, &self.selection)?;
        let kept = self.snapshot.as_deref().map(|path| Kept::at(path, self.resume, notes)).transpose()?;
        let (reads, now) = (choice.reads(), self.clock.now);
        let collected = collecting::collect(&self.account, reads, now, kept.as_ref(), notes)?;
        if let Some(exit) = collected.interrupted {
            let nothing = || "interrupted; nothing is kept without --snapshot".to_owned();
            return Err(Failure::ended(exit, kept.as_ref().map_or_else(nothing, Kept::interrupted)));
        }
        // The report is made from the document, so that `check` gives the same bytes later.
        let mut document = Vec::new();
        collected.snapshot.write_to(&mut document).map_err(Failure::no_result)?;
        drop(collected);
        let stored = StoredSnapshot::spool(document.as_slice(), OpenOptions::default());
        drop(document);
        let judge = Judge { global, choice: &choice, report: &self.report, now: None };
        judge.report(1, std::iter::once(stored.map_err(Failure::no_result)))
    }
}
