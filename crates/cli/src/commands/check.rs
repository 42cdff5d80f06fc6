//! `palisade check`: judge what was collected, offline.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use palisade_snapshot::{OpenOptions, StoredSnapshot};

use crate::arguments::{ClockArguments, Global, ReportArguments, SelectionArguments};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::judging::Judge;
use crate::rule_choice;

/// Judge snapshots and report, without any network
///
/// Several snapshots give one report per account, in the order of the account ids; with `-f json`
/// these are the elements of one array, with `-f ndjson` each begins with its header.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Snapshots, each of another account; `-` is standard input
    #[arg(required = true, value_name = "SNAPSHOT")]
    snapshots: Vec<PathBuf>,
    /// Judge what is left of a snapshot that is torn; what is missing is unknown
    #[arg(long)]
    allow_torn: bool,
    #[command(flatten)]
    selection: SelectionArguments,
    #[command(flatten)]
    report: ReportArguments,
    #[command(flatten)]
    clock: ClockArguments,
}

impl Check {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let choice = rule_choice::load(global, &self.selection)?;
        let judge = Judge { global, choice: &choice, report: &self.report, now: self.clock.now };
        let options = OpenOptions { allow_torn: self.allow_torn };
        if let [path] = self.snapshots.as_slice() {
            return judge.report(1, std::iter::once(open(path, options)));
        }
        let sources = by_account(&self.snapshots, options)?;
        judge.report(sources.len(), sources.into_values().map(|source| source.open(options)))
    }
}

fn open(path: &Path, options: OpenOptions) -> Result<StoredSnapshot, Failure> {
    if path == Path::new("-") {
        StoredSnapshot::spool(io::stdin().lock(), options).map_err(Failure::no_result)
    } else {
        StoredSnapshot::open(path, options).map_err(Failure::no_result)
    }
}

/// Where a verified snapshot is. Files are opened again when it is their turn, so that the shared
/// records of one account are in memory at a time.
enum Source {
    File(PathBuf),
    StandardInput(Box<StoredSnapshot>),
}

impl Source {
    fn open(self, options: OpenOptions) -> Result<StoredSnapshot, Failure> {
        match self {
            Self::File(path) => open(&path, options),
            Self::StandardInput(snapshot) => Ok(*snapshot),
        }
    }
}

/// Verifies all snapshots before anything is printed, and puts them into the order of their accounts.
fn by_account(paths: &[PathBuf], options: OpenOptions) -> Result<BTreeMap<String, Source>, Failure> {
    if paths.iter().filter(|path| *path == Path::new("-")).count() > 1 {
        return Err(Failure::usage("standard input, `-`, can be named once only"));
    }
    let mut sources = BTreeMap::new();
    let mut names: BTreeMap<String, &Path> = BTreeMap::new();
    for path in paths {
        let snapshot = open(path, options)?;
        let account = snapshot.shared.header.account_id.clone();
        if let Some(other) = names.insert(account.clone(), path) {
            return Err(Failure::usage(format_args!(
                "`{}` and `{}` are both snapshots of account {account}; name one of them",
                other.display(),
                path.display()
            )));
        }
        let source = if path == Path::new("-") {
            Source::StandardInput(Box::new(snapshot))
        } else {
            Source::File(path.clone())
        };
        sources.insert(account, source);
    }
    Ok(sources)
}
